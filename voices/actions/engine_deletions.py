"""Deleting models at their engine, in a task: what goes here goes there too, even when the engine is away."""

import datetime as dt
import logging

from config import queue, times
from config.errors import DomainError
from voices import engines
from voices.models import EngineDeletion, UnsavedModel, VoiceModel

logger = logging.getLogger(__name__)
TASK, QUEUE = "voices.tasks.delete_at_engine", "network-upkeep"
FIRST_PAUSE = dt.timedelta(seconds=30)  # before the second try; then twice as long each time
LONGEST_PAUSE = dt.timedelta(hours=1)
BEGUN = dt.timedelta(minutes=10)  # after which nobody who began under a tag is still making or saving the model
LATE = dt.timedelta(hours=1)  # in which a model may still appear under the tag of a call that got no answer
ROWS = 200  # looked at in one sweep


def delete_later(*, model_id: str) -> None:
    """Have a worker delete a model at the engine."""
    enqueue(EngineDeletion.objects.create(model_id=model_id))


def delete_begun_later(*, tag: str) -> EngineDeletion:
    """Have whatever is begun under a tag deleted at the engine, in ten minutes; what is saved by then stays."""
    return EngineDeletion.objects.create(tag=tag, due_at=times.now() + BEGUN)


def is_saved(model_id: str) -> bool:
    return any(rows.filter(model_id=model_id).exists() for rows in (VoiceModel.objects, UnsavedModel.objects))


def enqueue(deletion: EngineDeletion) -> None:
    queue.enqueue(TASK, deletion.pk, queue=QUEUE)


def run_deletion(*, deletion: EngineDeletion) -> None:
    """One try, unless somebody else makes it. When it is in vain the sweeper has it tried again, for a day."""
    pause = min(FIRST_PAUSE * 2 ** min(deletion.tries, 10), LONGEST_PAUSE)
    mine = EngineDeletion.objects.filter(pk=deletion.pk, tries=deletion.tries)
    if mine.update(tries=deletion.tries + 1, due_at=times.now() + pause) and is_over(deletion):
        EngineDeletion.objects.filter(pk=deletion.pk).delete()


def is_over(deletion: EngineDeletion) -> bool:
    """Try, and tell whether there is nothing more to try."""
    age = times.now() - deletion.created_at
    try:
        return delete_now(deletion) or age >= LATE
    except DomainError as failure:
        if age < EngineDeletion.KEPT:
            logger.info("%s is not yet deleted at %s: %s", deletion, deletion.engine, failure.message)
            return False
        logger.warning("%s stays at %s: %s", deletion, deletion.engine, failure.message)
        return True


def delete_now(deletion: EngineDeletion) -> bool:
    """Whether there was something to delete; under a tag there may be nothing yet."""
    engine = engines.get(deletion.engine)
    found = [deletion.model_id] if deletion.model_id else [made.model_id for made in engine.list_models(deletion.tag)]
    for model_id in found:
        if deletion.model_id or not is_saved(model_id):
            engine.delete_model(model_id)
    return bool(found)


def enqueue_due() -> None:
    """Hand Redis the deletions whose time has come."""
    queue.enqueue_missing(
        TASK, [(pk, QUEUE) for pk in EngineDeletion.objects.due().values_list("pk", flat=True)[:ROWS]]
    )
