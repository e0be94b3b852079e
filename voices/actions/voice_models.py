"""Voice models that are there: changed, used, deleted."""

import logging
from collections.abc import Iterator
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db.models import F

from accounts.actions import audit
from accounts.models import Event, User
from config.db import STORE_ERRORS, again, atomic, in_batches
from voices.actions import engine_deletions
from voices.models import EngineDeletion, UnsavedModel, VoiceModel

logger = logging.getLogger(__name__)


def count_use(*, model_id: str, seconds: float, billed_bytes: int) -> None:
    """Add a job to what was spoken with a model. Nobody's work fails for a figure."""
    try:
        add_use(model_id, seconds, billed_bytes)
    except STORE_ERRORS as error:
        logger.warning("Not counted for the voice model %s: %s", model_id, error)


@again
def add_use(model_id: str, seconds: float, billed_bytes: int) -> None:
    VoiceModel.objects.filter(model_id=model_id).update(
        used_jobs=F("used_jobs") + 1,
        used_seconds=F("used_seconds") + seconds,
        billed_bytes=F("billed_bytes") + billed_bytes,
    )


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
