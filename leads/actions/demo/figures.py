"""The figures of the sample team, counted at once: nobody else writes to its days."""

from accounts.models import Team
from leads.actions import counting
from leads.models import DirtyDay, MonthlyRollup


def count(team: Team) -> None:
    DirtyDay.objects.filter(team=team).update(marked_at=counting.LONG_AGO)
    counting.count_days(counting.settled().filter(team=team))
    counting.count_months(MonthlyRollup.objects.outdated().filter(team=team))
