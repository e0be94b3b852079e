"""Where the rows of the old assistant come from."""

import datetime as dt
import json
import os
import uuid

import pytest
from bson import ObjectId, json_util
from django.core.management import CommandError
from pymongo import MongoClient

from leads.models import ConversationSession, Lead, TranscriptEvent
from tests.leads.friday import (
    HERE,
    LEAD,
    NEW,
    NONE,
    OTHER,
    SESSION,
    STAMP,
    import_from,
    lead,
    line,
    message,
    write,
)

EXPORTS = {
    "leads": {"1": lead()},
    "sessions": {STAMP: {"items": [message("user", "Hello.")]}},
    "lines": [line(session_id=SESSION)],
}


@pytest.fixture
def take(alice):
    return lambda source, *options: import_from(str(source), "--owner", alice.email, *options)


@pytest.mark.parametrize(
    ("part", "counts"),
    [
        ("", (NEW, NEW, NEW)),
        ("leads", (NEW, NONE, NONE)),
        ("conversations", (NONE, NEW, NEW)),
        ("leads/lead_1.json", (NEW, NONE, NONE)),
        (f"conversations/transcript_session_{STAMP}.json", (NONE, NEW, NONE)),
        ("conversations/transcripts.jsonl", (NONE, NONE, NEW)),
    ],
)
def test_the_folder_or_any_part_of_it(take, tmp_path, part, counts):
    write(tmp_path, **EXPORTS)
    assert tuple(take(tmp_path / part)[0].values()) == counts


def documents():
    """One of each collection, as MongoDB has them."""
    time = dt.datetime(2025, 8, 12, 10, 11, 30, tzinfo=dt.UTC)
    session = {"_id": ObjectId(OTHER), "session_id": SESSION, "start_time": time, "lead_id": ObjectId(LEAD)}
    session |= {"end_time": time + dt.timedelta(seconds=90), "items": [{"at": time}], "lead_generated": True}
    event = {"_id": ObjectId(OTHER), "session_id": SESSION, "timestamp": time, "role": "assistant", "content": "Yes."}
    return {
        "leads": lead(_id=ObjectId(LEAD), timestamp=time, created_at=time, score=ObjectId(OTHER)),
        "conversation_sessions": session,
        "transcript_events": event | {"metadata": {"heard": time}},
    }


def check_documents():
    made, session, event = Lead.objects.get(), ConversationSession.objects.get(), TranscriptEvent.objects.get()
    assert (made.pk, made.metadata) == (LEAD, {"score": OTHER})
    assert (session.pk, session.lead_id, session.duration_seconds) == (OTHER, LEAD, 90)
    assert (session.items, session.metadata) == ([{"at": "2025-08-12T10:11:30.000Z"}], {})
    assert (event.event_id, event.meta) == (OTHER, {"heard": "2025-08-12T10:11:30.000Z"})


@pytest.mark.parametrize("form", ["lines", "array"])
def test_exported_collections(take, tmp_path, form):
    for name, document in documents().items():
        text = json_util.dumps([document] if form == "array" else document)
        (tmp_path / f"friday-{name}.json").write_text(text)
    assert set(take(tmp_path)[0].values()) == {NEW}
    check_documents()
    assert set(take(tmp_path)[0].values()) == {HERE}


def test_a_live_database_gives_the_same_rows(take, settings):
    if not settings.MONGODB_URI:
        pytest.skip("needs MONGODB_URI")
    name = f"old_{uuid.uuid4().hex[:12]}"
    source = settings.MONGODB_URI.rstrip("/") + f"/{name}"
    with MongoClient(settings.MONGODB_URI) as client:
        try:
            for collection, document in documents().items():
                client[name][collection].insert_one(document)
            assert set(take(source, "--dry-run")[0].values()) == {NEW}
            assert set(take(source)[0].values()) == {NEW}
            assert set(take(source)[0].values()) == {HERE}
        finally:
            client.drop_database(name)
    check_documents()


def test_a_mark_at_the_start_and_broken_bytes(take, tmp_path):
    write(tmp_path, leads={"1": b"\xef\xbb\xbf" + json.dumps(lead()).encode(), "2": b'{"email": "\xff@example.com"}'})
    lines = [b"\xef\xbb\xbf" + json.dumps(line()).encode(), b'{"content": "\xff"}', json.dumps(line("B.")).encode()]
    (tmp_path / "conversations/transcripts.jsonl").write_bytes(b"\r\n\n".join(lines))
    counts, err = take(tmp_path)
    assert (counts["leads"], counts["transcript_events"]) == ((2, 1, 0, 1), (3, 2, 0, 1))
    assert "leads/lead_2.json: refused. It is not JSON in UTF-8." in err


def test_a_file_that_cannot_be_read_is_refused(take, tmp_path):
    write(tmp_path, **EXPORTS)
    (tmp_path / "leads/lead_2.json").symlink_to(tmp_path / "leads/lead_2.json")
    assert take(tmp_path)[0]["leads"] == (2, 1, 0, 1)
    with (tmp_path / "leads/lead_3.json").open("wb") as file:
        os.truncate(file.fileno(), 33 * 2**20)
    assert take(tmp_path)[0]["leads"] == (3, 0, 1, 2)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--owner", "alice@example.com"), "has neither leads/lead_*.json nor"),
        (("--owner", "eve@example.com"), "There is no account eve@example.com"),
        ((), "Say whose team gets these rows, with --owner EMAIL"),
    ],
)
def test_what_cannot_begin_ends_with_2(alice, tmp_path, options, sentence):
    if not options:
        write(tmp_path, **EXPORTS)
    with pytest.raises(CommandError, match=sentence.replace("*", r"\*")) as caught:
        import_from(str(tmp_path), *options)
    assert caught.value.returncode == 2
    assert not Lead.objects.exists()


def test_a_folder_that_is_not_there_ends_with_2(take, tmp_path):
    with pytest.raises(CommandError, match="can't be read") as caught:
        take(tmp_path / "nowhere")
    assert caught.value.returncode == 2


def test_stored_changes_nothing_and_says_so(take, tmp_path):
    write(tmp_path, **EXPORTS)
    counts, err = take(tmp_path, "--stored")
    assert set(counts.values()) == {NEW}
    assert "--stored changes nothing here" in err
