"""Voice models that are there: found, changed, used, deleted."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from types import EllipsisType
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import F

from accounts.actions import audit
from accounts.models import Event, User
from config.db import STORE_ERRORS, again, atomic, in_batches
from config.errors import Conflict, Forbidden, NotFound, Unprocessable
from config.text import one_line
from voices.actions import engine_deletions, links
from voices.models import (
    DESCRIPTION_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    TAG_MAX_CHARACTERS,
    TAGS_MAX,
    Echo,
    EngineDeletion,
    UnsavedModel,
    Visibility,
    VoiceModel,
)

logger = logging.getLogger(__name__)
TRIES = 10  # to write a change beside others
NOT_HERE = "There is no voice model with this id, or it is not yours."
NOT_YOURS = "This voice model is shared with you. Only its owner can change, download or delete it."
BUSY = "Others are changing this voice model at the same time. Try again."


def find_usable(*, by: User, model_id: str) -> VoiceModel:
    """A model that the person may see and speak with: their own, or one that the team shares. NotFound for others."""
    model = VoiceModel.objects.usable_by(by).with_id(model_id).first()
    if model is None:
        raise NotFound(NOT_HERE)
    return model


def find_own(*, by: User, model_id: str) -> VoiceModel:
    """A model that the person may change. NotFound for one they can't see, Forbidden for a team mate's shared one."""
    model = find_usable(by=by, model_id=model_id)
    if model.user_id != by.pk:
        raise Forbidden(NOT_YOURS)
    return model


# Changing


def change_model(
    *,
    by: User,
    model: VoiceModel,
    name: str | None = None,
    description: str | None = None,
    tags: Sequence[str] | None = None,
    visibility: str | None = None,
    echo: Echo | EllipsisType | None = ...,
) -> None:
    """Change what is given; what is None stays. An echo is linked, None for it lets the linked one go."""
    changes: dict[str, Any] = {
        "name": None if name is None else clean_name(name),
        "description": None if description is None else clean_description(description),
        "tags": None if tags is None else clean_tags(tags),
        "visibility": visibility,
    }
    link_to(by, model, echo)
    write(model, {field: value for field, value in changes.items() if value is not None})


def clean_name(name: str) -> str:
    name = one_line(name)
    if not 1 <= len(name) <= NAME_MAX_CHARACTERS:
        raise Unprocessable(f"Give the voice model a name of 1 to {NAME_MAX_CHARACTERS} characters.", field="name")
    return name


def clean_description(description: str) -> str:
    description = description.strip()
    if len(description) > DESCRIPTION_MAX_CHARACTERS:
        sentence = f"Describe the voice model in at most {DESCRIPTION_MAX_CHARACTERS:,} characters."
        raise Unprocessable(sentence, field="description")
    return description


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Each tag once, as it was first written."""
    kept: dict[str, str] = {}
    for tag in map(one_line, tags):
        if not 1 <= len(tag) <= TAG_MAX_CHARACTERS or "," in tag:
            raise Unprocessable(f"A tag has 1 to {TAG_MAX_CHARACTERS} characters and no comma.", field="tags")
        kept.setdefault(tag.lower(), tag)
    if len(kept) > TAGS_MAX:
        raise Unprocessable(f"A voice model has at most {TAGS_MAX} tags.", field="tags")
    return list(kept.values())


def link_to(by: User, model: VoiceModel, echo: Echo | EllipsisType | None) -> None:
    if isinstance(echo, Echo):
        links.link(by=by, model=model, echo=echo)
    elif echo is None and model.echo:
        links.unlink(by=by, echo=model.echo)
        model.echo = None


def write(model: VoiceModel, changes: dict[str, Any]) -> None:
    """Write the changes with the words that the model is found by, whatever others change at the same time."""
    for _ in range(TRIES):
        read = model.search
        for field, value in changes.items():
            setattr(model, field, value)
        model.search = model.words()
        if VoiceModel.objects.filter(pk=model.pk, search=read).update(**changes, search=model.search):
            return
        refresh(model)
    raise Conflict(BUSY)


def refresh(model: VoiceModel) -> None:
    try:
        model.refresh_from_db()
    except VoiceModel.DoesNotExist as error:
        raise NotFound(NOT_HERE) from error


def unshare_all(user: User) -> None:
    """What was shared with one team is not shared with the next."""
    VoiceModel.objects.owned_by(user).filter(visibility=Visibility.SHARED).update(visibility=Visibility.PRIVATE)


# Using


def count_use(*, model_id: str, jobs: int = 0, seconds: float = 0.0, billed_bytes: int = 0) -> None:
    """Add to what was spoken with a model. Nobody's work fails for a figure."""
    try:
        add_use(model_id, jobs, seconds, billed_bytes)
    except STORE_ERRORS as error:
        logger.warning("Not counted for the voice model %s: %s", model_id, error)


@again
def add_use(model_id: str, jobs: int, seconds: float, billed_bytes: int) -> None:
    VoiceModel.objects.filter(model_id=model_id).update(
        used_jobs=F("used_jobs") + jobs,
        used_seconds=F("used_seconds") + seconds,
        billed_bytes=F("billed_bytes") + billed_bytes,
    )


# Deleting


def delete_model(*, by: User, model: VoiceModel) -> None:
    """Delete a model here at once, and at its engine in a task. Of two who do so at the same time one is noted."""
    if erase(model):
        audit.record(user=model.user, event=Event.MODEL_DELETED, words=f"{model.name}, {model.model_id}")


def erase(model: VoiceModel) -> bool:
    """Whether the row was still there. The recording goes first: bytes without a row are never found."""
    if model.reference:
        default_storage.delete(model.reference)
    deletion = hand_over(model)
    if deletion:
        engine_deletions.enqueue(deletion)
    return deletion is not None


@atomic
def hand_over(model: VoiceModel | UnsavedModel) -> EngineDeletion | None:
    """The row of what is still to be deleted at the engine, instead of the model's; None when somebody was first."""
    deleted, _ = type(model).objects.filter(pk=model.pk).delete()
    return EngineDeletion.objects.create(engine=model.engine, model_id=model.model_id) if deleted else None


def delete_all(user: User) -> None:
    """Delete every model of an account that ends."""
    for batch in in_batches(VoiceModel.objects.owned_by(user)):
        for model in batch:
            erase(model)


def delete_unsaved(user: User) -> None:
    for batch in in_batches(UnsavedModel.objects.owned_by(user)):
        for model in batch:
            if deletion := hand_over(model):
                engine_deletions.enqueue(deletion)


def files_of(model: VoiceModel) -> Iterator[tuple[str, str]]:
    """The name and the place of the recording."""
    if model.reference:
        yield f"{model.name}{PurePosixPath(model.reference).suffix}", model.reference
