"""Exports that are made again and again, and their files."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models

from accounts.models import Team, User
from config import times
from config.leases import Leased, Status
from leads.models.teams import DeskQuerySet, WorkQuerySet

SCHEDULES_MAX = 20  # of a team


class ExportKind(models.TextChoices):
    LEADS = "leads", "Leads"
    SESSIONS = "sessions", "Conversations, without what was said"
    CONVERSATIONS = "conversations", "Transcripts, a row for each conversation"
    EVENTS = "events", "Transcripts, a row for each event"


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (XLSX)"
    JSON = "json", "JSON"


class ExportEvery(models.TextChoices):
    DAY = "day", "Every day"
    WEEK = "week", "Every week, on Monday"
    MONTH = "month", "Every month, on the 1st"


class ExportSpan(models.TextChoices):
    ALL = "all", "Everything there is"
    BEFORE = "before", "Only the day, week or month before"


class ExportSchedule(models.Model):
    """What is exported, and when again."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=ExportKind)
    format = models.CharField(max_length=10, choices=ExportFormat)
    every = models.CharField(max_length=10, choices=ExportEvery)
    span = models.CharField(max_length=10, choices=ExportSpan)
    is_on = models.BooleanField(default=True)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "export_schedules"
        indexes = [models.Index(fields=["is_on", "next_at"], name="export_schedules_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_every_display().lower()}"


class ExportFileQuerySet(WorkQuerySet):
    def newest(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def over(self) -> Self:
        """Those that no worker will touch any more."""
        return self.filter(status__in=(Status.COMPLETED, Status.FAILED, Status.CANCELLED))


class ExportFile(Leased):
    """One file of a schedule, made by a worker."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(ExportSchedule, on_delete=models.CASCADE, related_name="files", db_index=False)
    start = models.DateTimeField(null=True, help_text="Of the time that it covers; all times without one")
    end = models.DateTimeField(null=True, help_text="The first moment after it")
    row_count = models.PositiveBigIntegerField(default=0, help_text="So far, while it is being made")
    path = models.CharField(max_length=255, blank=True, help_text="Its name in the storage")
    size_bytes = models.PositiveBigIntegerField(null=True)

    objects = ExportFileQuerySet.as_manager()
    task: ClassVar[str] = "leads.tasks.make_export_file"
    advice: ClassVar[str] = "Run it again; it also runs by itself when its time comes."
    afresh: ClassVar[dict[str, Any]] = Leased.afresh | {"row_count": 0}

    class Meta:
        db_table = "export_files"
        indexes = [
            models.Index(fields=["schedule", "-created_at", "-id"], name="export_files_newest"),
            models.Index(fields=["status", "created_at"], name="export_files_waiting"),
        ]

    def __str__(self) -> str:
        return f"Export of {times.iso(self.created_at)}"

    @property
    def is_ready(self) -> bool:
        return self.status == Status.COMPLETED

    @property
    def last_day(self) -> dt.datetime | None:
        """The last moment that it covers."""
        return self.end - dt.timedelta(milliseconds=1) if self.end else None

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.completed_at - self.started_at).total_seconds() if self.completed_at and self.started_at else None
