"""Which days have to be counted again."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import F

from config import times
from leads.models import DirtyDay

KNOWN_MAX = 10_000
known_today: set[tuple[str, dt.date]] = set()  # marks this process has seen: they stay as long as the day


def mark(team_id: str, moments: Iterable[dt.datetime]) -> None:
    """Say that rows of these moments are about to be written or changed. Called before the transaction that does it.

    A day is counted again a while after its last mark (`refresh`), when its writers have ended. Today is counted live
    anyway, so its mark only has to be there: writers of today never wait for each other.
    """
    today = times.now().date()
    for day in sorted({moment.astimezone(dt.UTC).date() for moment in moments}):
        if day == today:
            mark_today(team_id, day)
        else:
            mark_past(team_id, day)


def mark_today(team_id: str, day: dt.date) -> None:
    if (team_id, day) in known_today:
        return
    DirtyDay.objects.get_or_create(team_id=team_id, day=day)
    if len(known_today) >= KNOWN_MAX:
        known_today.clear()
    known_today.add((team_id, day))


def mark_past(team_id: str, day: dt.date) -> None:
    rows = DirtyDay.objects.filter(team=team_id, day=day)
    if not rows.update(version=F("version") + 1, marked_at=times.now()):
        DirtyDay.objects.get_or_create(team_id=team_id, day=day)
