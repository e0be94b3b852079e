"""Files of leads that somebody brings in: uploaded, looked at, and taken row by row by a worker."""

from typing import Any, ClassVar

from django.db import models

from accounts.models import Team, User
from config import times
from config.leases import Leased, Status
from leads.models.teams import WorkQuerySet

LEADS_FILE_MAX_BYTES = 50 * 1024 * 1024
DRAFT = "draft"  # it waits for somebody to say which column is what


class LeadImport(Leased):
    """One file. `position` is how many of its rows are done with: whoever goes on begins there."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=[(DRAFT, "draft"), *Status.choices], default=DRAFT)
    name = models.CharField(max_length=255, help_text="As its sender calls it")
    path = models.CharField(max_length=255, blank=True, help_text="Its name in the storage")
    size_bytes = models.PositiveBigIntegerField(default=0)
    encoding = models.CharField(max_length=40)
    delimiter = models.CharField(max_length=1)
    headings = models.JSONField(default=list)
    samples = models.JSONField(default=list, blank=True, help_text="The first rows, long cells cut")
    rows = models.PositiveIntegerField(default=0)
    columns = models.JSONField(default=list, blank=True, help_text="Of each column where it goes; '' is left out")
    fixed = models.JSONField(default=dict, blank=True, help_text="What stands where the file says nothing")
    position = models.PositiveIntegerField(default=0, help_text="Rows that are done with")
    made = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    refused_path = models.CharField(max_length=255, blank=True, help_text="The refused rows, in the storage")

    objects = WorkQuerySet.as_manager()
    task: ClassVar[str] = "leads.tasks.import_leads"
    advice: ClassVar[str] = "Continue it: what is done stays done."
    afresh: ClassVar[dict[str, Any]] = {}

    class Meta:
        db_table = "lead_imports"
        indexes = [
            models.Index(fields=["team", "-created_at", "-id"], name="lead_imports_newest"),
            models.Index(fields=["status", "created_at"], name="lead_imports_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {times.iso(self.created_at)}"

    @property
    def is_draft(self) -> bool:
        return self.status == DRAFT

    @property
    def is_cut_off(self) -> bool:
        """Whether it can be continued."""
        return self.status in (Status.FAILED, Status.CANCELLED) and bool(self.path) and self.position < self.rows

    @property
    def progress(self) -> int:
        return 100 * self.position // self.rows if self.rows else 0

    @property
    def status_words(self) -> str:
        if self.is_draft:
            return "to be set up"
        return {Status.QUEUED: "waiting", Status.PROCESSING: "taking it", Status.COMPLETED: "done"}.get(
            self.status, self.status
        )
