"""How an audiobook goes on: its chapters are begun in their order, a few at a time, and bound when all are ready.

Nobody waits for the end of a job: the sweeper looks every two seconds. What it does may be done by two at once.
"""

import datetime as dt
import logging

from django.conf import settings

from accounts.models import User
from config import times, work
from config.errors import DomainError, TooMany
from config.leases import OPEN, Status
from jobs.actions import end, start
from jobs.actions.audiobooks import voices
from jobs.actions.prepare import make_job
from jobs.models import (
    BEGUN,
    BOOK_FORMAT,
    SPEAKING,
    TITLE_MAX_CHARACTERS,
    TO_COME,
    Audiobook,
    Chapter,
    ChapterState,
    Job,
    Step,
)

logger = logging.getLogger(__name__)
BEGUN_MAX = (
    4  # chapters of one book whose jobs wait or are being made: enough for all workers, and all may be cancelled
)
BEGINNING = dt.timedelta(seconds=30)  # for which the job of a chapter may be on its way into the database
DELETED = "Its job was deleted."
CANCELLED = "Its job was cancelled."


def go_on(audiobook: Audiobook) -> None:
    """See what has become of the chapters that were begun, begin the next ones, and end when there are none left."""
    settle_chapters(audiobook)
    counts = Chapter.objects.of(audiobook).count_by_state()
    free = BEGUN_MAX - sum(counts.get(state, 0) for state in BEGUN)
    if any(counts.get(state) for state in TO_COME):
        if free > 0:
            begin_next(audiobook, free)
    elif free == BEGUN_MAX:
        finish_speaking(audiobook, counts.get(ChapterState.FAILED, 0))


# What has become of chapters


def settle_chapters(audiobook: Audiobook) -> None:
    with_jobs = Chapter.objects.of(audiobook).filter(state__in=[*BEGUN, ChapterState.FAILED]).exclude(job="")
    found = list(with_jobs.without_texts())
    rows = Job.objects.filter(pk__in=[chapter.job for chapter in found]).values_list("pk", "status", "error")
    jobs = {pk: (status, error) for pk, status, error in rows}
    for chapter in found:
        status, error = jobs.get(chapter.job, (None, DELETED))
        if chapter.state in BEGUN or status in (*OPEN, Status.COMPLETED):  # one that failed was tried again by hand
            settle(chapter, status, error)


def settle(chapter: Chapter, status: str | None, error: str) -> None:
    held = {"state": chapter.state, "job": chapter.job}
    if status is None and chapter.state == ChapterState.STARTING:
        if chapter.begun_at < times.now() - BEGINNING:  # whoever began it was killed
            chapter.change(held, state=ChapterState.WAITING, job="")
    elif status in OPEN:
        chapter.change(held, state=ChapterState.MAKING, error="")
    elif status == Status.COMPLETED:
        chapter.change(held, state=ChapterState.READY, error="")
    else:
        chapter.change(held, state=ChapterState.FAILED, error=CANCELLED if status == Status.CANCELLED else error)


# The next chapters


def begin_next(audiobook: Audiobook, number: int) -> None:
    """So many of those that wait, while their owner may have more spoken. What refuses all of them ends the book."""
    by = audiobook.user
    if not by.is_active or by.deleted_at:
        return
    for chapter in Chapter.objects.of(audiobook).filter(state__in=TO_COME)[:number]:
        try:
            begin(by, audiobook, chapter)
        except TooMany as error:
            if chapter.characters > settings.QUEUE_CHARACTERS:
                fail(audiobook, error.message, cause=error.code)
            return
        except DomainError as error:
            if getattr(error, "field", "") != "text":
                fail(audiobook, error.message, cause=error.code)
                return
            chapter.change({"state": chapter.state}, state=ChapterState.FAILED, error=error.message)


def begin(by: User, audiobook: Audiobook, chapter: Chapter) -> None:
    """Start the chapter's job, unless somebody else does. It is known by the chapter before it is in the database."""
    said = {"text": chapter.text, "title": title_of(audiobook, chapter), "format": BOOK_FORMAT, "keep": True}
    job = make_job(by=by, is_batch=True, **said, **voices.of_chapter(audiobook))
    if chapter.state == ChapterState.ANEW:
        drop_earlier(by, chapter)
    claim = {"state": ChapterState.STARTING, "job": job.pk, "begun_at": times.now(), "error": ""}
    if not chapter.change({"state": ChapterState.WAITING}, **claim):
        return
    try:
        start.begin(by, [job])
    except Exception:
        chapter.change({"job": job.pk}, state=ChapterState.WAITING, job="")
        raise
    chapter.change({"job": job.pk, "state": ChapterState.STARTING}, state=ChapterState.MAKING)
    work.enqueue(job)
    if not is_wanted(audiobook, chapter, job):
        end.delete_job(by=by, job=job)


def is_wanted(audiobook: Audiobook, chapter: Chapter, job: Job) -> bool:
    """Not once the book has ended, or its chapter waits again: what it was then given knows nothing of this job."""
    is_spoken = Audiobook.objects.speaking().filter(pk=audiobook.pk).exists()
    return is_spoken and Chapter.objects.filter(pk=chapter.pk, job=job.pk).exists()


def drop_earlier(by: User, chapter: Chapter) -> None:
    """The job, with its sound, that has spoken it in another voice."""
    if job := Job.objects.filter(pk=chapter.job).without_texts().first():
        end.delete_job(by=by, job=job)
    chapter.change({"state": ChapterState.ANEW, "job": chapter.job}, state=ChapterState.WAITING, job="")


def title_of(audiobook: Audiobook, chapter: Chapter) -> str:
    """Of its job: in the list of all jobs "Chapter 1" says nothing."""
    title = audiobook.title if chapter.title == audiobook.title else f"{audiobook}: {chapter.title}"
    return title[:TITLE_MAX_CHARACTERS]


def fail(audiobook: Audiobook, sentence: str, *, cause: str) -> None:
    """Its chapters that are being made go on; the others wait for another try."""
    failed = {"status": Status.FAILED, "error": sentence, "cause": cause, "completed_at": times.now()}
    if audiobook.change({"status": SPEAKING}, **failed):
        logger.info("%s of %s failed: %s", audiobook.pk, audiobook.user_id, sentence)


def finish_speaking(audiobook: Audiobook, failed: int) -> None:
    """Bind it, unless chapters have failed."""
    if failed:
        words = "1 chapter" if failed == 1 else f"{failed:,} chapters"
        fail(
            audiobook, f"{words} could not be spoken: see below. Try again, or go on without.", cause="chapters_failed"
        )
        return
    fields = {"queue": "bulk", "attempts": 0, "progress": 0, "started_at": None}
    if audiobook.change({"status": SPEAKING}, status=Status.QUEUED, step=Step.BIND, **fields):
        work.enqueue(audiobook)
