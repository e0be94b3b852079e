"""Who gets which status at which door. The columns are CALLERS; the owner comes last, for what they do stays done.

A body is JSON; "multipart" stands for a small upload. `{...}` names what belongs to the owner, Alice.
"""

CALLERS = ("anonymous", "other", "staff", "team mate", "key without scope", "owner")
TEXT = {"text": "Ropes creak."}
PERSON = {"email": "new@example.com", "password": "sea breeze 42"}
NOBODY = {"email": "nobody@example.com", "password": "sea breeze 42"}

Line = tuple[str, object]

API: dict[str, Line] = {
    # the frame
    "GET /health": ("200 200 200 200 200 200", None),
    "GET /api/health": ("200 200 200 200 200 200", None),
    # accounts
    "POST /api/register": ("200 409 409 409 409 409", PERSON),
    "POST /api/login": ("401 401 401 401 401 401", NOBODY),
    "GET /api/user": ("401 200 200 200 200 200", None),
    "GET /api/keys": ("401 200 200 200 403 200", None),
    "POST /api/keys": ("401 201 201 201 403 201", {"name": "Robot"}),
    "DELETE /api/keys/{key_id}": ("401 404 404 404 403 204", None),
    "POST /auth/register": ("201 409 409 409 409 409", PERSON),
    "POST /auth/login": ("401 401 401 401 401 401", NOBODY),
    "GET /auth/me": ("401 200 200 200 200 200", None),
    # teams: Alice is the administrator, her mate is a member; {user_id} is another one
    "GET /api/team": ("401 200 200 200 403 200", None),
    "POST /api/team/invitations": ("401 201 201 403 403 201", {}),
    "PATCH /api/team/members/{user_id}": ("401 404 404 403 403 200", {"role": "admin"}),
    "POST /api/team/members/{user_id}/reset-link": ("401 404 404 403 403 201", {}),
    "DELETE /api/team/members/{user_id}": ("401 404 404 403 403 204", None),
    "POST /api/team/leave": ("401 409 409 204 403 409", {}),
    # audio files
    "GET /api/user/audio-files": ("401 200 200 200 403 200", None),
    "POST /api/audio-file": ("401 200 200 200 403 200", {"s3_key": "somewhere/else.wav"}),
    "GET /api/audio-file/{file_id}": ("401 403 403 403 403 200", None),
    "GET /api/audio-file/{file_id}/content": ("401 403 403 403 403 200", None),
    "DELETE /api/audio-file/{file_id}": ("401 403 403 403 403 200", None),
    "POST /api/audio-files/delete": ("401 200 200 200 403 200", {"file_ids": ["{file_id}"]}),
    # voices
    "GET /api/voices": ("401 200 200 200 403 200", None),
    "GET /api/voices/{voice_id}": ("401 200 200 200 403 200", None),
    "GET /api/voices/{voice_id}/sample": ("401 200 200 200 403 200", None),
    "GET /voices": ("401 200 200 200 403 200", None),
    # voice models
    "GET /api/voice-models": ("401 200 200 200 403 200", None),
    "GET /api/voice-models/{model_id}": ("401 404 404 404 403 200", None),
    "PATCH /api/voice-models/{model_id}": ("401 404 404 404 403 200", {"name": "Quay"}),
    "POST /api/voice-models/{model_id}/link": ("401 404 404 404 403 200", {"echo_id": "{echo_id}"}),
    "GET /api/voice-models/{model_id}/audio": ("401 404 404 404 403 200", None),
    "POST /api/upload-reference": ("401 415 415 415 403 415", {"name": "Harbour"}),
    "POST /api/voice-models/{model_id}/versions": ("401 404 404 404 403 415", {"consent": True}),
    "POST /api/audio-file/{file_id}/clone": ("401 403 403 403 403 409", {"name": "Harbour", "consent": True}),
    "DELETE /api/voice-models/{model_id}": ("401 404 404 404 403 200", None),
    # echos
    "GET /api/echos": ("401 200 200 200 403 200", None),
    "POST /api/echos": ("401 201 201 201 403 201", {"name": "Keeper"}),
    "GET /api/echos/{echo_id}": ("401 404 404 404 403 200", None),
    "PATCH /api/echos/{echo_id}": ("401 404 404 404 403 200", {"name": "Gull"}),
    "DELETE /api/echos/{echo_id}": ("401 404 404 404 403 200", None),
    "GET /api/echo/{echo_id}/voice-model": ("401 404 404 404 403 404", None),
    "POST /api/echo": ("401 403 403 403 403 403", {"user_id": "{user_id}", "name": "Keeper"}),
    # speech
    "POST /api/jobs": ("401 202 202 202 403 202", TEXT),
    "GET /api/jobs": ("401 200 200 200 403 200", None),
    "GET /api/jobs/{job_id}": ("401 404 404 404 403 200", None),
    "GET /api/jobs/{job_id}/audio": ("401 404 404 404 403 409", None),
    "POST /api/synthesize": ("401 404 404 404 403 404", TEXT | {"reference_id": "nobody"}),
    "GET /api/temp-audio/{audio_id}": ("401 404 404 404 403 200", None),
    "POST /api/jobs/{job_id}/cancel": ("401 404 404 404 403 200", {}),
    "POST /tts/sync": ("401 404 404 404 403 404", TEXT | {"voice": "nobody"}),
    "POST /tts/jobs": ("401 200 200 200 403 200", TEXT),
    "GET /tts/jobs": ("401 200 200 200 403 200", None),
    "GET /tts/jobs/{job_id}": ("401 403 403 403 403 200", None),
    "GET /tts/jobs/{job_id}/audio": ("401 403 403 403 403 400", None),
    "POST /v1/audio/speech": (
        "401 400 400 400 403 400",
        {"model": "tts-1", "input": "Ropes creak.", "voice": "nobody"},
    ),
    "GET /v1/models": ("401 200 200 200 403 200", None),
    "GET /v1/audio/voices": ("401 200 200 200 403 200", None),
}

# Pages know no keys: four kinds of people, and the owner. `in` stands for the way to the sign-in page.
PAGES: dict[str, Line] = {
    # home and speech
    "GET /": ("in 200 200 200 200", None),
    "GET /speak": ("in 200 200 200 200", None),
    "POST /speak": ("in 302 302 302 302", TEXT | {"voice_id": "{voice_id}", "speed": "1.0", "format": "wav"}),
    "GET /jobs": ("in 200 200 200 200", None),
    "GET /jobs/<job_id>": ("in 404 404 404 200", None),
    "POST /jobs/<job_id>/cancel": ("in 404 404 404 302", {}),
    "POST /echos/<echo_id>/say": ("in 404 404 404 302", TEXT),
    "POST /voice-models/<model_id>/say": ("in 404 404 404 302", TEXT),
    "POST /voices/<voice_id>/say": ("in 302 302 302 302", TEXT),
    "GET /voices": ("in 200 200 200 200", None),
    "GET /voices/catalogue": ("in 403 200 403 403", None),
    "POST /voices/catalogue/refresh": ("in 403 302 403 403", {}),
    "GET /voices/catalogue/<voice_id>": ("in 403 200 403 403", None),
    "POST /voices/catalogue/<voice_id>/download": ("in 403 302 403 403", {}),
    "GET /voices/<voice_id>": ("in 200 200 200 200", None),
    # voice models
    "GET /voice-models/new": ("in 200 200 200 200", None),
    "POST /voice-models/new": ("in 200 200 200 200", {"name": "Harbour"}),
    "GET /voice-models/<model_id>": ("in 404 404 404 200", None),
    "GET /voice-models/<model_id>/change": ("in 404 404 404 200", None),
    "POST /voice-models/<model_id>/change": ("in 404 404 404 302", {"name": "Quay"}),
    "POST /voice-models/<model_id>/share": ("in 404 404 404 302", {"visibility": "shared"}),
    "GET /voice-models/<model_id>/delete": ("in 404 404 404 200", None),
    "POST /voice-models/<model_id>/delete": ("in 404 404 404 302", {}),
    "GET /favicon.ico": ("302 302 302 302 302", None),
    "GET /docs": ("302 302 302 302 302", None),
    "POST /theme": ("302 302 302 302 302", {"theme": "dark"}),
    # echos
    "GET /echos": ("in 200 200 200 200", None),
    "GET /echos/new": ("in 200 200 200 200", None),
    "POST /echos/new": ("in 302 302 302 302", {"name": "Keeper", "speed": "1.0"}),
    "GET /echos/<echo_id>": ("in 404 404 404 200", None),
    "GET /echos/<echo_id>/change": ("in 404 404 404 200", None),
    "POST /echos/<echo_id>/change": ("in 404 404 404 302", {"name": "Gull", "speed": "1.0"}),
    "GET /echos/<echo_id>/delete": ("in 404 404 404 200", None),
    "POST /echos/<echo_id>/delete": ("in 404 404 404 302", {}),
    # files
    "GET /files": ("in 200 200 200 200", None),
    "POST /files": ("in 200 200 200 200", {}),
    "POST /files/delete": ("in 302 302 302 302", {"file_id": "{file_id}", "sure": "yes"}),
    # signing in and out
    "GET /login": ("200 302 302 302 302", None),
    "POST /login": ("200 302 302 302 302", NOBODY),
    "POST /logout": ("in in in in in", {}),
    "GET /register": ("200 302 302 302 302", None),
    "POST /register": ("302 302 302 302 302", PERSON),
    "GET /password-reset": ("200 302 302 302 302", None),
    "POST /password-reset": ("in 302 302 302 302", {"email": "nobody@example.com"}),
    "GET /password-reset/<user_id>/<token>": ("410 410 410 410 410", None),
    "POST /password-reset/<user_id>/<token>": ("410 410 410 410 410", {"password": "sea breeze 43"}),
    # the account
    "GET /settings": ("in 200 200 200 200", None),
    "POST /settings/name": ("in 302 302 302 302", {"name": "Ann"}),
    "POST /settings/email": ("in 200 200 200 200", {"email": "new@example.com", "password": "wrong"}),
    "POST /settings/password": ("in 200 200 200 200", {"old": "wrong", "new": "sea breeze 43"}),
    "POST /settings/cloning": ("in 302 302 302 302", {"consent": "on"}),
    "POST /settings/data": ("in 302 302 302 302", {}),
    "GET /settings/data/<export_id>": ("in 404 404 404 404", None),
    "POST /settings/delete": ("in 200 200 200 200", {"password": "wrong"}),
    "GET /keys": ("in 200 200 200 200", None),
    "POST /keys": ("in 200 200 200 200", {"name": "Robot"}),
    "GET /keys/<key_id>/revoke": ("in 404 404 404 200", None),
    "POST /keys/<key_id>/revoke": ("in 404 404 404 302", {}),
    "GET /audit": ("in 200 200 200 200", None),
    "GET /usage": ("in 200 200 200 200", None),
    # the team
    "GET /team": ("in 200 200 200 200", None),
    "POST /team": ("in 200 200 403 200", {"role": "member"}),
    "POST /team/rename": ("in 302 302 403 302", {"name": "Harbour"}),
    "GET /team/leave": ("in 200 200 200 200", None),
    "POST /team/leave": ("in 200 200 302 200", {}),
    "POST /team/invitations/<invitation_id>/revoke": ("in 404 404 403 302", {}),
    "GET /team/members/<user_id>": ("in 404 404 403 200", None),
    "POST /team/members/<user_id>": ("in 404 404 403 302", {"role": "admin"}),
    "POST /team/members/<user_id>/reset-link": ("in 404 404 403 200", {}),
    "POST /team/members/<user_id>/disable": ("in 404 404 403 302", {}),
    "POST /team/members/<user_id>/enable": ("in 404 404 403 302", {}),
    "POST /team/members/<user_id>/remove": ("in 404 404 403 302", {}),
    "GET /invitations/<token>": ("200 200 200 200 200", None),
    "POST /invitations/<token>": ("200 302 410 410 410", {}),
}
