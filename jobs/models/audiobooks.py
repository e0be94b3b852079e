"""Documents that are spoken chapter by chapter."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import Left

from accounts.models import OwnedQuerySet, User
from config.comparing import Compared
from config.leases import OPEN, Leased, LeasedQuerySet, Status
from jobs.documents.bounds import TITLE_MAX_CHARACTERS
from jobs.models.expiring import Expiring
from jobs.models.jobs import EXCERPT_CHARACTERS

BOOK_FORMAT = "mp3"  # of its chapters
REVIEW, SPEAKING, DELETING = "review", "speaking", "deleting"
DRAFT_KEPT = dt.timedelta(days=7)  # for which what was found waits to be spoken
DRAFTS_MAX = 20  # documents of one person that are read, or wait for that or to be spoken
BOOK_WORDS = {
    Status.QUEUED: "waiting",
    Status.PROCESSING: "working on it",
    REVIEW: "to be looked at",
    SPEAKING: "making it",
    Status.COMPLETED: "ready",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
    DELETING: "being deleted",
}
UNREADABLE = "unreadable"  # the cause of a failure that another try would meet again


class Step(models.TextChoices):
    """What the worker that takes an audiobook does with it."""

    READ = "read", "Reading the document"
    BIND = "bind", "Putting the chapters into one file"


class ChapterState(models.TextChoices):
    OUT = "out", "left out"
    WAITING = "waiting", "waiting"
    ANEW = "anew", "waiting"  # its job has spoken it in another voice, and goes before the next one is begun
    STARTING = "starting", "waiting"  # its job is on its way into the database
    MAKING = "making", "making it"
    READY = "ready", "ready"
    FAILED = "failed", "failed"


TO_COME = (ChapterState.WAITING, ChapterState.ANEW)
BEGUN = (ChapterState.STARTING, ChapterState.MAKING)


class AudiobookQuerySet(OwnedQuerySet, LeasedQuerySet):
    def present(self) -> Self:
        """Without those that are being deleted."""
        return self.exclude(status=DELETING)

    def drafts(self) -> Self:
        """That nobody has begun to speak."""
        return self.filter(Q(status__in=OPEN, step=Step.READ) | Q(status=REVIEW))

    def speaking(self) -> Self:
        return self.filter(status=SPEAKING)

    def kept_bytes(self) -> int:
        """Of the bound files that are kept; their chapters count as jobs."""
        return self.exclude(path="").aggregate(total=Sum("size_bytes"))["total"] or 0


class Audiobook(Expiring):
    """A document, what was found in it, and what speaks it. A worker holds it while it is read or bound."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(
        max_length=10,
        choices=[*Status.choices, (REVIEW, REVIEW), (SPEAKING, SPEAKING), (DELETING, DELETING)],
        default=Status.QUEUED,
    )
    step = models.CharField(max_length=4, choices=Step, default=Step.READ)
    queue = models.CharField(max_length=20, default="default", help_text="Where it waits for a worker")
    title = models.CharField(max_length=TITLE_MAX_CHARACTERS, blank=True, help_text="Of the document, once it is read")
    author = models.CharField(max_length=TITLE_MAX_CHARACTERS, blank=True)
    language = models.CharField(max_length=20, blank=True, help_text="That the document says it is in")
    source_name = models.CharField(max_length=255, help_text="Of the file, as its sender calls it")
    source_path = models.CharField(max_length=255, blank=True, help_text="Of the document, until it is read")
    starts_at_once = models.BooleanField(default=False, help_text="Spoken as soon as it is read")
    voice_id = models.CharField(max_length=100, blank=True)
    model_id = models.CharField(max_length=64, blank=True)
    echo_id = models.CharField(max_length=24, blank=True)
    speaker = models.CharField(max_length=100, blank=True)
    speed = models.FloatField(null=True, blank=True, help_text="The voice's own when it says none")
    is_kept = models.BooleanField(default=True, help_text="Its sound stays until it is deleted, else for a day")
    characters = models.PositiveIntegerField(default=0, help_text="Of the chapters that are spoken")
    progress = models.PositiveSmallIntegerField(default=0, help_text="0 to 100, of what a worker does")
    audio_id = models.CharField(max_length=24, blank=True, help_text="Of the bound file while it is temporary")
    path = models.CharField(max_length=255, blank=True, help_text="Of the bound file in the storage while it is kept")
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True, help_text="Of the bound file")
    duration = models.FloatField(null=True, blank=True, help_text="seconds")

    objects = AudiobookQuerySet.as_manager()
    task: ClassVar[str] = "jobs.tasks.work_on_audiobook"
    shared_by: ClassVar[str] = "user_id"
    afresh: ClassVar[dict[str, Any]] = Leased.afresh | {"progress": 0}

    class Meta:
        db_table = "audiobooks"
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="audiobooks_of_user"),
            models.Index(fields=["status", "queue", "user", "created_at"], name="audiobooks_in_queue"),
        ]

    def __str__(self) -> str:
        return self.title or self.source_name

    @property
    def is_draft(self) -> bool:
        return self.status == REVIEW

    @property
    def is_under_way(self) -> bool:
        """Whether something goes on with it by itself."""
        return self.is_open or self.status == SPEAKING

    @property
    def can_retry(self) -> bool:
        return self.status in (Status.FAILED, Status.CANCELLED) and self.cause != UNREADABLE

    @property
    def can_change_voice(self) -> bool:
        """Whether its chapters can be spoken anew."""
        return self.step == Step.BIND and self.status in (Status.FAILED, Status.CANCELLED, Status.COMPLETED)

    @property
    def status_words(self) -> str:
        if self.is_open:
            return "reading it" if self.step == Step.READ else "binding it"
        return "expired" if self.is_expired else BOOK_WORDS[self.status]


class ChapterQuerySet(OwnedQuerySet):
    def of(self, audiobook: Audiobook) -> Self:
        """In their order."""
        return self.filter(audiobook_id=audiobook.pk).order_by("number")

    def chosen(self) -> Self:
        """To be spoken, or spoken."""
        return self.exclude(state=ChapterState.OUT)

    def without_texts(self) -> Self:
        return self.defer("text")

    def in_list(self) -> Self:
        """Without the texts, but their beginnings as `excerpt`."""
        return self.without_texts().annotate(excerpt=Left("text", EXCERPT_CHARACTERS))

    def count_by_state(self) -> dict[str, int]:
        return dict(self.order_by("state").values_list("state").annotate(rows=Count("*")))


class Chapter(Compared):
    """A part of an audiobook that one job speaks.

    It knows its audiobook and its job by their ids alone: the job may be deleted by itself.
    """

    audiobook_id = models.CharField(max_length=24)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(help_text="From 1 on, in the document's order")
    title = models.CharField(max_length=TITLE_MAX_CHARACTERS)
    text = models.TextField()
    characters = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ChapterState, default=ChapterState.WAITING)
    begun_at = models.DateTimeField(null=True, blank=True)
    job = models.CharField(max_length=24, blank=True, help_text="The id of its job")
    error = models.TextField(blank=True)

    objects = ChapterQuerySet.as_manager()

    class Meta:
        db_table = "audiobook_chapters"
        indexes = [models.Index(fields=["audiobook_id", "number"], name="audiobook_chapters_in_order")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def beginning(self) -> str:
        """Of its text, of one in a list, without the heading that it has already."""
        return self.excerpt.lstrip("# ").removeprefix(self.title).strip()
