"""Days already counted, and those that must be counted again."""

import datetime as dt

from django.db import models

from accounts.models import Team
from config import times
from leads.models.teams import DeskQuerySet


class DailyRollup(models.Model):
    """The figures of one past day of a team, so that nobody counts its rows again."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(help_text="In UTC")
    figures = models.JSONField(default=dict)
    counted_at = models.DateTimeField(default=times.now, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "daily_rollups"
        constraints = [models.UniqueConstraint(fields=["team", "day"], name="rollups_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class DirtyDayQuerySet(DeskQuerySet):
    def settled(self, *, before: dt.date, marked_before: dt.datetime) -> "DirtyDayQuerySet":
        """Past days whose writers have had the time to end."""
        return self.filter(day__lt=before, marked_at__lt=marked_before)


class DirtyDay(models.Model):
    """A day of a team that was written to since it was counted. It is counted live until its rollup is made anew."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(help_text="In UTC")
    version = models.PositiveIntegerField(default=1, help_text="Raised by each write to a past day")
    marked_at = models.DateTimeField(default=times.now)

    objects = DirtyDayQuerySet.as_manager()

    class Meta:
        db_table = "dirty_days"
        constraints = [models.UniqueConstraint(fields=["team", "day"], name="dirty_days_day")]

    def __str__(self) -> str:
        return f"{self.day}"
