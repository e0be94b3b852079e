"""What becomes of a recording that an engine was asked to make a voice of: a voice model, a note of one, or a file."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import IntegrityError

from accounts.actions import audit, users
from accounts.models import Event, User
from config import times
from config.db import STORE_ERRORS
from config.errors import Conflict, DomainError
from voices.actions import audio_files, engine_deletions, links, training
from voices.engines.fish import MadeModel
from voices.models import (
    UNFINISHED,
    AudioFile,
    Echo,
    FileType,
    State,
    UnsavedModel,
    Visibility,
    VoiceModel,
)
from voices.reference_advice import GOOD
from voices.reference_check import Recording

logger = logging.getLogger(__name__)
FOLDER = "references"
SAVED = "Reference audio uploaded successfully and saved to database"
NOT_SAVED = "Reference audio uploaded successfully, not saved to database: note the id, it stands nowhere else"
TWICE = "This recording was made into a voice model a moment ago. Look among your voices."


class ConsentNeeded(DomainError):
    code = "consent_needed"
    field = "consent"

    def __init__(self) -> None:
        super().__init__("Confirm that you have the right to clone this voice. Programs send consent=true.")


@dataclass(frozen=True)
class Consent:
    given_at: dt.datetime
    words: str


@dataclass(frozen=True)
class Wish:
    """The voice model that somebody wants."""

    by: User
    name: str
    consent: Consent
    save: bool = True
    echo: Echo | None = None
    description: str = ""
    tags: Sequence[str] = ()
    visibility: str = Visibility.PRIVATE
    previous: VoiceModel | None = None


@dataclass(frozen=True)
class Made:
    """A voice model that an engine has made or is making, and what its owner should know."""

    model: VoiceModel | UnsavedModel
    advice: list[str] = field(default_factory=list)
    problem: str = ""  # with its echo

    @property
    def saved(self) -> VoiceModel | None:
        return self.model if isinstance(self.model, VoiceModel) else None

    @property
    def message(self) -> str:
        first = SAVED if self.saved else NOT_SAVED
        notes = [note for note in (*self.advice, self.problem) if note and note != GOOD]
        return f"{first}. {' '.join(notes)}" if notes else first


def consent(by: User, is_given: bool, *, file: AudioFile | None = None) -> Consent:
    """Now, when the kept file came, or once for all uploads of the account. ConsentNeeded without any of them."""
    if is_given:
        return Consent(times.now(), "consent with the upload")
    if file and file.consent_at:
        return Consent(file.consent_at, "consent with the upload")
    if by.cloning_consent_at:
        return Consent(by.cloning_consent_at, "consent of the account")
    raise ConsentNeeded


def finish(wish: Wish, recording: Recording, made: MadeModel) -> Made:
    """Save what the engine has made; if that fails it is deleted there again."""
    with undone(made):
        model = save(wish, recording, made) if wish.save else note(wish, made)
    words = f"{made.model_id}, {wish.consent.words}, {wish.name}"
    audit.record(user=wish.by, event=Event.MODEL_MADE, words=words)
    return Made(model, recording.advice, link(wish, model))


@contextmanager
def undone(made: MadeModel) -> Iterator[None]:
    """When the block fails, the model goes at the engine too, unless another row has it."""
    try:
        yield
    except Exception:
        try:
            if not engine_deletions.is_saved(made.model_id):
                engine_deletions.delete_later(model_id=made.model_id)
        except STORE_ERRORS as error:
            logger.warning("%s stays at the engine: %s", made.model_id, error)
        raise


def save(wish: Wish, recording: Recording, made: MadeModel) -> VoiceModel:
    model = VoiceModel(
        user=wish.by,
        model_id=made.model_id,
        name=wish.name,
        description=wish.description,
        tags=list(wish.tags),
        visibility=wish.visibility,
        consent_at=wish.consent.given_at,
        **after(wish.previous),
        **described(recording),
    )
    model.search = model.words()
    model.state, model.error = training.verdict(model, State(made.state))
    model.poll_at = times.now() + training.pause_after(0) if model.state in UNFINISHED else None
    model.reference = audio_files.place(FOLDER, model, recording.kind.extensions[0])
    with recording.kept() as file:
        try:
            audio_files.keep(model, file, at="reference")
        except IntegrityError as error:
            raise Conflict(TWICE) from error
    return model


def after(previous: VoiceModel | None) -> dict[str, object]:
    """The number of a version, and the one before it, if that is still there."""
    if previous is None:
        return {}
    kept = VoiceModel.objects.filter(pk=previous.pk).first()
    return {"version": previous.version + 1, "previous": kept}


def described(recording: Recording) -> dict[str, object]:
    return {
        "audio_file_path": audio_files.clean_name(recording.file.name),
        "file_type": FileType.VIDEO if recording.sound.has_video else FileType.AUDIO,
        "reference_bytes": recording.kept_bytes,
        "reference_type": recording.kind.content_type,
        "duration": round(recording.sound.duration, 3),
        "peaks": recording.peaks,
        "measured": recording.measured,
    }


def note(wish: Wish, made: MadeModel) -> UnsavedModel:
    try:
        model = UnsavedModel.objects.create(
            user=wish.by, model_id=made.model_id, name=wish.name, consent_at=wish.consent.given_at
        )
    except IntegrityError as error:  # SQLite misses the owner, or somebody was first
        users.check_open(wish.by)
        raise Conflict(TWICE) from error
    try:
        users.check_open(wish.by)
    except DomainError:
        model.delete()
        raise
    return model


def link(wish: Wish, model: VoiceModel | UnsavedModel) -> str:
    """Give the model to the echo, as it is now; if it was not saved, or somebody else is faster, why not."""
    if wish.echo is None:
        return ""
    if isinstance(model, UnsavedModel):
        return "Your echo does not speak with it: only a saved voice model can be an echo's."
    echo = Echo.objects.owned_by(wish.by).with_models().filter(pk=wish.echo.pk).first()
    if echo is None:
        return "The echo that was to speak with it is gone."
    try:
        links.link(by=wish.by, model=model, echo=echo)
    except Conflict as error:
        return f"Your echo does not speak with it yet. {error.message}"
    return ""


def keep_for_later(wish: Wish, recording: Recording, tag: str) -> AudioFile:
    """The recording as an audio file, with the tag under which the engine may have begun a model after all."""
    sound = recording.sound
    row = AudioFile(
        user=wish.by,
        name=audio_files.clean_name(recording.file.name),
        file_size=recording.kept_bytes,
        content_type=recording.kind.content_type,
        duration=round(sound.duration, 3),
        sample_rate=sound.sample_rate,
        channels=sound.channels,
        clone_tag=tag,
        consent_at=wish.consent.given_at,
        is_stored=True,
    )
    row.s3_key = audio_files.place(audio_files.FOLDER, row, recording.kind.extensions[0])
    with recording.kept() as file:
        audio_files.keep(row, file)
    return row
