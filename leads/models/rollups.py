"""Days already counted, and those that must be counted again."""

import datetime as dt

from django.db import models

from accounts.models import Team
from config import times
from leads.models.teams import DeskQuerySet


class Counted(models.Model):
    """What rows come to, as `leads.analytics.tallies` writes it; one column each, for a reader wants one."""

    leads = models.JSONField(default=dict)
    sessions = models.JSONField(default=dict)
    events = models.JSONField(default=dict)
    chats = models.JSONField(default=dict)
    counting = models.PositiveSmallIntegerField(
        default=1, help_text="Which figures these are: leads.analytics.counting.COUNTING; older ones are not read"
    )

    class Meta:
        abstract = True


class DailyRollupQuerySet(DeskQuerySet):
    def outdated(self, counting: int) -> "DailyRollupQuerySet":
        """Days of which something else was counted then."""
        return self.filter(counting__lt=counting)


class DailyRollup(Counted):
    """The figures of one past day of a team, so that nobody counts its rows again. A day without rows has none."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(help_text="In UTC")
    counted_at = models.DateTimeField(default=times.now, editable=False)

    objects = DailyRollupQuerySet.as_manager()

    class Meta:
        db_table = "daily_rollups"
        constraints = [models.UniqueConstraint(fields=["team", "day"], name="rollups_day")]
        indexes = [models.Index(fields=["counting"], name="rollups_counting")]

    def __str__(self) -> str:
        return f"{self.day}"


class MonthlyRollupQuerySet(DeskQuerySet):
    def outdated(self) -> "MonthlyRollupQuerySet":
        """Months of which a day was counted since."""
        return self.filter(is_ready=False)


class MonthlyRollup(Counted):
    """The counted days of a month together: ten years are 120 rows. Not read if it isn't ready, or a day is marked."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(help_text="Its first day")
    is_ready = models.BooleanField(default=False, help_text="No day was counted since")
    last_day = models.DateField(null=True, blank=True, help_text="The last of the days in it")
    version = models.PositiveIntegerField(default=1, help_text="Raised with each of its days that is counted")

    objects = MonthlyRollupQuerySet.as_manager()

    class Meta:
        db_table = "monthly_rollups"
        constraints = [models.UniqueConstraint(fields=["team", "month"], name="rollups_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


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
