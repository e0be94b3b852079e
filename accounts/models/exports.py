"""Downloads of all that belongs to a person."""

from typing import Any, ClassVar

from django.db import models

from accounts.models.people import OwnedQuerySet, User
from config import times
from config.leases import Leased, LeasedQuerySet, Status


class DataExportQuerySet(OwnedQuerySet, LeasedQuerySet):
    """A person's exports, and those that wait or have lost their worker."""


class DataExport(Leased):
    """All data of an account in one zip file, made by a worker."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    progress = models.PositiveSmallIntegerField(default=0, help_text="0 to 100")
    path = models.CharField(max_length=255, blank=True, help_text="Its name in the storage")
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = DataExportQuerySet.as_manager()
    task: ClassVar[str] = "accounts.tasks.make_export"
    afresh: ClassVar[dict[str, Any]] = Leased.afresh | {"progress": 0}

    class Meta:
        db_table = "data_exports"

    def __str__(self) -> str:
        return f"Data export of {times.iso(self.created_at)}"

    @property
    def is_ready(self) -> bool:
        return self.status == Status.COMPLETED and self.expires_at > times.now()
