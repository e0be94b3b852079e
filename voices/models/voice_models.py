"""The voices that people make of recordings, and what is left to do at the engine that made them."""

import datetime as dt
from pathlib import PurePosixPath
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q, Sum

from accounts.models import OwnedQuerySet, User
from config import times
from config.ids import parse_id
from voices import reference_advice
from voices.models.echos import Echo
from voices.models.files import FILE_NAME_MAX_CHARACTERS

NAME_MAX_CHARACTERS = 200
DESCRIPTION_MAX_CHARACTERS = 2_000
TAGS_MAX = 10
TAG_MAX_CHARACTERS = 40
MODEL_ID_MAX_CHARACTERS = 64
ENGINE = "fish"  # that makes voice models
TAG_MARK = "\x1f"  # the unit separator: nobody types it


class State(models.TextChoices):
    CREATED = "created"
    TRAINING = "training"
    TRAINED = "trained"
    FAILED = "failed"


class Visibility(models.TextChoices):
    PRIVATE = "private"
    SHARED = "shared"


class FileType(models.TextChoices):
    AUDIO = "audio"
    VIDEO = "video"


STATE_WORDS = {
    State.CREATED: "waiting for training",
    State.TRAINING: "training",
    State.TRAINED: "ready",
    State.FAILED: "failed",
}
UNFINISHED = (State.CREATED, State.TRAINING)


class VoiceModelQuerySet(OwnedQuerySet):
    def with_id(self, text: str) -> Self:
        """By its id, an old UUID, or the id that the engine gave it."""
        try:
            return self.filter(Q(pk=parse_id(text)) | Q(model_id=text))
        except ValueError:
            return self.filter(model_id=text)

    def shared_with(self, user: User) -> Self:
        """What others of the person's team let it use."""
        mates = User.objects.in_team_of(user).exclude(pk=user.pk)
        return self.filter(user__in=list(mates.values_list("pk", flat=True)), visibility=Visibility.SHARED)

    def usable_by(self, user: User) -> Self:
        """The person's own, and those that the team shares."""
        mates = list(User.objects.in_team_of(user).values_list("pk", flat=True))
        return self.filter(Q(user=user) | Q(user__in=mates, visibility=Visibility.SHARED))

    def matching(self, *, q: str = "", engine: str = "", tag: str = "", state: str = "") -> Self:
        """By words of its name, its description or its tags, an engine, one whole tag and a state."""
        rows = self.filter(search__contains=q.lower()) if q else self
        rows = rows.filter(search__contains=tag_word(tag)) if tag else rows
        rows = rows.filter(engine=engine) if engine else rows
        return rows.filter(state=state) if state else rows

    def in_list(self) -> Self:
        """Without what no list shows."""
        return self.defer("peaks", "search")

    def due(self) -> Self:
        """Those in training whose engine is to be asked now, the longest due first."""
        return self.filter(state__in=UNFINISHED, poll_at__lte=times.now()).order_by("poll_at")

    def stored_bytes(self) -> int:
        """The bytes that their recordings take of our storage."""
        return self.aggregate(total=Sum("reference_bytes"))["total"] or 0


def tag_word(tag: str) -> str:
    """A tag as it stands in `search`: neither a part of another tag nor a name or description matches it."""
    return f"{TAG_MARK}{plain(tag)}{TAG_MARK}"


def plain(text: str) -> str:
    return text.replace(TAG_MARK, "").lower()


class VoiceModel(models.Model):
    """A voice that an engine has made, or is making, of a person's recording."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    engine = models.CharField(max_length=20, default=ENGINE)
    model_id = models.CharField(max_length=MODEL_ID_MAX_CHARACTERS, unique=True, help_text="At the engine")
    name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    description = models.CharField(max_length=DESCRIPTION_MAX_CHARACTERS, blank=True)
    tags = models.JSONField(default=list, blank=True)
    search = models.TextField(blank=True, editable=False, help_text="Its words, lower-case")
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    echo = models.OneToOneField(
        Echo, on_delete=models.SET_NULL, null=True, blank=True, related_name="voice_model", db_column="echo_id"
    )
    version = models.PositiveIntegerField(default=1)
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=times.now, editable=False)

    # The recording it is made of
    audio_file_path = models.CharField(max_length=FILE_NAME_MAX_CHARACTERS, blank=True, help_text="As it was called")
    file_type = models.CharField(max_length=10, choices=FileType, default=FileType.AUDIO)
    reference = models.CharField(max_length=255, blank=True, editable=False, help_text="Its name in the storage")
    reference_bytes = models.PositiveBigIntegerField(default=0, editable=False)
    reference_type = models.CharField(max_length=100, blank=True, editable=False, help_text="MIME type")
    duration = models.FloatField(null=True, blank=True, help_text="seconds")
    peaks = models.JSONField(default=list, blank=True, help_text="The bars of the player's waveform, 0 to 100")
    measured = models.JSONField(default=dict, blank=True, help_text="peak_db, clipped_share, speech_share")
    consent_at = models.DateTimeField(null=True, blank=True, help_text="When its owner confirmed the right to use it")

    # What the engine makes of it
    state = models.CharField(max_length=10, choices=State, default=State.CREATED)
    error = models.TextField(blank=True, help_text="Why it failed, or why the engine could not be asked")
    polls = models.PositiveIntegerField(default=0, editable=False, help_text="How often the engine was asked")
    poll_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When to ask it again")

    # What was spoken with it, by anybody
    used_jobs = models.PositiveIntegerField(default=0, editable=False)
    used_seconds = models.FloatField(default=0.0, editable=False)
    billed_bytes = models.PositiveBigIntegerField(default=0, editable=False, help_text="Of text, by the engine")

    objects = VoiceModelQuerySet.as_manager()

    class Meta:
        db_table = "voice_models"
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="voice_models_of_user"),
            models.Index(fields=["user", "visibility", "-created_at", "-id"], name="voice_models_shared"),
            models.Index(fields=["state", "poll_at"], name="voice_models_due"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ready(self) -> bool:
        return self.state == State.TRAINED

    @property
    def is_in_training(self) -> bool:
        return self.state in UNFINISHED

    @property
    def is_shared(self) -> bool:
        return self.visibility == Visibility.SHARED

    @property
    def state_words(self) -> str:
        return STATE_WORDS[State(self.state)]

    @property
    def advice(self) -> list[str]:
        """How good its recording is for cloning, in sentences; none where nobody has measured it."""
        return reference_advice.advice(self.duration or 0.0, **self.measured) if self.measured else []

    @property
    def recording_name(self) -> str:
        """As it was called, but for the extension, which says what it is."""
        return f"{PurePosixPath(self.audio_file_path).stem or self.name}{PurePosixPath(self.reference).suffix}"

    @property
    def served_type(self) -> str:
        """An import may have brought a recording of any type."""
        is_sound = self.reference_type.startswith(("audio/", "video/"))
        return self.reference_type if is_sound else "application/octet-stream"

    @property
    def usage(self) -> dict[str, float]:
        return {"jobs": self.used_jobs, "seconds": round(self.used_seconds, 3), "billed_bytes": self.billed_bytes}

    def words(self) -> str:
        """What `search` holds."""
        return "\n".join([plain(self.name), plain(self.description), *map(tag_word, self.tags)])


class UnsavedModel(models.Model):
    """A model that somebody had made without keeping it in the library: only they may speak with it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    engine = models.CharField(max_length=20, default=ENGINE)
    model_id = models.CharField(max_length=MODEL_ID_MAX_CHARACTERS, unique=True, help_text="At the engine")
    name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    consent_at = models.DateTimeField(default=times.now)
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = OwnedQuerySet.as_manager()
    is_ready: ClassVar[bool] = True  # as far as anybody knows: nobody asks its engine

    class Meta:
        db_table = "unsaved_models"

    def __str__(self) -> str:
        return self.name


class EngineDeletionQuerySet(models.QuerySet):
    def due(self) -> Self:
        return self.filter(due_at__lte=times.now()).order_by("due_at")


class EngineDeletion(models.Model):
    """What is still to be deleted at an engine: one model by its id, or whatever was begun under a tag."""

    KEPT = dt.timedelta(hours=24)  # after which nobody tries any more

    engine = models.CharField(max_length=20, default=ENGINE)
    model_id = models.CharField(max_length=MODEL_ID_MAX_CHARACTERS, blank=True)
    tag = models.CharField(max_length=TAG_MAX_CHARACTERS, blank=True)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=times.now, db_index=True)
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = EngineDeletionQuerySet.as_manager()

    class Meta:
        db_table = "engine_deletions"

    def __str__(self) -> str:
        return self.model_id or self.tag
