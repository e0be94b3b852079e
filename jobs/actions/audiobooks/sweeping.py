"""What is done with audiobooks again and again."""

import logging
from collections.abc import Callable

from config import times, work
from config.db import STORE_ERRORS, in_batches
from config.leases import Status
from jobs.actions.audiobooks import opening, progress
from jobs.actions.audiobooks.ending import JOBS_AT_ONCE, delete_audiobook, erase
from jobs.models import DELETING, DRAFT_KEPT, REVIEW, SPEAKING, Audiobook

logger = logging.getLogger(__name__)


def sweep() -> None:
    """Hand out what waits, take from workers that died, go on with what is spoken, and with what is deleted."""
    work.requeue_lost(Audiobook.objects.all())
    if Audiobook.objects.filter(status=Status.QUEUED).exists():
        work.enqueue_waiting(Audiobook.objects.all())
    for status, step in ((SPEAKING, progress.go_on), (DELETING, erase_some)):
        for batch in in_batches(Audiobook.objects.filter(status=status)):
            for audiobook in batch:
                do(step, audiobook)


def do(step: Callable[[Audiobook], None], audiobook: Audiobook) -> None:
    """One that fails keeps none of the others back, unless the database is away."""
    try:
        step(audiobook)
    except STORE_ERRORS:
        raise
    except Exception:
        logger.exception("The sweep of audiobook %s has failed.", audiobook.pk)


def erase_some(audiobook: Audiobook) -> None:
    erase(audiobook, at_most=JOBS_AT_ONCE)


def purge() -> None:
    """Drafts that nobody goes on with go after a week, and documents that could not be read."""
    before = times.now() - DRAFT_KEPT
    for batch in in_batches(Audiobook.objects.filter(status=REVIEW, created_at__lt=before)):
        for draft in batch:
            delete_audiobook(by=draft.user, audiobook=draft)
    ended = Audiobook.objects.filter(status__in=[Status.FAILED, Status.CANCELLED], created_at__lt=before)
    for batch in in_batches(ended.exclude(source_path="")):
        for row in batch:
            opening.drop_file(row)
