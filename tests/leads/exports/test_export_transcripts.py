import datetime as dt

import pytest

from leads.exports import conversations, walking
from leads.models import TranscriptEvent
from tests.leads.exports.files import READERS, array, sheet, table
from tests.leads.talks import NOON, event_of, make_event, make_events, make_session

LINE = conversations.LINE_CHARACTERS


@pytest.fixture
def talk(alice, charlie, monkeypatch):
    """Two conversations of Alice's over several pages, six events of them at one moment, and one of Charlie's."""
    monkeypatch.setattr(walking, "PAGE_ROWS", 2)
    make_session(alice, event_count=10, metadata={"phone": "+47"})
    make_session(alice, "call_2", start_time=NOON + dt.timedelta(hours=1), channel="web", event_count=1)
    together = [event_of(alice, f"w{number}") for number in range(6)]
    TranscriptEvent.objects.bulk_create(reversed(together))  # by their ids in another order than they came in
    make_events(alice, "first", "second", "=third", role="assistant")
    make_event(alice, "later", minute=60, session_id="call_2")
    make_session(charlie, "call_1", event_count=1)
    make_event(charlie, "secret")


def test_events_come_in_order_of_time_and_arrival(api, alice, talk):
    expected = ["w0", "w1", "w2", "w3", "w4", "w5", "first", "second", "=third", "later"]
    for kind, read in READERS.items():
        rows = read(api(alice).get(f"/api/transcripts/export?format={kind}"))
        assert [row["content"].removeprefix("'") for row in rows] == expected
    assert table(api(alice).get("/api/transcripts/export"))[-2]["content"] == "'=third"


def test_filters_of_events(api, alice, talk):
    asked = {
        "role=assistant": 3,
        "session_id=call_2": 1,
        "session_id=": 10,
        "from=2026-11-02T12:01:00Z": 3,
        "to=2026-11-02T12:01:00Z": 8,
        "channel=web": 1,
        "channel=voice&role=user": 6,
        "lead_generated=true": 0,
        "lead_generated=false": 10,
    }
    rows = {query: table(api(alice).get(f"/api/transcripts/export?rows=events&{query}")) for query in asked}
    assert {query: len(found) for query, found in rows.items()} == asked


def test_a_row_for_each_conversation(api, alice, talk):
    path = "/api/transcripts/export?rows=conversations"
    rows = array(api(alice).get(f"{path}&format=json"))
    assert [row["session_id"] for row in rows] == ["call_2", "call_1"]
    said = {"timestamp": "2026-11-02T13:00:00.000Z", "role": "user", "content": "later"}
    assert (rows[0]["transcript"], rows[0]["is_cut"], rows[1]["metadata"]) == ([said], False, {"phone": "+47"})
    assert [entry["content"] for entry in rows[1]["transcript"]][:2] == ["w0", "w1"]
    for kind in ("csv", "xlsx"):
        [row] = READERS[kind](api(alice).get(f"{path}&format={kind}&channel=web"))
        assert row["transcript"] == "[2026-11-02T13:00:00.000Z] user: later"
    assert len(table(api(alice).get(f"{path}&session_id=call_1&from=2026-11-02"))) == 1


def test_a_long_conversation_is_cut_in_whole_events(api, alice, talk, monkeypatch):
    monkeypatch.setattr(conversations, "TALK_MAX_CHARACTERS", 2 * (2 + LINE))
    rows = array(api(alice).get("/api/transcripts/export?rows=conversations&format=json"))
    assert [len(row["transcript"]) for row in rows] == [1, 2]
    assert [row["is_cut"] for row in rows] == [False, True]


def test_conversations_without_what_was_said(api, alice, talk):
    [web, voice] = sheet(api(alice).get("/api/sessions/export?format=xlsx"))
    assert (web["session_id"], f"{web['start_time']}") == ("call_2", "2026-11-02 13:00:00")
    assert (voice["lead_generated"], voice["event_count"], voice["end_time"]) == (False, 10, None)
    assert voice["metadata"] == '{"phone": "+47"}'
    [row] = array(api(alice).get("/api/sessions/export?format=json&channel=web"))
    shown = api(alice).get("/api/sessions/call_2").json()
    shown.pop("items")
    assert shown.items() <= row.items()


def test_nobody_elses(api, bob, talk):
    for path in ("leads", "sessions", "transcripts"):
        assert table(api(bob).get(f"/api/{path}/export")) == []
