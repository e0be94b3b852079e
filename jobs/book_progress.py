"""How far audiobooks are, by the characters of their chapters."""

from collections.abc import Sequence

from django.db.models import Count, Sum

from config.leases import Status
from jobs.models import BEGUN, Audiobook, Chapter, ChapterState, Job

GONE = "gone"


def add_progress(books: Sequence[Audiobook]) -> None:
    """Give each its `percent`, and `counts` of its chapters by state; three queries for a page of them."""
    ids = [book.pk for book in books]
    rows = (
        Chapter.objects.filter(audiobook_id__in=ids).order_by("audiobook_id", "state").values("audiobook_id", "state")
    )
    found = {(row["audiobook_id"], row["state"]): row for row in rows.annotate(rows=Count("*"), said=Sum("characters"))}
    made = being_made(ids)
    for book in books:
        book.counts = {state: found[book.pk, state]["rows"] for state in ChapterState if (book.pk, state) in found}
        said = found.get((book.pk, ChapterState.READY), {}).get("said", 0) + made.get(book.pk, 0)
        book.percent = 100 if book.status == Status.COMPLETED else min(99, 100 * said // max(1, book.characters))


def being_made(ids: Sequence[str]) -> dict[str, int]:
    """Characters that are spoken of chapters whose jobs are still being made, by the audiobook."""
    begun = Chapter.objects.filter(audiobook_id__in=ids, state__in=BEGUN).values_list(
        "audiobook_id", "job", "characters"
    )
    rows = list(begun)
    done = dict(Job.objects.filter(pk__in=[job for _, job, _ in rows]).values_list("pk", "progress"))
    said: dict[str, int] = {}
    for book, job, characters in rows:
        said[book] = said.get(book, 0) + characters * done.get(job, 0) // 100
    return said


def add_jobs(chapters: Sequence[Chapter]) -> None:
    """Give each its job as `made_by`, None where there is none, `words` for how it stands, and whether its sound
    `is_lost`.
    """
    jobs = Job.objects.without_texts().defer("peaks").in_bulk([each.job for each in chapters if each.job])
    for chapter in chapters:
        chapter.made_by = job = jobs.get(chapter.job)
        chapter.is_lost = chapter.state == ChapterState.READY and not (job and job.is_ready)
        is_told = job and chapter.state not in (ChapterState.OUT, ChapterState.FAILED, ChapterState.ANEW)
        chapter.words = job.status_words if is_told else GONE if chapter.is_lost else ChapterState(chapter.state).label
