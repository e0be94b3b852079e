import datetime as dt
import json

import pytest

from leads.exports import walking
from tests.leads.exports.files import body, table
from tests.leads.talks import NOON, make_event, make_events, make_session

SRT = """1
00:00:00,000 --> 00:00:01,500
User: Hello.

2
00:01:00,000 --> 00:01:02,000
Assistant: Yes. Two -> lines, and more of them.

3
00:01:02,000 --> 00:01:03,500
User: Fine.
User: Bye.

"""


@pytest.fixture
def talk(alice, monkeypatch):
    monkeypatch.setattr(walking, "PAGE_ROWS", 2)
    session = make_session(alice, "call:1", items=[{"type": "message"}], metadata={"phone": "+47"})
    make_event(alice, "Hello.", session_id="call:1")
    make_event(alice, "lookup()", role="tool", minute=0.5, session_id="call:1")
    make_event(alice, "Yes. \n\nTwo ---> lines, and more of them.", role="assistant", minute=1, session_id="call:1")
    for text in ("Fine.", "Bye."):
        make_event(alice, text, minute=1 + 2 / 60, session_id="call:1")
    return session


@pytest.fixture
def get(api, alice):
    return lambda kind, session_id="call:1": api(alice).get(f"/api/transcripts/{session_id}/download?format={kind}")


def test_text_to_read(get, talk):
    text = body(get("txt")).decode()
    assert text.startswith(
        "Conversation call:1\nVoice, 2026-11-02 12:00:00 UTC\n\n[2026-11-02 12:00:00] User:\nHello.\n"
    )
    assert text.endswith("\n[2026-11-02 12:01:02] User:\nBye.\n")


def test_subtitles(get, talk):
    answer = get("srt")
    assert answer["Content-Type"] == "application/x-subrip; charset=utf-8"
    assert body(answer).decode() == SRT


def test_csv_and_json_have_everything(api, alice, get, talk):
    rows = table(get("csv"))
    assert [row["role"] for row in rows] == ["user", "tool", "assistant", "user", "user"]
    answer = get("json")
    assert answer["Content-Disposition"] == 'attachment; filename="call 1.json"'
    made = json.loads(body(answer))
    shown = api(alice).get("/api/transcripts/call:1").json()
    assert made["items"] == shown["items"]
    assert made["session"]["items"] == [{"type": "message"}]
    assert shown["session"].items() <= made["session"].items()


def test_no_subtitles_where_the_times_tell_nothing(api, alice, get):
    make_session(alice, "silent")
    make_session(alice, "at_once")
    make_events(alice, "one", session_id="at_once")
    make_events(alice, "two", session_id="at_once")
    make_event(alice, "note", role="system", minute=3, session_id="at_once")
    assert get("srt", "silent").json()["detail"].startswith("Nothing was said")
    refused = get("srt", "at_once")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "same time" in refused.json()["detail"]
    assert "No events were logged." in body(get("txt", "silent")).decode()


def test_a_long_call_and_one_that_began_before_its_start(alice, get):
    make_session(alice, "early", start_time=NOON + dt.timedelta(hours=1))
    make_events(alice, "x" * 1_000, session_id="early")
    make_event(alice, "end", minute=60 * 101, session_id="early")
    text = body(get("srt", "early")).decode()
    assert "00:00:00,000 --> 00:00:12,000\n" in text
    assert "101:00:00,000 --> 101:00:01,500\n" in text


def test_not_there_not_theirs_or_no_such_format(api, alice, charlie, get, talk):
    assert get("pdf").status_code == 422
    assert [get("txt", name).status_code for name in ("nothing", "a b")] == [404, 404]
    assert api(charlie).get("/api/transcripts/call:1/download").status_code == 404


def test_the_page_of_a_conversation_offers_it(page, alice, charlie, talk):
    shown = page(alice).get("/conversations/call:1").content.decode()
    assert "/conversations/call:1/download?format=srt" in shown
    assert body(page(alice).get("/conversations/call:1/download")).decode().startswith("Conversation call:1")
    assert body(page(alice).get("/conversations/call:1/download?format=csv")).startswith(b"session_id,")
    assert page(charlie).get("/conversations/call:1/download").status_code == 404
    make_session(alice, "silent")
    refused = page(alice).get("/conversations/silent/download?format=srt")
    assert refused.status_code == 409
    assert "Nothing was said" in refused.content.decode()
