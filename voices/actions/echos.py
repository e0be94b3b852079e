"""Echos: characters with a voice."""

from collections.abc import Iterator
from typing import Any, TypedDict, Unpack

from accounts.actions import audit
from accounts.models import Event, User
from config.db import atomic, delete_rows
from config.errors import NotFound, Unprocessable
from config.text import forbidden_character, one_line
from voices.actions import links
from voices.engines import MAX_SPEED, MIN_SPEED
from voices.models import (
    ECHO_DESCRIPTION_MAX_CHARACTERS,
    ECHO_NAME_MAX_CHARACTERS,
    PERSONA_MAX_CHARACTERS,
    Echo,
    Voice,
    VoiceModel,
)

LENGTHS = {"description": ECHO_DESCRIPTION_MAX_CHARACTERS, "persona_prompt": PERSONA_MAX_CHARACTERS}
WORDS = {"description": "description", "persona_prompt": "persona"}


class EchoFields(TypedDict, total=False):
    name: str
    description: str
    persona_prompt: str
    voice_id: str | None  # of the catalogue, or one of its other names
    model_id: str | None  # of a voice model of the person's own: its id, an old UUID or its engine's id
    speed: float  # times the voice's own


def create_echo(*, by: User, **fields: Unpack[EchoFields]) -> Echo:
    """A new echo, together with its voice model or not at all."""
    model = find_model(by, fields.pop("model_id", None))
    echo = Echo(user=by, **checked({"name": ""} | fields))
    try:
        with links.conflicts():
            atomic(insert)(echo, model)
    except Exception:
        Echo.objects.filter(pk=echo.pk).delete()  # for a server without transactions
        raise
    if model:
        links.settle(echo, model)
    return echo


def insert(echo: Echo, model: VoiceModel | None) -> None:
    echo.save(force_insert=True)
    if model:
        links.move(echo, model)


def change_echo(*, by: User, echo: Echo, **changes: Unpack[EchoFields]) -> None:
    """Change what is named, all of it or nothing; a `model_id` of None unlinks its voice model."""
    model = find_model(by, changes.get("model_id"))
    is_relinked = "model_id" in changes and model != echo.linked_model
    changes.pop("model_id", None)
    if changes.get("voice_id") == echo.voice_id:  # which it may keep while that voice is not ready
        del changes["voice_id"]
    values = checked(changes)
    with links.conflicts():
        atomic(write)(echo, values, [model] if is_relinked else [])
    for name, value in values.items():
        setattr(echo, name, value)
    if is_relinked:
        links.settle(echo, model)


def write(echo: Echo, values: dict[str, Any], moves: list[VoiceModel | None]) -> None:
    """The link first: it may be refused."""
    for model in moves:
        links.move(echo, model)
    if values and not Echo.objects.filter(pk=echo.pk).update(**values):
        raise NotFound("This echo was deleted in the meantime.")


def checked(fields: EchoFields) -> dict[str, Any]:
    """What the row takes. Unprocessable for what it doesn't, with the field."""
    checks = {
        "name": check_name,
        "description": lambda text: check_text("description", text.strip()),
        "persona_prompt": lambda text: check_text("persona_prompt", text),
        "voice_id": find_voice,
        "speed": check_speed,
    }
    return {field: checks[field](value) for field, value in fields.items()}


def check_name(name: str) -> str:
    name = one_line(name)
    if not 1 <= len(name) <= ECHO_NAME_MAX_CHARACTERS or forbidden_character(name):
        raise Unprocessable(f"Name the echo, in up to {ECHO_NAME_MAX_CHARACTERS} characters.", field="name")
    return name


def check_text(field: str, text: str) -> str:
    if len(text) > LENGTHS[field]:
        message = f"The {WORDS[field]} has {len(text):,} characters; at most {LENGTHS[field]:,} are kept."
        raise Unprocessable(message, field=field)
    if character := forbidden_character(text):
        message = f"The {WORDS[field]} holds a character that is not taken ({character}). Remove it."
        raise Unprocessable(message, field=field)
    return text


def find_voice(name: str | None) -> str:
    """The id of a voice that can speak; '' for none."""
    if not name:
        return ""
    voice = None if forbidden_character(name) else Voice.objects.available().called(name).first()
    if voice is None:
        raise Unprocessable("There is no such voice, or it can't speak now. Choose another one.", field="voice_id")
    return voice.voice_id


def find_model(by: User, model_id: str | None) -> VoiceModel | None:
    if not model_id:
        return None
    models = VoiceModel.objects.none() if forbidden_character(model_id) else VoiceModel.objects.owned_by(by)
    model = models.with_id(model_id).defer("peaks").first()
    if model is None:
        raise Unprocessable("You have no voice model with this id. Choose another one.", field="model_id")
    return model


def check_speed(speed: float) -> float:
    if not MIN_SPEED <= speed <= MAX_SPEED:
        raise Unprocessable(f"Choose a speed from {MIN_SPEED:g} to {MAX_SPEED:g}.", field="speed")
    return speed


def delete_echo(*, by: User, echo: Echo) -> None:
    """Delete an echo; its voice model stays, without one. Of two who do so at once one is noted."""
    if erase(echo):
        audit.record(user=echo.user, event=Event.ECHO_DELETED, words=echo.name)


@atomic
def erase(echo: Echo) -> bool:
    """Whether the row was still there."""
    deleted, _ = Echo.objects.filter(pk=echo.pk).delete()
    links.let_go(echo)  # what was linked meanwhile, on a server without transactions
    return bool(deleted)


def dependents(row: object) -> Iterator[str]:
    """What stops working when a voice model goes."""
    if isinstance(row, VoiceModel) and row.echo:
        yield f"The echo {row.echo} loses its voice."


def delete_all(user: User) -> None:
    """Delete every echo of an account that ends."""
    delete_rows(Echo.objects.owned_by(user))
