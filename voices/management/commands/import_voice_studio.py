from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.importing import import_user, owner_id
from config import times
from config.importing import Context, ImportCommand, Outcome, Part, Refused, Row, Table
from voices.actions import imports
from voices.models import (
    ECHO_DESCRIPTION_MAX_CHARACTERS,
    ECHO_NAME_MAX_CHARACTERS,
    MODEL_ID_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    PERSONA_MAX_CHARACTERS,
    Echo,
    FileType,
    State,
    UnsavedModel,
    VoiceModel,
)

PATH_MAX_CHARACTERS = 1_024
NO_ECHO = "imported, but its echo is not linked: {}."
NO_MODEL = "imported, but its voice model is not linked: {}."
NOT_HERE = "it is not here"
NOT_THEIRS = "it is somebody else's"
HAS_MODEL = "the echo has another voice model"
HAS_ECHO = "the voice model has another echo"
UNREADABLE = "its id can't be read"
NO_STORED = "--stored changes nothing here: the old studio kept no recordings."


@dataclass(frozen=True)
class NamedModel:
    """What the row of an echo says of its voice model: it is here, comes later in the run, or can't be linked."""

    here: str | None = None
    coming: str | None = None
    problem: str = ""


@dataclass(frozen=True)
class Wish:
    """The echo that a voice model is to get, by the row that says so."""

    place: str
    echo_id: str
    sentence: str
    is_told: bool = True  # when it is not met

    def refuse(self, reason: str, context: Context) -> None:
        if self.is_told:
            context.note(Row(self.place), self.sentence.format(reason))


class Links:
    """Echos and voice models, and which of them speak together: both collections may say so, and the first one wins.

    Echos come first. What they say waits for their models, each of which is saved with its link.
    """

    def __init__(self) -> None:
        self.wishes: defaultdict[str, list[Wish]] = defaultdict(list)  # of echos, by the model

    def import_echo(self, row: Row, context: Context) -> Outcome:
        echo_id = row.id("_id", "id")
        owner = echo_owner(echo_id, context)
        echo = None if owner else new_echo(row, echo_id, context)
        named = named_model(row, owner or echo.user_id, context)
        if echo:
            imports.import_echo(echo=echo, model_id=named.here, dry_run=context.is_dry_run)
            context.plan("echo", echo_id, echo.user_id)
            plan_link(named.here, echo_id, context)
            if named.problem:
                context.note(row, NO_MODEL.format(named.problem))
        if named.coming:  # an echo that was here before is linked too, unless it speaks with another model by now
            self.wishes[named.coming].append(Wish(row.place, echo_id, NO_MODEL, is_told=echo is not None))
        return Outcome.IMPORTED if echo else Outcome.KNOWN

    def import_voice_model(self, row: Row, context: Context) -> Outcome:
        pk = row.id("_id", "id")
        if model_owner(pk, context):
            return Outcome.KNOWN
        model = new_model(row, pk, context)
        if is_known(model, context):
            return Outcome.KNOWN
        wishes = [*own_wish(row, context), *self.wishes.get(pk, [])]
        problems = [why_not(wish.echo_id, model.user_id, context) for wish in wishes]
        model.echo_id = next((wish.echo_id for wish, why in zip(wishes, problems, strict=True) if not why), None)
        imports.import_voice_model(model=model, dry_run=context.is_dry_run)
        self.wishes.pop(pk, None)
        context.plan("model", pk, model.user_id)
        context.plan("model_id", model.model_id, model.user_id)
        plan_link(pk, model.echo_id, context)
        for wish, why in zip(wishes, problems, strict=True):
            if wish.echo_id != model.echo_id:
                wish.refuse(why or HAS_ECHO, context)
        return Outcome.IMPORTED

    def end(self, context: Context) -> None:
        """Tell which echos wait in vain."""
        for wishes in self.wishes.values():
            for wish in wishes:
                wish.refuse(NOT_HERE, context)


def own_wish(row: Row, context: Context) -> list[Wish]:
    try:
        echo_id = optional_id(row, "echo_id")
    except Refused:
        context.note(row, NO_ECHO.format(UNREADABLE))
        return []
    return [Wish(row.place, echo_id, NO_ECHO)] if echo_id else []


def named_model(row: Row, owner: str, context: Context) -> NamedModel:
    try:
        model_id = optional_id(row, "voice_model_id")
    except Refused:
        return NamedModel(problem=UNREADABLE)
    models_owner = model_id and model_owner(model_id, context)
    if not models_owner:
        return NamedModel(coming=model_id)
    if models_owner != owner:
        return NamedModel(problem=NOT_THEIRS)
    return NamedModel(problem=HAS_ECHO) if has_echo(model_id, context) else NamedModel(here=model_id)


def why_not(echo_id: str, owner: str, context: Context) -> str:
    """Why the owner's voice model can't speak for the echo; '' when it can."""
    echos_owner = echo_owner(echo_id, context)
    if not echos_owner:
        return NOT_HERE
    if echos_owner != owner:
        return NOT_THEIRS
    return HAS_MODEL if has_model(echo_id, context) else ""


def optional_id(row: Row, name: str) -> str | None:
    return None if row.value(name) is None else row.id(name)


def echo_owner(echo_id: str, context: Context) -> str | None:
    planned = context.planned.get(("echo", echo_id))
    return planned or Echo.objects.filter(pk=echo_id).values_list("user_id", flat=True).first()


def model_owner(pk: str, context: Context) -> str | None:
    planned = context.planned.get(("model", pk))
    return planned or VoiceModel.objects.filter(pk=pk).values_list("user_id", flat=True).first()


def has_model(echo_id: str, context: Context) -> bool:
    return ("speaks", echo_id) in context.planned or VoiceModel.objects.filter(echo=echo_id).exists()


def has_echo(pk: str, context: Context) -> bool:
    return ("linked", pk) in context.planned or VoiceModel.objects.filter(pk=pk, echo__isnull=False).exists()


def plan_link(pk: str | None, echo_id: str | None, context: Context) -> None:
    if pk and echo_id:
        context.plan("linked", pk, echo_id)
        context.plan("speaks", echo_id, pk)


def is_known(model: VoiceModel, context: Context) -> bool:
    """Whether its owner has it here under another id. Refused when it is somebody else's."""
    found = VoiceModel.objects.with_id(model.model_id).values_list("user_id", flat=True).first()
    owner = context.planned.get(("model_id", model.model_id)) or found
    others = UnsavedModel.objects.filter(model_id=model.model_id).exclude(user=model.user_id)
    if (owner and owner != model.user_id) or others.exists():
        raise Refused("Its model_id is already known here as somebody else's.")
    return owner is not None


def new_echo(row: Row, echo_id: str, context: Context) -> Echo:
    return Echo(
        pk=echo_id,
        user_id=owner_id(row, context),
        name=row.text("name", max_characters=ECHO_NAME_MAX_CHARACTERS, is_needed=True),
        description=row.text("description", max_characters=ECHO_DESCRIPTION_MAX_CHARACTERS),
        persona_prompt=row.text("persona_prompt", max_characters=PERSONA_MAX_CHARACTERS),
        created_at=row.time("created_at") or times.now(),
    )


def new_model(row: Row, pk: str, context: Context) -> VoiceModel:
    """It is at the engine, trained; whether its owner had the right to the recording was not recorded."""
    return VoiceModel(
        pk=pk,
        user_id=owner_id(row, context),
        model_id=row.text("model_id", max_characters=MODEL_ID_MAX_CHARACTERS, is_needed=True),
        name=row.text("name", max_characters=NAME_MAX_CHARACTERS, is_needed=True),
        audio_file_path=row.text("audio_file_path", max_characters=PATH_MAX_CHARACTERS),
        file_type=file_type(row),
        state=State.TRAINED,
        created_at=row.time("created_at") or times.now(),
    )


def file_type(row: Row) -> FileType:
    """From the word, or from a MIME type."""
    value = row.text("file_type", max_characters=100).lower().partition("/")[0] or FileType.AUDIO
    if value not in FileType.values:
        raise Refused("Its file_type is neither audio nor video.")
    return FileType(value)


class Command(ImportCommand):
    help = (
        "Import the people, voice models and echos of the voice-model studio: its collections `users`, `voice_models` "
        "and `echos`, as files of these names or from a MongoDB database. All keep their ids and links. The models "
        "stay at Fish Audio and speak with the FISH_API_KEY of the account that has them. It may be run again at any "
        "time: rows that are here already stay as they are. The last line is JSON, the counts of each collection. "
        "Ends with 2 when the source can't be read."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.links = Links()
        self.tables = (
            Table("users", import_user),
            Table("echos", self.links.import_echo),
            Table("voice_models", self.links.import_voice_model),
        )

    def import_all(self, parts: Sequence[Part], context: Context) -> dict[str, dict[str, int]]:
        if context.is_stored:
            self.stderr.write(NO_STORED)
        counts = super().import_all(parts, context)
        self.links.end(context)
        return counts
