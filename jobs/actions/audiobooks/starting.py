"""Audiobooks are spoken: those chapters that somebody chose, by what they chose; and again, after something failed."""

from collections.abc import Collection
from typing import Any

from accounts.models import User
from config import storage_quota, work
from config.db import atomic
from config.errors import Conflict, Gone, Unprocessable
from config.leases import Status
from jobs import book_sounds, sounds
from jobs.actions import end
from jobs.actions.audiobooks import ending, opening, progress, reading, voices
from jobs.models import (
    REVIEW,
    SPEAKING,
    Audiobook,
    Chapter,
    ChapterState,
    Job,
    Step,
)

OVERTAKEN = "This audiobook was started or deleted in the meantime. Look at it again."
NOT_ENDED = "Another voice can speak it once it is ready, has failed or is cancelled."
AFRESH: dict[str, Any] = {
    "error": "",
    "cause": "",
    "attempts": 0,
    "progress": 0,
    "completed_at": None,
    "expires_at": None,
}


def start_audiobook(
    *,
    by: User,
    audiobook: Audiobook,
    chapters: Collection[int] | None = None,
    title: str | None = None,
    author: str | None = None,
    keep: bool | None = None,
    **voice: Any,
) -> None:
    """Have chapters, by their numbers, or all of them spoken in their order. Conflict unless it waits for that.

    `voice` is what `columns_of` takes; what isn't given is as it was when the document came.
    """
    if not audiobook.is_draft:
        raise Conflict(not_yet(audiobook))
    fields = voices.changed(by, audiobook, voice)
    given = {"title": title and opening.checked(title, "title"), "is_kept": keep}
    fields |= {name: value for name, value in given.items() if value not in (None, "")}
    if author is not None:
        fields["author"] = opening.checked(author, "author")
    storage_quota.check(by)
    begin_speaking(audiobook, chosen(audiobook, chapters), fields)
    progress.go_on(audiobook)


def not_yet(audiobook: Audiobook) -> str:
    if audiobook.step == Step.BIND:
        return OVERTAKEN
    return "The document is still being read. Wait for that." if audiobook.is_open else "The document was not read."


def chosen(audiobook: Audiobook, numbers: Collection[int] | None) -> dict[int, int]:
    """The numbers of the chapters to be spoken, with their characters."""
    known = dict(Chapter.objects.of(audiobook).values_list("number", "characters"))
    if unknown := sorted(set(numbers or ()) - known.keys()):
        raise Unprocessable(f"There is no chapter {unknown[0]} in this document.", field="chapters")
    wanted = known if numbers is None else {number: known[number] for number in numbers}
    if not wanted:
        raise Unprocessable("Choose at least one chapter to be spoken.", field="chapters")
    return wanted


@atomic
def begin_speaking(audiobook: Audiobook, wanted: dict[int, int], fields: dict[str, Any]) -> None:
    rows = Chapter.objects.filter(audiobook_id=audiobook.pk, job="")  # else somebody was first, and has begun some
    rows.exclude(number__in=list(wanted)).update(state=ChapterState.OUT)
    rows.filter(number__in=list(wanted)).update(state=ChapterState.WAITING)
    characters = sum(wanted.values())
    if not audiobook.change({"status": REVIEW}, status=SPEAKING, characters=characters, **fields):
        raise Conflict(OVERTAKEN)


# Again


def retry_audiobook(*, by: User, audiobook: Audiobook, without_failed: bool = False) -> None:
    """Go on where it failed, was cancelled or has expired; what is ready stays.

    `without_failed` leaves out the chapters that have failed.
    """
    if not (audiobook.can_retry or is_incomplete(audiobook)):
        raise Conflict("Only an audiobook that failed, was cancelled or has lost its sound can be tried again.")
    if audiobook.step == Step.READ:
        read_again(audiobook)
        return
    storage_quota.check(by)
    reopen(by, audiobook, without_failed=without_failed)
    if not audiobook.change({"status": audiobook.status}, status=SPEAKING, **AFRESH):
        raise Conflict(OVERTAKEN)
    progress.go_on(audiobook)


def change_voice(*, by: User, audiobook: Audiobook, **voice: Any) -> None:
    """Have the chapters of one that has ended spoken anew; `voice` is what `columns_of` takes.

    Each keeps the sound that it has until then. Conflict while something goes on with it.
    """
    if not audiobook.can_change_voice:
        raise Conflict(NOT_ENDED)
    fields = voices.changed(by, audiobook, voice)
    storage_quota.check(by)
    begun = ending.begun_jobs(audiobook)
    begin_anew(audiobook, fields)
    ending.stop_jobs(begun)  # not before: another request may have begun them anew
    progress.go_on(audiobook)


@atomic
def begin_anew(audiobook: Audiobook, fields: dict[str, Any]) -> None:
    rows = Chapter.objects.filter(audiobook_id=audiobook.pk).chosen()
    rows.filter(job="").update(state=ChapterState.WAITING, error="")
    rows.exclude(job="").update(state=ChapterState.ANEW, error="")
    if not audiobook.change({"status": audiobook.status}, status=SPEAKING, **AFRESH, **fields):
        raise Conflict(OVERTAKEN)


def is_incomplete(audiobook: Audiobook) -> bool:
    """Whether it was made, but some of its sound has gone."""
    try:
        book_sounds.bound(audiobook)
        book_sounds.of_chapters(audiobook)
    except (Conflict, Gone):
        return audiobook.status == Status.COMPLETED
    return False


def read_again(audiobook: Audiobook) -> None:
    if not audiobook.source_path:
        raise Gone(reading.GONE)
    if not audiobook.change({"status": audiobook.status}, status=Status.QUEUED, **AFRESH):
        raise Conflict(OVERTAKEN)
    work.enqueue(audiobook)


def reopen(by: User, audiobook: Audiobook, *, without_failed: bool) -> None:
    """Let chapters wait once more that have no sound. Their jobs, which have ended without one, go."""
    if without_failed and not Chapter.objects.of(audiobook).filter(state=ChapterState.READY).exists():
        raise Unprocessable("No chapter is ready. Try again with all of them.")
    rows = list(Chapter.objects.of(audiobook).chosen().exclude(state=ChapterState.ANEW).without_texts())
    jobs = Job.objects.without_texts().defer("peaks").in_bulk([row.job for row in rows if row.job])
    for row in rows:
        job, is_failed = jobs.get(row.job), row.state == ChapterState.FAILED
        seen = {"job": row.job, "state": row.state}  # else it would take back what another request has begun
        if job and has_sound(job):
            row.change(seen, state=ChapterState.READY, error="")
        elif is_failed and without_failed:
            row.change(seen, state=ChapterState.OUT)
        elif not (job and job.is_open):
            if row.change(seen, state=ChapterState.WAITING, job="", error="") and job:
                end.delete_job(by=by, job=job)
        else:
            row.change(seen, state=ChapterState.MAKING, error="")


def has_sound(job: Job) -> bool:
    try:
        sounds.of_job(job)
    except (Conflict, Gone):
        return False
    return True
