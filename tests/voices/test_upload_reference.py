"""A recording becomes a voice model, through the action, the API and the page."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry, Event, UsageDay
from config import limits, storage_quota, times
from config.files import LocalFile
from tests.voices.models import make_echo, make_model
from tests.voices.recordings import GOOD, REFUSED, tone, wav_of
from tests.voices.sounds import recording, sound
from voices.actions import references, voice_models
from voices.actions.links import NO_ECHO
from voices.models import AudioFile, UnsavedModel, VoiceModel

SAVED = "Reference audio uploaded successfully and saved to database"
DOOR = "/api/upload-reference"
KEYS = {"success", "model_id", "reference_id", "message", "database_record"}


def stored(model):
    with default_storage.open(model.reference) as file:
        return file.read()


def test_action_makes_a_model_and_keeps_the_recording(alice, fish, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(GOOD)
    with LocalFile(path) as file:
        made = references.upload_reference(by=alice, file=file, name=" Harbour ", has_consent=True, tags=["Calm"])
    model = VoiceModel.objects.get()
    assert (made.model, made.advice, made.message) == (model, ["Good for cloning."], SAVED)
    assert (model.user, model.name, model.tags) == (alice, "Harbour", ["Calm"])
    assert (model.state, model.poll_at) == ("trained", None)
    assert model.reference == f"references/{alice.pk}/{model.pk}.wav"
    assert (model.reference_bytes, model.reference_type, model.file_type) == (len(GOOD), "audio/wav", "audio")
    assert (stored(model), model.duration, len(model.peaks)) == (GOOD, 12.0, 120)
    assert model.measured == {"peak_db": -6.0, "clipped_share": 0.0, "speech_share": 1.0}
    assert list(VoiceModel.objects.matching(tag="calm")) == [model]


def test_the_engine_gets_the_file_as_it_is(send, alice, fish):
    send(alice, user_id=alice.pk)
    (asked,) = fish.seen
    fields, voices = asked.form()
    assert (asked.door, fields["title"], fields["visibility"], voices) == (
        "POST /model",
        ["Harbour"],
        ["private"],
        [GOOD],
    )
    assert fields["tags"][0].startswith("echodesk-")


def test_api_answers_as_the_old_studio(send, alice, fish):
    answer = send(alice, user_id=alice.pk, echo_id="")
    told, model = answer.json(), VoiceModel.objects.get()
    assert (answer.status_code, set(told), told["success"], told["message"]) == (201, KEYS, True, SAVED)
    assert told["model_id"] == told["reference_id"] == model.model_id == next(iter(fish.models))
    record = told["database_record"]
    assert (record["_id"], record["user_id"], record["echo_id"], record["state"]) == (
        model.pk,
        alice.pk,
        None,
        "trained",
    )
    assert (record["audio_file_path"], record["file_type"], record["duration"]) == ("harbour.wav", "audio", 12.0)


@pytest.mark.parametrize("fields", [{}, {"save": "false"}, {"save": ""}])
def test_without_an_account_nothing_is_kept_but_a_note(send, alice, fish, nothing_left, fields):
    answer = send(alice, **fields)
    model = UnsavedModel.objects.get()
    assert (answer.status_code, set(answer.json())) == (201, KEYS - {"database_record"})
    assert (answer.json()["model_id"], model.user, model.name) == (model.model_id, alice, "Harbour")
    assert answer.json()["message"].startswith("Reference audio uploaded successfully, not saved to database")
    assert nothing_left()
    assert not VoiceModel.objects.exists()


@pytest.mark.parametrize("save", ["true", "1", "on", "yes"])
def test_it_may_be_saved_without_naming_the_account(send, alice, fish, save):
    assert send(alice, save=save).json()["database_record"]["user_id"] == alice.pk


def test_an_echo_speaks_with_what_is_saved_alone(send, alice, echo, fish):
    answer = send(alice, echo_id=echo.pk)
    assert answer.json()["message"].endswith("not speak with it: only a saved voice model can be an echo's.")


def test_two_recordings_at_once_are_refused(api, alice, untouched):
    form = {
        "audio": [SimpleUploadedFile("a.wav", GOOD), SimpleUploadedFile("b.wav", GOOD)],
        "name": "Harbour",
        "consent": "true",
    }
    answer = api(alice).post(DOOR, form)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "audio"])
    assert untouched()


def test_save_decides_against_an_account(send, alice, fish):
    assert "database_record" not in send(alice, user_id=alice.pk, save="no").json()


@pytest.mark.parametrize(("state", "is_due"), [("created", True), ("training", True), ("trained", False)])
def test_a_model_in_training_is_asked_for_later(send, alice, fish, state, is_due):
    fish.states = [state]
    send(alice, user_id=alice.pk)
    model = VoiceModel.objects.get()
    assert (model.state, bool(model.poll_at)) == (state, is_due)


def test_a_model_that_failed_at_once_says_so(send, alice, fish):
    fish.states = ["failed"]
    send(alice, user_id=alice.pk)
    assert "could not make a voice" in VoiceModel.objects.get().error


def test_of_a_video_the_sound_is_kept_and_sent(send, alice, fish):
    video = sound("mp4", 12.0, with_video=True)
    answer = send(alice, video, "party.mp4", "video/mp4", user_id=alice.pk)
    model = VoiceModel.objects.get()
    assert (answer.status_code, model.file_type, model.audio_file_path) == (201, "video", "party.mp4")
    assert (model.reference_type, model.reference.endswith(".wav"), stored(model)[:4]) == ("audio/wav", True, b"RIFF")
    assert fish.seen[0].form()[1] == [stored(model)]
    assert model.reference_bytes == len(stored(model))


def test_a_recording_of_a_browser_is_kept_as_it_is(send, alice, fish):
    content = recording()
    send(alice, content, "Recording.webm", "audio/webm;codecs=opus", user_id=alice.pk)
    model = VoiceModel.objects.get()
    assert (stored(model), model.reference_type, fish.seen[0].form()[1][0][:4]) == (content, "audio/webm", b"RIFF")


@pytest.mark.parametrize(("seconds", "words"), [(3, "Short: 3 s."), (40, "Long: 40 s.")])
def test_the_answer_advises(send, alice, fish, seconds, words):
    message = send(alice, wav_of(tone(seconds)), user_id=alice.pk).json()["message"]
    assert message.startswith(f"{SAVED}. {words}")
    assert VoiceModel.objects.get().advice[0].startswith(words)


def test_it_is_noted_and_counted(send, alice, fish):
    send(alice, user_id=alice.pk)
    send(alice)
    notes = [entry.words for entry in AuditEntry.objects.filter(user=alice, event=Event.MODEL_MADE).order_by("pk")]
    assert notes == [f"{model_id}, consent with the upload, Harbour" for model_id in fish.models]
    day = UsageDay.objects.get(user=alice)
    assert (day.uploads, day.upload_bytes) == (2, 2 * len(GOOD))


def test_an_echo_speaks_with_it(send, alice, echo, fish):
    former = make_model(alice, echo=echo)
    assert send(alice, user_id=alice.pk, echo_id=echo.pk).json()["database_record"]["echo_id"] == echo.pk
    former.refresh_from_db()
    assert former.echo is None


@pytest.mark.parametrize("consent", ["false", "", "0"])
def test_consent_is_needed(send, alice, untouched, consent):
    answer = send(alice, consent=consent)
    assert (answer.status_code, answer.json()["code"]) == (400, "consent_needed")
    assert untouched()


def test_consent_may_be_given_for_all_uploads(send, alice, fish):
    alice.cloning_consent_at = times.now()
    alice.save()
    assert send(alice, consent="", user_id=alice.pk).status_code == 201
    assert VoiceModel.objects.get().consent_at == alice.cloning_consent_at
    assert "consent of the account" in AuditEntry.objects.get(event=Event.MODEL_MADE).words


@pytest.mark.parametrize("name", REFUSED)
def test_api_refuses_what_is_no_recording(send, alice, untouched, name):
    content, called, status, words = REFUSED[name]
    answer = send(alice, content, called, "")
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True)
    assert answer.json()["code"] == ("not_audio" if status == 415 else "invalid")
    assert untouched()


@pytest.mark.parametrize(
    ("fields", "status", "where"),
    [
        ({"name": " "}, 422, "name"),
        ({"name": "n" * 201}, 422, "name"),
        ({"name": "a\0b"}, 422, "name"),
        ({"echo_id": "nonsense"}, 422, "echo_id"),
        ({"user_id": "nonsense"}, 422, "user_id"),
        ({"consent": "perhaps"}, 422, "consent"),
        ({"save": "perhaps"}, 422, "save"),
        ({"user_id": "a" * 24}, 403, ""),
        ({"echo_id": "a" * 24}, 404, ""),
    ],
)
def test_api_refuses_fields(send, alice, untouched, fields, status, where):
    answer = send(alice, **fields)
    assert answer.status_code == status
    assert [entry["loc"] for entry in answer.json().get("errors", [])] == ([["body", where]] if where else [])
    assert untouched()


def test_somebody_elses_echo_is_not_found(send, alice, charlie, untouched):
    foreign = make_echo(charlie)
    answer = send(alice, user_id=alice.pk, echo_id=foreign.pk)
    assert (answer.status_code, answer.json()["detail"]) == (404, NO_ECHO)
    assert untouched()


def test_api_needs_the_recording_and_a_form(api, alice, untouched):
    answer = api(alice).post(DOOR, {"name": "Harbour", "consent": "true"})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "audio"])
    assert api(alice).post(DOOR, {"name": "Harbour"}, "application/json").status_code == 415
    assert api(alice).get(DOOR).status_code == 405
    assert untouched()


def test_large_uploads_are_refused(api, alice, untouched):
    body = {"CONTENT_LENGTH": str(51 * 1024**2)}
    answer = api(alice).post(DOOR, b"", "multipart/form-data; boundary=x", **body)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert untouched()


def test_the_quota_and_the_limit_hold(send, alice, settings, untouched):
    settings.STORAGE_QUOTA_MB = 0
    answer = send(alice, user_id=alice.pk)
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_reached")
    settings.RATES = settings.RATES | {"upload": "1/h"}
    limits.parse.cache_clear()
    assert [send(alice).status_code for _ in range(2)][1] == 429
    assert untouched()


def test_api_needs_sign_in(client, db, untouched):
    assert client.post(DOOR, {"audio": SimpleUploadedFile("a.wav", GOOD)}).status_code == 401
    assert untouched()


def test_references_count_for_the_quota_and_go_with_the_account(send, alice, fish):
    send(alice, user_id=alice.pk)
    assert storage_quota.used_bytes(alice) == len(GOOD)
    place = VoiceModel.objects.get().reference
    voice_models.delete_all(alice)
    assert not default_storage.exists(place)
    assert AudioFile.objects.count() == 0
