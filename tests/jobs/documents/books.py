"""Audiobooks, made for the tests."""

from accounts.models import User
from jobs import actions
from jobs.actions import audiobooks
from jobs.models import REVIEW, Audiobook, Chapter, Job

TEXT = "# Dawn\n\nRopes creak.\n\n# Noon\n\nA *gull* complains.\n\n# Dusk\n\nNets are mended.\n"


def make_draft(user: User, *, titles: tuple[str, ...] = ("Dawn", "Noon"), **fields: object) -> Audiobook:
    """One that was read, without a document."""
    book = Audiobook.objects.create(
        user=user,
        title="Harbour",
        source_name="harbour.md",
        status=REVIEW,
        step="bind",
        voice_id="en_US-demo-low",
        **fields,
    )
    for number, title in enumerate(titles, 1):
        text = f"{title}. Ropes creak."
        Chapter.objects.create(
            audiobook_id=book.pk, user=user, number=number, title=title, text=text, characters=len(text)
        )
    return book


def work() -> None:
    """What workers and the sweeper do, until nothing is left to be done."""
    for _ in range(20):
        audiobooks.sweep()
        jobs, books = Job.objects.filter(status="queued"), Audiobook.objects.filter(status="queued")
        for job in jobs:
            actions.run_job(job=job)
        for book in books:
            audiobooks.work_on_audiobook(audiobook=book)
        if not Audiobook.objects.filter(status__in=["queued", "processing", "speaking"]).exists():
            return
    raise AssertionError("It does not end.")


def states(book: Audiobook) -> list[str]:
    return list(Chapter.objects.of(book).values_list("state", flat=True))
