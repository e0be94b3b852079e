"""Leads, conversations and transcripts of the old assistant."""

import pytest
from django.core.management import CommandError
from django.db import OperationalError

from config.importing import command
from config.times import iso
from leads.actions import events, idle, session_counts
from leads.models import ConversationSession, DirtyDay, Lead, LeadAlias, LeadNote, StatusChange, TranscriptEvent
from tests.leads.friday import (
    HERE,
    LEAD,
    NEW,
    NONE,
    OTHER,
    SESSION,
    STAMP,
    UUID,
    UUID_ID,
    importer,
    lead,
    line,
    message,
)

MODELS = (Lead, LeadAlias, LeadNote, StatusChange, ConversationSession, TranscriptEvent, DirtyDay)
CREATE_LEAD = {"type": "function_call", "name": "create_lead", "arguments": "{}"}


@pytest.fixture
def run(alice, tmp_path):
    return importer(tmp_path / "friday", alice.email)


def rows():
    return [list(each.objects.order_by("pk").values()) for each in MODELS]


def test_all_keep_what_they_had(run, alice):
    conversation = {"items": [message("user", "Hello.", "Anybody?"), message("assistant", "Yes.")], "room": "quay"}
    counts, err = run(
        leads={"1": lead(_id=LEAD, session_id=SESSION, campaign="spring", metadata={"city": "Kiel"})},
        sessions={STAMP: conversation},
        lines=[line(session_id=SESSION, source="voice", meta={"lang": "en"}, latency=0.4)],
    )
    assert counts == {"leads": NEW, "conversation_sessions": NEW, "transcript_events": NEW}
    made, session, event = Lead.objects.get(), ConversationSession.objects.get(), TranscriptEvent.objects.get()
    assert (made.pk, made.team_id, made.email, made.status) == (LEAD, alice.team_id, "dana@example.com", "qualified")
    assert (made.name, made.company, made.interest) == ("Dana Quay", "Harbour Ropes", "tow lines")
    assert iso(made.timestamp) == iso(made.created_at) == "2025-08-12T10:12:00.250Z"
    assert made.metadata == {"city": "Kiel", "campaign": "spring"}
    assert (session.session_id, session.items, session.total_items) == (SESSION, conversation["items"], 2)
    assert (iso(session.start_time), session.metadata) == ("2025-08-12T10:11:12.000Z", {"room": "quay"})
    assert (session.lead_id, session.lead_generated, session.event_count, session.user_count) == (LEAD, True, 1, 1)
    assert (event.session_id, event.role, event.content) == (SESSION, "user", "How much is a tow line?")
    assert (event.source, event.meta) == ("voice", {"intent": "LEAD_OPPORTUNITY", "lang": "en", "latency": 0.4})
    assert StatusChange.objects.values_list("from_status", "to_status").get() == ("", "qualified")
    assert str(DirtyDay.objects.get()) == "2025-08-12"


@pytest.mark.parametrize("name", ["items", "conversation"])
def test_both_shapes_of_a_conversation_without_times(run, name):
    items = [message("user", "Hello."), {"role": "assistant", "content": "Yes?"}, CREATE_LEAD]
    assert run(sessions={STAMP: {name: items}})[0]["conversation_sessions"] == NEW
    session = ConversationSession.objects.get()
    assert (session.session_id, session.items, session.total_items) == (SESSION, items, 3)
    assert (session.duration_seconds, session.lead_generated, session.is_open) == (0, True, False)
    assert (iso(session.start_time), iso(session.end_time)) == ("2025-08-12T10:11:12.000Z",) * 2
    assert not TranscriptEvent.objects.exists()


@pytest.mark.parametrize(
    ("fields", "start", "seconds"),
    [
        ({"start_time": "2025-08-12 10:00:00", "end_time": "2025-08-12T10:01:30Z"}, "10:00:00", 90),
        ({"start_time": 1754993472.25, "duration_seconds": 12.5}, "10:11:12.250", 12.5),
        ({"items": [message("user", "Hi.", timestamp="2025-08-12T10:02:00Z")] * 2}, "10:02:00", 0),
        (
            {"conversation": [{"timestamp": "2025-08-12 10:05:00"}, {"timestamp": "soon"}, {"timestamp": 1754993472}]},
            "10:05:00",
            372,
        ),
        ({"timestamp": "2025-08-12T10:07:00"}, "10:07:00", 0),
        ({"start_time": "2025-08-12T10:09:00Z", "end_time": "2025-08-12T10:08:00Z"}, "10:09:00", 0),
    ],
)
def test_times_stand_in_several_places(run, fields, start, seconds):
    assert run(sessions={STAMP: fields})[0]["conversation_sessions"] == NEW
    session = ConversationSession.objects.get()
    assert iso(session.start_time).startswith(f"2025-08-12T{start}")
    assert session.duration_seconds == seconds
    assert session.metadata == {} or session.metadata == {"end_time": "2025-08-12T10:08:00Z"}


def test_events_make_their_session_and_end_it_by_its_silence(run):
    said = [line(session_id="call-7", timestamp=f"2025-08-12 10:0{minute}:00") for minute in (3, 1, 2)]
    said += [line("One moment.", role="assistant", session_id="call-7", timestamp="1754993472.5")]
    assert run(lines=said)[0]["transcript_events"] == (4, 4, 0, 0)
    session = ConversationSession.objects.get()
    assert (session.event_count, session.user_count, session.lead_generated) == (4, 3, False)
    assert (iso(session.start_time), session.duration_seconds) == ("2025-08-12T10:01:00.000Z", 612.5)
    assert (session.was_silent, session.is_open) == (True, False)


def test_a_lead_and_a_conversation_find_each_other_in_any_order(run):
    run(lines=[line(session_id="call-7")])
    run(leads={"1": lead(session_id="call-7")})
    assert ConversationSession.objects.get().lead == Lead.objects.get()
    run(leads={"2": lead(email="eve@example.com", session_id="call-8")}, lines=[line(session_id="call-8")])
    run(sessions={"9": {"session_id": "call-9", "lead_id": UUID}}, leads={"3": lead(id=UUID, email="fay@example.com")})
    linked = ConversationSession.objects.order_by("session_id").values_list("lead__email", "lead_generated")
    assert list(linked) == [(f"{name}@example.com", True) for name in ("dana", "eve", "fay")]


def test_lines_without_a_session_go_to_one_that_is_found_again(run, tmp_path, alice):
    loose = [line("One."), line("Two.", session_id="call-7"), line("Three.", timestamp="2025-08-13T09:00:00Z")]
    run(lines=loose)
    run(lines=[*loose, line("Four.")])
    names = TranscriptEvent.objects.order_by("content").values_list("content", "session_id")
    first = "migrated_20250812_1"
    assert dict(names) == {"One.": first, "Two.": "call-7", "Three.": first, "Four.": first}
    other = importer(tmp_path / "other", alice.email)
    other(lines=[line("Five.")])
    assert TranscriptEvent.objects.get(content="Five.").session_id == "migrated_20250812_2"
    assert other(lines=[line("Five.")])[0]["transcript_events"] == HERE


def test_lines_that_are_the_same_stand_once_and_are_told(run):
    counts, err = run(lines=[line(), line(), line(latency=1), line("No time.", timestamp=None)] * 2)
    assert counts["transcript_events"] == (8, 4, 4, 0)
    assert err.count("the same as an earlier line") == 4


def test_a_lead_of_a_known_email_is_merged_and_nothing_is_lost(run):
    first = lead(_id=LEAD, phone="", campaign="spring", session_id="call-7")
    second = lead(_id=OTHER, phone="+49 431 1", interest="anchors", campaign="autumn", shoe=41, session_id="call-8")
    counts, err = run(leads={"1": first, "2": second, "3": lead(id=UUID)}, sessions={"8": {"session_id": "call-8"}})
    assert counts["leads"] == (3, 2, 1, 0)
    made, note = Lead.objects.get(), LeadNote.objects.get()
    assert (made.pk, made.interest, made.phone, made.session_id) == (LEAD, "tow lines", "+49 431 1", "call-7")
    assert made.metadata == {"campaign": "spring", "shoe": 41}
    assert note.text.splitlines()[1:] == ["interest: anchors", "session_id: call-8", "campaign: autumn"]
    assert set(LeadAlias.objects.values_list("pk", "lead")) == {(OTHER, LEAD), (UUID_ID, LEAD)}
    assert ConversationSession.objects.get().lead == made
    assert "lead_2.json: one with the lead of its e-mail" in err


def test_what_is_on_the_desk_stays(run, alice):
    mine = Lead.objects.create(team=alice.team, name="D.", email="dana@example.com", status="closed")
    assert run(leads={"1": lead(_id=LEAD, name="Dana")})[0]["leads"] == NEW
    mine.refresh_from_db()
    assert (mine.name, mine.status, mine.company) == ("D.", "closed", "Harbour Ropes")
    assert "name: Dana\nstatus: qualified" in LeadNote.objects.get().text
    Lead.objects.update(company="", name="Changed")
    assert run()[0]["leads"] == HERE
    assert Lead.objects.values_list("name", "company").get() == ("Changed", "")


def mixed():
    """Rows that are new, known and refused."""
    return {
        "leads": {
            "1": lead(_id=LEAD, session_id=SESSION),
            "2": lead(_id=LEAD),
            "3": lead(interest="anchors"),
            "4": lead(interest="anchors"),
            "5": lead(email="nobody"),
            "6": lead(_id=OTHER, email="eve@example.com", timestamp=None),
            "7": b"{",
        },
        "sessions": {
            STAMP: {"items": [CREATE_LEAD]},
            "20250812_101113": {"session_id": SESSION, "conversation": []},
            "bare": {},
            "bare2": {"session_id": "session_bare", "items": [message("user", "Hello.")]},
            "bare3": {"session_id": "session_bare", "items": [message("user", "Hello again.")]},
            "x": {"items": "many", "end_time": []},
        },
        "lines": [
            line(session_id=SESSION),
            line(session_id=SESSION),
            line(),
            line(timestamp=None),
            line("Without a role.", role=None),
            "broken",
            "[]",
            line(timestamp=[]),
        ],
    }


def test_a_second_run_imports_nothing_and_a_dry_run_writes_nothing_and_counts_the_same(run):
    before = rows()
    dry = run("--dry-run", **mixed())
    assert rows() == before
    counts, err = run(**mixed())
    assert dry == (counts, err)
    assert counts == {
        "leads": (7, 3, 2, 2),
        "conversation_sessions": (6, 3, 2, 1),
        "transcript_events": (8, 4, 1, 3),
    }
    after = rows()
    again = run(**mixed())[0]
    assert {name: each[1] for name, each in again.items()} == dict.fromkeys(again, 0)
    assert {name: each[3] for name, each in again.items()} == {name: each[3] for name, each in counts.items()}
    assert rows() == after


def test_another_team_gets_its_own_rows_from_the_same_files(run, tmp_path, charlie):
    exports = {"leads": {"1": lead(_id=LEAD)}, "sessions": {STAMP: {"_id": LEAD, "lead_id": LEAD}}, "lines": [line()]}
    run(**exports)
    before = rows()
    theirs = importer(tmp_path / "friday", charlie.email)
    assert set(theirs("--dry-run")[0].values()) == set(theirs()[0].values()) == {NEW}
    assert all(row in after for kept, after in zip(before, rows(), strict=True) for row in kept if "day" not in row)
    made = Lead.objects.get(team=charlie.team)
    assert made.pk != LEAD
    assert ConversationSession.objects.get(team=charlie.team, session_id=SESSION).lead == made
    assert set(theirs()[0].values()) == {HERE}


def test_a_session_that_only_its_events_made_is_completed(run):
    run(lines=[line(session_id=SESSION, timestamp="2025-08-12T10:15:00Z")])
    assert run(sessions={STAMP: {"items": [message("user", "Hello.")], "room": "quay"}})[0] == {
        "leads": NONE,
        "conversation_sessions": NEW,
        "transcript_events": HERE,
    }
    session = ConversationSession.objects.get()
    assert (session.total_items, session.event_count, session.metadata) == (1, 1, {"room": "quay"})
    assert (iso(session.start_time), session.duration_seconds) == ("2025-08-12T10:11:12.000Z", 228)


def test_a_run_that_was_cut_off_is_taken_up_by_the_next(run, monkeypatch):
    said = [line(f"{number}.", session_id="call-7") for number in range(5)]
    with monkeypatch.context() as patch:
        patch.setattr(command, "BATCH_ROWS", 2)
        patch.setattr(idle, "end_silent", lambda: pytest.fail("It went on."))
        patch.setattr(events, "insert", fails_at_the_second(events.insert))
        with pytest.raises(CommandError, match="Run it again") as caught:
            run(lines=said)
    assert (caught.value.returncode, TranscriptEvent.objects.count()) == (1, 2)
    assert ConversationSession.objects.get().event_count == 2
    assert run(lines=said)[0]["transcript_events"] == (5, 3, 2, 0)
    session = ConversationSession.objects.get()
    assert (session.event_count, session.user_count, session.is_open) == (5, 5, False)
    assert list(TranscriptEvent.objects.order_by("arrival").values_list("content", flat=True)) == [
        f"{number}." for number in range(5)
    ]


def fails_at_the_second(do):
    calls = []

    def done(*args):
        calls.append(args)
        if len(calls) == 2:
            raise OperationalError("The disk is gone.")
        return do(*args)

    return done


@pytest.mark.parametrize("is_known", [True, False])
def test_the_next_run_counts_what_one_that_was_killed_had_only_stored(run, monkeypatch, is_known):
    conversations = {"1": {"session_id": "call-7", "start_time": "2025-08-12T10:00:00Z"}} if is_known else {}
    said = {"sessions": conversations, "lines": [line(session_id="call-7"), line("One.", session_id="call-7")]}

    def kill(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(CommandError):
        patch.setattr(session_counts, "note", kill)
        run(**said)
    DirtyDay.objects.all().delete()
    assert run(**said)[0]["transcript_events"] == (2, 0, 2, 0)
    session = ConversationSession.objects.get()
    assert (session.session_id, session.event_count, session.is_open) == ("call-7", 2, False)
    assert DirtyDay.objects.filter(day=session.start_time.date()).exists()
