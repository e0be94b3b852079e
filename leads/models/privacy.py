"""What keeps erased people erased, and the figures of days whose texts are deleted."""

import datetime as dt

from django.db import models

from accounts.models import Team
from config import times
from leads.models.teams import DeskQuerySet


class Erasure(models.Model):
    """A lead or a contact that was erased: what came in of them before is taken by no replay, and leaves the journal.

    `data` tells whom by random ids and by digests; it is what the journal keeps. `todo` has plain words, and is
    emptied once nothing is left to delete.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    arrival = models.BigIntegerField(help_text="Nanoseconds since 1970: of what came in before, nothing is kept")
    data = models.JSONField(default=dict)
    todo = models.JSONField(default=dict, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, help_text="When nothing was left to delete")
    erased_at = models.DateTimeField(default=times.now)

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "erasures"
        indexes = [
            models.Index(fields=["team", "arrival"], name="erasures_of_team"),
            models.Index(fields=["erased_at"], name="erasures_oldest"),
        ]

    def __str__(self) -> str:
        return f"Erased {times.iso(self.erased_at)}"

    @property
    def came_at(self) -> dt.datetime:
        """The same moment as `arrival`."""
        return times.to_millis(dt.datetime.fromtimestamp(self.arrival / 1e9, dt.UTC))


class ClosedDay(models.Model):
    """The figures of a day as they were when its texts were about to be deleted. They stand from then on."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(help_text="In UTC")
    sessions = models.JSONField(default=dict)
    events = models.JSONField(default=dict)
    chats = models.JSONField(default=dict, help_text="Messages; contacts are counted as they are")
    closed_at = models.DateTimeField(default=times.now, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "closed_days"
        constraints = [models.UniqueConstraint(fields=["team", "day"], name="closed_days_day")]

    def __str__(self) -> str:
        return f"{self.day}"
