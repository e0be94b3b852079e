"""Rows of the old assistant that are odd or broken: told, kept or refused, and never in the way of others."""

import pytest

from config.times import iso
from leads.models import ConversationSession, Lead, TranscriptEvent
from tests.leads.friday import LEAD, NEW, REFUSED, STAMP, importer, lead, line


@pytest.fixture
def run(alice, tmp_path):
    return importer(tmp_path / "friday", alice.email)


def test_missing_and_odd_values_are_told_and_kept(run):
    odd = {"email": "eve@example.com", "status": "hot", "budget": 5000, "interest": ["ropes", "x" * 500], "tags": None}
    counts, err = run(
        leads={f"{STAMP}_eve": odd},
        sessions={"x": {"session_id": "call 7", "channel": "fax", "items": [], "total_items": 3}},
        lines=[line(role="narrator", content=["One.", "Two."], session_id="call 7"), line({"a": 1}, session_id="b")],
    )
    assert [each[1] for each in counts.values()] == [1, 1, 2]
    made, session = Lead.objects.get(), ConversationSession.objects.exclude(session_id="b").get()
    first, second = TranscriptEvent.objects.order_by("arrival")
    assert (made.name, made.company, made.budget, made.status) == ("", "", "5000", "new")
    assert len(made.interest) == 500
    assert made.metadata == {"status": "hot", "interest": odd["interest"], "tags": None}
    assert iso(made.timestamp) == "2025-08-12T10:11:12.000Z"
    assert (session.total_items, session.event_count, session.channel) == (0, 1, "voice")
    assert session.metadata == {"session_id": "call 7", "channel": "fax", "total_items": 3}
    assert (first.session_id, first.role, first.content) == (session.session_id, "system", "One.\nTwo.")
    assert (first.meta, second.content) == ({"role": "narrator", "session_id": "call 7"}, '{"a": 1}')
    for sentence in ("without its name, company", "as new", "interest is longer", "as voice", "the role system"):
        assert sentence in err
    assert run()[1].splitlines() == [
        "leads/lead_*.json: 1 read, 0 imported, 1 known, 0 refused",
        "conversations/transcript_session_*.json: 1 read, 0 imported, 1 known, 0 refused",
        "transcripts.jsonl: 2 read, 0 imported, 2 known, 0 refused",
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"email": None},
        {"email": "dana"},
        {"email": ["a@example.com", "b@example.com"]},
        {"name": "a\0b"},
        {"timestamp": "yesterday"},
        {"timestamp": "0001-01-01T00:00:00"},
        {"timestamp": "9999-01-01T00:00:00"},
        {"shoe": "\ud800"},
        {"shoe": "x" * 2**21},
    ],
)
def test_a_lead_that_cannot_be_is_refused(run, fields):
    counts, err = run(leads={"1": lead(**fields)})
    assert counts["leads"] == REFUSED
    assert "leads/lead_1.json: refused. " in err
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"content": "x" * 100_001},
        {"content": "a\0b"},
        {"content": None, "role": None},
        {"timestamp": None},
        {"timestamp": "2201-01-01T00:00:00Z"},
        {"meta": {"a": "\udfff"}},
        {"event_id": "a\0"},
    ],
)
def test_a_line_that_cannot_be_is_refused_and_the_next_is_taken(run, fields):
    counts, err = run(lines=[line(**fields), line("Next.")])
    assert counts["transcript_events"] == (2, 1, 0, 1)
    assert "transcripts.jsonl line 1: refused. " in err
    assert TranscriptEvent.objects.get().content == "Next."


def deep(levels):
    return [] if levels == 0 else [deep(levels - 1)]


@pytest.mark.parametrize(
    "document",
    [
        {"items": ["x" * 2**21]},
        {"items": deep(60)},
        {"items": ["\ud800"]},
        {"items": [], "start_time": "soon"},
        b"\xff\xfe\x00broken",
        b'{"items": [',
        b"[1]",
        b"",
        b"[" * 100_000,
    ],
)
def test_a_conversation_that_cannot_be_is_refused_and_the_next_is_taken(run, document):
    counts, err = run(sessions={"1": document, "2": {"session_id": "call-7"}})
    assert counts["conversation_sessions"] == (2, 1, 0, 1)
    assert "conversations/transcript_session_1.json: refused. " in err
    assert ConversationSession.objects.get().session_id == "call-7"


def test_numbers_that_no_database_keeps_become_text(run):
    document = b'{"session_id": "a", "items": [NaN, -Infinity, 9223372036854775808, 1.5]}'
    assert run(sessions={"1": document})[0]["conversation_sessions"] == NEW
    assert ConversationSession.objects.get().items == ["nan", "-inf", "9223372036854775808", 1.5]


def test_references_of_mongodb_get_another_name(run):
    """Its driver could not read them."""
    document = {"session_id": "a", "items": [{"$ref": "b"}], "$ref": {"$ref": "#/definitions/c"}}
    assert run(sessions={"1": document})[0]["conversation_sessions"] == NEW
    session = ConversationSession.objects.get()
    assert session.items == [{"_$ref": "b"}]
    assert session.metadata == {"_$ref": {"_$ref": "#/definitions/c"}}


def test_odd_rows_leave_every_page_and_answer_readable(run, alice, page, api):
    odd = [None, 1, [], {}, {"role": 7, "content": {"a": [None]}}, {"content": [{"text": "Hi."}, 3]}, "text"]
    run(
        leads={"1": lead(_id=LEAD, timestamp=0, tags="none", metadata=[1]), "2": {"email": "eve@example.com"}},
        sessions={
            "1": {"session_id": "call-7", "items": odd, "metadata": "none", "start_time": 1, "end_time": 7258118399}
        },
        lines=[
            line(session_id="call-7", meta={"intent": ["?"]}, timestamp=0),
            line(
                {"a": [1]}, role=7, session_id="call-7", meta=None, timestamp="2199-12-31T23:59:59Z", source="\u202ex"
            ),
        ],
    )
    addresses = ["/leads", f"/leads/{LEAD}", "/conversations", "/conversations/call-7", "/analytics", "/reports/weekly"]
    answers = ["leads", f"leads/{LEAD}", "sessions", "sessions/call-7", "transcripts/call-7", "reports/weekly"]
    answers += ["analytics/leads", "analytics/conversations", "analytics/transcripts", "transcripts/search?q=tow"]
    for address in addresses:
        assert page(alice).get(address).status_code == 200, address
    for address in answers:
        assert api(alice).get(f"/api/{address}").status_code == 200, address
