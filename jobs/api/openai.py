"""Speech as clients of OpenAI's API ask for it. Refusals under /v1 have OpenAI's shape: config/refusals.py."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router

from accounts.models import Scope, User
from accounts.tokens import Credential
from config import streaming
from config.errors import Unprocessable
from config.schemas import BODY
from jobs import actions, choices, sounds, sources
from jobs.api.streams import live_headers
from jobs.audio import FORMATS
from jobs.listening import ears, speech_events, waiting
from jobs.models import Job
from jobs.schemas.openai import ModelsOut, SpeechIn, SpeechVoicesOut, refusals
from voices.models import Voice

router = Router(tags=["OpenAI-compatible speech"])
LISTEN = Credential(Scope.READ, Scope.SPEAK, Scope.VOICES)
MODELS = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")  # names that clients insist on; the voice decides what speaks
MODELS_CREATED = 1_795_219_200  # 21 November 2026
OUR_NAMES = {"text": "input", "format": "response_format"} | dict.fromkeys(sources.FIELDS, "voice")
NAMED_VOICES_MAX = 50
PCM_RATE = 24_000  # Hz: these clients know no other
SOUND = {kind.content_type: {"schema": {"type": "string", "format": "binary"}} for kind in FORMATS.values()}
EVENTS = {speech_events.CONTENT_TYPE: {"schema": {"type": "string"}}}


@router.post(
    "/v1/audio/speech",
    auth=Credential(Scope.SPEAK),
    response=refusals(*BODY, 401, 429),
    openapi_extra={"responses": {200: {"description": "The sound", "content": SOUND | EVENTS}}},
)
def create_speech(request: HttpRequest, data: SpeechIn) -> StreamingHttpResponse:
    """The sound, from its first sentence on while the others are made; `flac` and `aac` once all are.

    `X-Job-Id` is its job. When that ends before its sound is whole, so does the answer; `GET /api/jobs/{id}` tells why.
    """
    with streaming.place() as place, named_as_by_client():
        job = start(request.auth, data)
        sound = ears.listen(job)
        parts, content_type = begun(waiting.first_sound(job, sound), sound), FORMATS[job.format].content_type
        if data.stream_format == "sse":
            parts, content_type = speech_events.events(job, parts), speech_events.CONTENT_TYPE
        body = streaming.Stream(parts, place)
    return StreamingHttpResponse(body, content_type=content_type, headers=live_headers(job) | sounds.rate_of(job))


def begun(first: bytes, rest: ears.Sound) -> ears.Sound:
    yield first
    yield from rest


@router.get("/v1/models", auth=LISTEN, response={200: ModelsOut, **refusals(401, 403)})
def list_models(request: HttpRequest) -> dict[str, Any]:
    more = {"object": "model", "created": MODELS_CREATED, "owned_by": "echodesk"}
    return {"object": "list", "data": [{"id": name, **more} for name in MODELS]}


@router.get("/v1/audio/voices", auth=LISTEN, response={200: SpeechVoicesOut, **refusals(401, 403)})
def list_speech_voices(request: HttpRequest) -> dict[str, Any]:
    """The voices that can speak, and the newest of the caller's voice models and echos."""
    voices = Voice.objects.matching(available=True)[:1000]
    found = [{"id": voice.voice_id, "name": voice.name, "language": voice.language} for voice in voices]
    return {"voices": found + [{"id": name, "name": label} for name, label in own_voices(request.auth).items()]}


def start(by: User, data: SpeechIn) -> Job:
    rate = PCM_RATE if data.response_format == "pcm" else None
    fields = {"text": data.input, "format": data.response_format, "speed": data.speed, "sample_rate": rate}
    named = sources.called(by, data.voice)
    if not named:
        raise Unprocessable(f"There is no voice {data.voice}. Known voices: {known_voices(by)}.", field="voice")
    return actions.start_job(by=by, **fields, **named)


@contextmanager
def named_as_by_client() -> Iterator[None]:
    """What is refused within has the names of OpenAI's body."""
    try:
        yield
    except Unprocessable as error:
        error.field = OUR_NAMES.get(error.field, error.field)
        raise


def own_voices(by: User) -> dict[str, str]:
    """The voice models that a person may use by their engine's ids, and their echos, with what they are called."""
    found = choices.trained_models(by) | choices.echos(by)
    return {choices.split(value)[1]: label for value, label in found.items()}


def known_voices(by: User) -> str:
    ids = list(Voice.objects.matching(available=True).values_list("voice_id", flat=True))
    names = [*ids, *(alias for alias, voice_id in settings.VOICE_ALIASES.items() if voice_id in ids), *own_voices(by)]
    more = "" if len(names) <= NAMED_VOICES_MAX else ", and those that GET /v1/audio/voices lists"
    return (", ".join(names[:NAMED_VOICES_MAX]) or "none yet") + more
