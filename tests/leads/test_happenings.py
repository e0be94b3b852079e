"""What the desk tells those who want to know: each change once, and none that is no change."""

import datetime as dt

import pytest

from config import times
from leads import happenings
from leads.actions import idle, leads, sessions
from leads.happenings import Happening
from leads.models import ConversationSession
from tests.leads.leads import make_lead

CALLER = {"name": "Ann Lee", "email": "ann@acme.example", "company": "Acme", "interest": "voice bots"}
UPDATED, ENDED = Happening.LEAD_UPDATED, Happening.SESSION_ENDED


@pytest.fixture
def told(monkeypatch):
    """What was told, as the happening, the row and the status that a lead had."""
    heard = []
    monkeypatch.setattr(
        happenings, "listeners", [lambda news: heard.append((news.happening, news.row, news.from_status))]
    )
    return heard


def test_a_lead_comes_and_comes_again(alice, told):
    lead, _ = leads.create_lead(by=alice, **CALLER).result
    leads.create_lead(by=alice, **CALLER)  # nothing new in it
    assert told == [(Happening.LEAD_CREATED, lead, "")]
    leads.create_lead(by=alice, **CALLER | {"company": "Gull", "status": "qualified"})
    assert told[1:] == [(UPDATED, lead, "new")]
    assert (told[1][1].company, told[1][1].status) == ("Gull", "qualified")


def test_a_lead_is_changed(alice, told):
    lead = make_lead(alice)
    del told[:]
    leads.change_lead(by=alice, lead=lead, company="Gull")
    leads.change_lead(by=alice, lead=lead, company="Gull", status="new")  # as it is
    leads.change_lead(by=alice, lead=lead, interest="ropes", status="closed")
    leads.set_status(by=alice, lead=lead, status="contacted")
    leads.set_status(by=alice, lead=lead, status="contacted")
    assert told == [(UPDATED, lead, ""), (UPDATED, lead, "new"), (UPDATED, lead, "closed")]
    assert told[0][1].company == "Gull"


def test_a_conversation_ends_once(alice, told):
    sessions.start_session(by=alice, session_id="call")
    sessions.change_session(by=alice, session_id="call", metadata={"mood": "fine"})
    assert told == []
    session = sessions.change_session(by=alice, session_id="call", end_time=times.now()).result
    sessions.change_session(by=alice, session_id="call", end_time=times.now())
    assert told == [(ENDED, session, "")]


def test_silence_ends_a_conversation(alice, told):
    sessions.start_session(by=alice, session_id="call")
    ConversationSession.objects.update(active_at=times.now() - dt.timedelta(days=1))
    assert idle.end_silent() == 1
    assert [(happening, row.session_id) for happening, row, _ in told] == [(ENDED, "call")]
