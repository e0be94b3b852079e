import datetime as dt
from typing import Any, ClassVar

from django.db import models

from accounts.models import OwnedQuerySet, User
from config import times
from config.indexes import ExpiringIndex
from config.leases import Leased, LeasedQuerySet
from jobs.models.jobs import Job

CACHED_SOUND_LIFETIME = dt.timedelta(days=7)
KEY_CHARACTERS = 64  # of an HMAC with SHA-256, in hex digits


class SegmentQuerySet(OwnedQuerySet, LeasedQuerySet):
    pass


class Segment(Leased):
    """Consecutive sentences of one job, for whichever worker is free; whoever makes the job joins their sounds.

    No constraint of the database ties it to its job, as with callbacks: whoever ends or deletes a job deletes its
    segments, and a worker that finds one of a job that has ended deletes it.
    """

    job = models.ForeignKey(Job, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    queue = models.CharField(max_length=20, default="bulk", help_text="Where it waits for a worker")
    number = models.PositiveIntegerField(help_text="Within the job, from 0 on")
    key = models.CharField(max_length=KEY_CHARACTERS, help_text="Of its cached sound")
    spoken = models.JSONField(help_text="Its sentences, as the engine is given them")

    objects = SegmentQuerySet.as_manager()
    task: ClassVar[str] = "jobs.tasks.run_segment"
    shared_by: ClassVar[str] = "user_id"
    afresh: ClassVar[dict[str, Any]] = Leased.afresh

    class Meta:
        db_table = "segments"
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="segment_once")]
        indexes = [
            models.Index(fields=["status", "queue", "user", "created_at"], name="segments_in_queue"),
            models.Index(fields=["user"], name="segments_of_user"),
        ]

    def __str__(self) -> str:
        return f"Segment {self.number} of {self.job_id}"


class CachedSound(models.Model):
    """The sound of sentences that were spoken once with the same voice and options, for the same person."""

    key = models.CharField(max_length=KEY_CHARACTERS, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=255, help_text="Its name in the storage")
    samples = models.JSONField(help_text="How many each sentence has")
    size_bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=times.now, editable=False)
    used_at = models.DateTimeField(default=times.now, editable=False, db_index=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        db_table = "cached_sounds"
        indexes = [
            ExpiringIndex(
                fields=["created_at"], seconds=int(CACHED_SOUND_LIFETIME.total_seconds()), name="cached_sounds_expiring"
            )
        ]

    def __str__(self) -> str:
        return self.path
