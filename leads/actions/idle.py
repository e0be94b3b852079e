"""Sessions of which nothing has come in for a while are over, though nobody said so."""

import datetime as dt

from django.conf import settings

from config import times
from config.db import id_batches
from leads.actions import rollups, session_rows
from leads.happenings import Happening, News, tell
from leads.models import ConversationSession


def end_silent() -> int:
    """End the sessions that have been silent for SESSION_IDLE_MINUTES, at their last event. How many were ended."""
    before = times.now() - dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    silent = ConversationSession.objects.open().filter(active_at__lt=before)
    batches = (ConversationSession.objects.slim().filter(pk__in=pks) for pks in id_batches(silent))
    return sum(end(session, before) for rows in batches for session in rows)


def end(session: ConversationSession, before: dt.datetime) -> bool:
    """Whether it was still open and silent: an event that comes in now keeps it open."""
    if session.end_time or session.active_at >= before:
        return False
    rollups.mark(session.team_id, [session.start_time])
    session.end_time, session.was_silent = session.last_event_at or session.start_time, True
    try:
        session_rows.save(session)
    except session_rows.Overtaken:
        return False
    tell(News(Happening.SESSION_ENDED, session.team_id, session))
    return True
