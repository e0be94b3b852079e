from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple, Self

from django.db import models
from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Left

from accounts.models import OwnedQuerySet, User
from config import times
from config.ids import NUMBER, parse_id
from config.leases import Leased, LeasedQuerySet, Status
from jobs.models.expiring import Expiring
from voices import engines

TEXT_MAX_CHARACTERS = 100_000
TITLE_MAX_CHARACTERS = 200
TITLE_MADE_CHARACTERS = 60  # of the text, when no title is given
EXCERPT_CHARACTERS = 200  # of the text, in lists
INTERACTIVE_MAX_CHARACTERS = 1_000  # somebody waits for texts up to this
ENDED_WITHOUT_SOUND = (Status.FAILED, Status.CANCELLED)
FAILS_AGAIN = frozenset(
    {"voice_broken", "model_unknown", "speaker_unknown", "speed_refused", "nothing_to_say", "too_much"}
)
WORDS = {
    Status.QUEUED: "waiting",
    Status.PROCESSING: "making it",
    Status.COMPLETED: "ready",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}


class Sentence(NamedTuple):
    """What was spoken from when to when, in whole milliseconds from the start of the sound."""

    start: int
    end: int
    text: str


class JobQuerySet(OwnedQuerySet, LeasedQuerySet):
    def with_id(self, text: str) -> Self:
        """By number, ObjectId or an old UUID; nothing for what is none of them."""
        if NUMBER.fullmatch(text):
            return self.filter(job_id=int(text))
        return super().with_id(text)

    def numbered(self, user: User, numbers: Iterable[str]) -> Self:
        """Those of the person's jobs that have one of the numbers.

        Looked up by numbers, then by ids alone: with the person beside them SQLite reads all jobs of the person.
        """
        wanted = [int(number) for number in numbers if NUMBER.fullmatch(number)]
        owners = self.filter(job_id__in=wanted).values_list("pk", "user_id")
        return self.filter(pk__in=[pk for pk, user_id in owners if user_id == user.pk])

    def with_sound(self, text: str) -> Self:
        """Whose sound has this id or this old UUID."""
        try:
            return self.filter(audio_id=parse_id(text))
        except ValueError:
            return self.none()

    def matching(
        self,
        *,
        status: str | None = None,
        voice_id: str | None = None,
        model_id: str | None = None,
        echo_id: str | None = None,
        q: str | None = None,
    ) -> Self:
        """What is not given, or empty, is not asked for; `q` is looked for in titles and texts."""
        asked = {"status": status, "voice_id": voice_id, "model_id": model_id, "echo_id": echo_id}
        rows = self.filter(**{name: value for name, value in asked.items() if value})
        return rows.filter(Q(title__icontains=q) | Q(text__icontains=q)) if q else rows

    def without_texts(self) -> Self:
        """They may be long, and stand in the row twice: as written, and as spoken."""
        return self.defer("text", "sentences")

    def in_list(self) -> Self:
        """Without the texts, but their beginnings as `excerpt`."""
        return self.without_texts().annotate(excerpt=Left("text", EXCERPT_CHARACTERS))

    def waiting_by_queue(self) -> Self:
        """Of each queue in which jobs wait: how many, `rows`, and since when, `oldest`."""
        rows = self.filter(status=Status.QUEUED).order_by("queue").values("queue")
        return rows.annotate(rows=Count("*"), oldest=Min("created_at"))

    def to_keep(self) -> Self:
        """Completed jobs whose sound was to be kept, but still lies among the temporary ones."""
        return self.filter(is_kept=True, kept_path="", status=Status.COMPLETED)

    def count_characters(self) -> int:
        """Of all their texts."""
        return self.aggregate(total=Sum("characters"))["total"] or 0

    def kept_bytes(self) -> int:
        """The bytes of the sounds that are kept."""
        return self.filter(is_kept=True).aggregate(total=Sum("size_bytes"))["total"] or 0


class Job(Expiring):
    """A text to be spoken, and what became of it."""

    job_id = models.BigIntegerField(unique=True, help_text="Its number, from counters")
    is_numbered = models.BooleanField(default=True, help_text="Not a job that had a text for its id where it came from")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="jobs", db_index=False)
    title = models.CharField(max_length=TITLE_MAX_CHARACTERS)
    text = models.TextField()
    characters = models.PositiveIntegerField()
    voice_id = models.CharField(max_length=100, blank=True, help_text="Of the catalogue; a voice model has none")
    model_id = models.CharField(max_length=64, blank=True, db_index=True, help_text="Of a voice model, at its engine")
    echo_id = models.CharField(max_length=24, blank=True, help_text="Of the echo that was asked to speak")
    engine = models.CharField(max_length=20, default="piper")
    queue = models.CharField(max_length=20, default="default", help_text="Where it waits for a worker")
    queued_at = models.DateTimeField(default=times.now, editable=False, help_text="When it was last asked for")
    speaker = models.CharField(max_length=100, blank=True)
    format = models.CharField(max_length=10)
    speed = models.FloatField(default=1.0)
    progress = models.PositiveSmallIntegerField(default=0, help_text="0 to 100")
    total_chunks = models.PositiveIntegerField(null=True, blank=True)
    completed_chunks = models.PositiveIntegerField(default=0)
    audio_id = models.CharField(max_length=24, null=True, blank=True, db_index=True)  # noqa: DJ001 - null until there is sound, as in the API
    duration = models.FloatField(null=True, blank=True, help_text="seconds")
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    sample_rate = models.PositiveIntegerField(
        null=True, blank=True, help_text="Hz, of its file; until that is made, what was asked for"
    )
    billed_bytes = models.PositiveBigIntegerField(default=0, help_text="Of text, by the engine")
    is_kept = models.BooleanField(default=False, help_text="Its sound does not expire, or will not once it is made")
    kept_path = models.CharField(max_length=255, blank=True, help_text="The name of a kept sound in the storage")
    timings = models.JSONField(default=dict, blank=True, help_text="seconds")
    peaks = models.JSONField(default=list, blank=True, help_text="The bars of the player's waveform, 0 to 100")
    sentences = models.JSONField(default=list, blank=True, help_text="[start, end, text] of each, in milliseconds")
    unspoken = models.JSONField(
        default=list, blank=True, help_text="character, name and count of letters that its voice can't read"
    )

    sound_key = models.CharField(max_length=64, blank=True, db_index=True, editable=False, help_text="Of its file")

    callback_url = ""  # of a job that is not saved yet; then it is its callback's

    objects = JobQuerySet.as_manager()
    task: ClassVar[str] = "jobs.tasks.run"
    advice: ClassVar[str] = "Try again, or with a shorter text."
    shared_by: ClassVar[str] = "user_id"
    afresh: ClassVar[dict[str, Any]] = Leased.afresh | {
        "progress": 0,
        "completed_chunks": 0,
        "sentences": [],
        "unspoken": [],
    }

    class Meta:
        db_table = "jobs"
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="jobs_of_user"),
            models.Index(fields=["-created_at"], name="jobs_newest"),
            models.Index(fields=["user", "status", "-created_at", "-id"], name="jobs_of_user_by_status"),
            models.Index(fields=["status", "queue", "user", "created_at"], name="jobs_in_queue"),
            models.Index(fields=["is_kept", "user"], condition=Q(is_kept=True), name="jobs_kept"),
        ]

    def __str__(self) -> str:
        return f"Job {self.job_id}"

    @property
    def old_id(self) -> int | str:
        """What clients of the older backend know it by."""
        return self.job_id if self.is_numbered else self.pk

    @property
    def can_retry(self) -> bool:
        return self.status in ENDED_WITHOUT_SOUND

    @property
    def fails_again(self) -> bool:
        """Whether it failed by what it is made of, so that something of it has to be changed first."""
        return self.status == Status.FAILED and self.cause in FAILS_AGAIN

    @property
    def status_words(self) -> str:
        return "expired" if self.is_expired else WORDS[Status(self.status)]

    @property
    def gives_way(self) -> bool:
        """Whether short texts that wait are made in between."""
        return self.queue in ("default", "bulk")

    @property
    def audio_url(self) -> str | None:
        return f"/api/jobs/{self.pk}/audio" if self.is_ready else None


def choose_queue(*, engine: str, characters: int, is_batch: bool = False) -> str:
    """The queue for a text of so many characters; nobody waits for those of a batch."""
    is_short = characters <= INTERACTIVE_MAX_CHARACTERS and not is_batch
    if engines.is_remote(engine):
        return "network" if is_short else "network-long"
    if is_batch:
        return "bulk"
    return "interactive" if is_short else "default"


def count_open(user: User) -> int:
    return Job.objects.owned_by(user).open().count()
