"""Scheduled exports as they are in the database."""

from typing import Any

from accounts.models import User
from config import times
from leads.models import ExportFile, ExportSchedule

ASKED = {"kind": "leads", "format": "csv", "every": "day", "span": "all"}


def make_file(user: User, **fields: Any) -> ExportFile:
    """A file that waits for its worker, and its schedule."""
    schedule = ExportSchedule.objects.create(team_id=user.team_id, by=user, next_at=times.now(), **ASKED | fields)
    return ExportFile.objects.create(team_id=user.team_id, schedule=schedule)
