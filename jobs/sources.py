"""What a job speaks with: a voice of the catalogue, a voice model, or an echo that has one of them."""

from dataclasses import dataclass, replace

from django.conf import settings

from accounts.models import User
from config.errors import Conflict, Unprocessable
from jobs.models import Job
from voices import engines
from voices.models import Echo, State, UnsavedModel, Voice, VoiceModel

FIELDS = ("voice_id", "model_id", "echo_id")
WORDS = {"voice_id": "voice", "model_id": "voice model", "echo_id": "echo"}
LISTS = {"voice_id": "GET /api/voices", "model_id": "GET /api/voice-models", "echo_id": "GET /api/echos"}
ID_SHOWN_CHARACTERS = 100  # of an id that is not known
MODEL_LANGUAGE = "en"  # nobody knows which one a model speaks; this one has the common abbreviations


class SourceUnknown(Unprocessable):
    """There is no such voice, voice model or echo, or it isn't the person's to speak with."""

    code = "invalid"

    def __init__(self, field: str, name: str) -> None:
        shown = name[:ID_SHOWN_CHARACTERS]
        message = f"There is no {WORDS[field]} {shown} to speak with. {LISTS[field]} lists them."
        super().__init__(message, field=field)


class ModelInTraining(Conflict):
    code = "model_in_training"


@dataclass(frozen=True)
class Source:
    """A voice of the catalogue, or a voice model by the id that it has at its engine."""

    engine: str
    name: str
    voice_id: str = ""
    model_id: str = ""
    echo_id: str = ""
    language: str = MODEL_LANGUAGE
    speakers: tuple[str, ...] = ()
    sample_rate: int | None = None  # Hz; nobody knows that of a model before it speaks
    speed: float = 1.0  # at which it speaks when none is asked for

    @property
    def engine_id(self) -> str:
        """What its engine knows it by."""
        return self.model_id or self.voice_id

    def columns(self) -> dict[str, str]:
        """What a job keeps of it."""
        return {name: getattr(self, name) for name in (*FIELDS, "engine")}


# For a job that starts


def find(by: User, *, voice_id: str | None = None, model_id: str | None = None, echo_id: str | None = None) -> Source:
    """What a person names in one of three ways; the default voice when they name nothing.

    SourceUnknown when it isn't there or isn't theirs, ModelInTraining while it can't speak yet.
    """
    named = dict(zip(FIELDS, (voice_id, model_id, echo_id), strict=True))
    given = {field: name for field, name in named.items() if name}
    if len(given) > 1:
        raise Unprocessable("Name one of voice_id, model_id and echo_id, not several.", field=list(given)[1])
    if model_id:
        return find_model(by, model_id)
    return find_echo(by, echo_id) if echo_id else find_voice(voice_id or settings.DEFAULT_VOICE)


def find_voice(name: str) -> Source:
    voice = Voice.objects.available().called(name).first()
    if voice is None:
        raise SourceUnknown("voice_id", name)
    return of_voice(voice)


def voice_for(language: str) -> str | None:
    """The id of a voice that speaks it: None, for the default one, if that does, or if any language will do."""
    default = Voice.objects.called(settings.DEFAULT_VOICE).values_list("language", flat=True).first() or ""
    is_spoken = f"{default}_".lower().startswith(f"{language}_".lower())
    return None if not language or is_spoken else voice_of_language(language)


def voice_of_language(language: str) -> str:
    """The id of the first voice, by language and name, that speaks `en`, `en_US` or `en-US`. Unprocessable without."""
    known = Voice.objects.available().order_by("language", "name", "voice_id").values_list("language", "voice_id")
    asked = language.replace("-", "_").lower()
    for spoken, voice_id in known:
        if f"{spoken.lower()}_".startswith(f"{asked}_"):
            return voice_id
    languages = ", ".join(dict.fromkeys(spoken for spoken, _ in known)) or "none yet"
    message = f"No voice here speaks {language[:ID_SHOWN_CHARACTERS]}. Languages that can be spoken: {languages}."
    raise Unprocessable(message, field="language")


def find_model(by: User, name: str) -> Source:
    model = model_called(by, name)
    if model is None:
        raise SourceUnknown("model_id", name)
    return of_model(model)


def model_called(by: User, name: str) -> VoiceModel | UnsavedModel | None:
    """By its id, an old UUID or the engine's id; one that was not kept in the library by the engine's id alone."""
    kept = VoiceModel.objects.usable_by(by).with_id(name).defer("peaks").first()
    return kept or UnsavedModel.objects.owned_by(by).filter(model_id=name).first()


def find_echo(by: User, name: str) -> Source:
    """Its voice model, else its voice, else the default voice."""
    echo = Echo.objects.owned_by(by).with_id(name).first()
    if echo is None:
        raise SourceUnknown("echo_id", name)
    model = VoiceModel.objects.usable_by(by).filter(echo=echo).defer("peaks").first()
    source = of_model(model) if model else voice_of(echo)
    return replace(source, echo_id=echo.pk, name=echo.name, speed=echo.speed)


def voice_of(echo: Echo) -> Source:
    try:
        return find_voice(echo.voice_id or settings.DEFAULT_VOICE)
    except SourceUnknown as error:
        message = f"The echo {echo} has a voice that can't speak now. Give it another one."
        raise Unprocessable(message, field="echo_id") from error


def of_voice(voice: Voice) -> Source:
    fields = {name: getattr(voice, name) for name in ("engine", "name", "voice_id", "language", "sample_rate")}
    return Source(**fields, speakers=tuple(voice.speakers))


def of_model(model: VoiceModel | UnsavedModel) -> Source:
    if isinstance(model, VoiceModel):
        check_trained(model)
    return Source(model.engine, model.name, model_id=model.model_id)


def check_trained(model: VoiceModel) -> None:
    if model.state == State.FAILED:
        message = f"The voice model {model} could not be made. Make it again, or choose another voice."
        raise Unprocessable(message, field="model_id")
    if not model.is_ready:
        raise ModelInTraining(f"The voice model {model} is still being trained. Try again when it is ready.")


def called(by: User, name: str) -> dict[str, str]:
    """What a client means that has one name for all of them, as `find` takes it; nothing when it means nothing here.

    In this order: a voice's id or other name, a voice model's ids, an echo's id or name.
    """
    if Voice.objects.available().called(name).exists():
        return {"voice_id": name}
    if model_called(by, name):
        return {"model_id": name}
    own = Echo.objects.owned_by(by)
    found = list(own.with_id(name)[:1]) or list(own.filter(name=name)[:2])
    if len(found) > 1:
        raise Unprocessable(f"Several of your echos are called {name}. Name one by its id.", field="echo_id")
    return {"echo_id": found[0].pk} if found else {}


# For a job that runs


def of_job(job: Job) -> Source:
    """What a job was started with, if it is still there. VoiceBroken when it isn't."""
    if not job.model_id:
        voice = Voice.objects.filter(voice_id=job.voice_id).first()
        if voice is None:
            raise engines.VoiceBroken(f"The voice {job.voice_id} is gone. Choose another voice.")
        return of_voice(voice)
    for model in (VoiceModel, UnsavedModel):
        name = model.objects.filter(model_id=job.model_id).values_list("name", flat=True).first()
        if name is not None:
            return Source(job.engine, name, model_id=job.model_id)
    raise engines.VoiceBroken(f"The voice model {job.model_id} was deleted. Choose another voice.")
