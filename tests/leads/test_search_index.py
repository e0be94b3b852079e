"""The index of the search stays right, and is what is asked."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from config.db import delete_rows
from config.errors import Unprocessable
from config.paging import encode
from leads import search as searching
from leads.models import CONTENT_MAX_CHARACTERS, TranscriptEvent
from leads.search import search
from leads.words import clauses
from tests.leads.talks import NOON, event_of, make_event, make_events
from tests.leads.test_search import found, on_mongodb, on_sqlite, pages

SAID = ("The harbour wakes before the sun.", "Is the PRICE LIST still good?", "A list of the price of each rope.")


@pytest.fixture
def said(alice):
    return make_events(alice, *SAID)


def test_what_changes_is_found_as_it_is_now(alice):
    first, second = make_events(alice, "rope", "rope")
    first.content = "sail"
    first.save()
    assert (found(alice, "rope"), found(alice, "sail")) == (["rope"], ["sail"])
    TranscriptEvent.objects.update(content="mast")
    assert (found(alice, "sail"), found(alice, "mast")) == ([], ["mast", "mast"])
    TranscriptEvent.objects.filter(pk=first.pk).update(timestamp=NOON + dt.timedelta(hours=1))
    assert [event.pk for event in search(alice, "mast").items] == [first.pk, second.pk]
    TranscriptEvent.objects.filter(pk=second.pk).update(role="tool")
    assert len(found(alice, "mast")) == 2


def test_what_is_deleted_is_gone(alice, charlie):
    events = make_events(alice, *["rope"] * 5)
    make_event(charlie, "rope")
    events[0].delete()
    assert len(found(alice, "rope")) == 4
    delete_rows(TranscriptEvent.objects.filter(team=alice.team_id))
    assert (found(alice, "rope"), found(charlie, "rope")) == ([], ["rope"])
    make_event(alice, "rope")
    assert found(alice, "rope") == ["rope"]


def test_it_comes_again_after_the_migration_was_undone(transactional_db, alice, said):
    migration = import_module("leads.migrations.0002_search")
    with connection.schema_editor() as editor:
        migration.undo(apps, editor)
        migration.make(apps, editor)
    assert found(alice, "the") == [SAID[2], SAID[1], SAID[0]]
    make_event(alice, "the last", minute=60)
    assert found(alice, "the")[0] == "the last"


@on_sqlite
def test_a_full_millisecond_refuses_nothing(alice, monkeypatch):
    first = make_event(alice, "rope")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE transcript_search_rows SET id = id + 524287 WHERE event = %s", [first.pk])
    second = make_event(alice, "sail")
    assert found(alice, "sail") == [second.content]


@on_sqlite
def test_sqlite_walks_along_its_index(alice, said):
    question = searching.Question(alice.team_id, clauses("the sun"), None, 20)
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN QUERY PLAN {searching.IN_SQLITE}",
            (searching.fts_query(question), searching.row_before(None), 21),
        )
        steps = [row[3] for row in cursor.fetchall()]
    assert steps[0].startswith("SCAN transcript_search VIRTUAL TABLE INDEX")
    assert steps[0].endswith(":M2<")  # words are matched, from a row on
    assert steps[1].startswith("SEARCH found USING INTEGER PRIMARY KEY")
    assert len(steps) == 2  # and nothing is sorted


@on_sqlite
def test_an_index_survives_vacuum(transactional_db, alice, said):
    TranscriptEvent.objects.filter(pk=said[0].pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    assert found(alice, "price") == [SAID[2], SAID[1]]


@on_mongodb
def test_mongodb_has_its_index(db):
    indexes = connection.database["transcript_events"].index_information()
    assert indexes["events_text"]["key"] == [("team_id", 1), ("_fts", "text"), ("_ftsx", 1)]
    assert indexes["events_text"]["default_language"] == "none"


@on_mongodb
@pytest.mark.parametrize("rows", [3, 7, 1_000])
@pytest.mark.parametrize("minutes_apart", [1, 1_000])
def test_words_that_are_not_rare(alice, charlie, monkeypatch, rows, minutes_apart):
    """Each way of looking, and each seam between two of them, gives the same events."""
    monkeypatch.setattr(searching, "CANDIDATES_MAX", 5)
    monkeypatch.setattr(searching, "WALKED_MAX", rows)
    events = [
        event_of(alice, f"rope {'red' if number % 3 else 'blue'}", minute=-number * minutes_apart)
        for number in range(60)
    ]
    TranscriptEvent.objects.bulk_create([*events, event_of(charlie, "rope red")])
    expected = [event.pk for number, event in enumerate(events) if number % 3]
    for q in ("rope red", '"rope red"'):
        assert [pk for page in pages(alice, q, 4) for pk in page] == expected
    assert [pk for page in pages(alice, "rope", 7) for pk in page] == [event.pk for event in events]


@on_mongodb
def test_a_cursor_from_the_beginning_of_time(alice, monkeypatch):
    monkeypatch.setattr(searching, "CANDIDATES_MAX", 1)
    monkeypatch.setattr(
        searching, "with_words", lambda *_, **options: [] if "sort" in options else [(NOON, "0" * 24)] * 2
    )
    first = dt.datetime.min.replace(tzinfo=dt.UTC)
    assert search(alice, "rope", encode(TranscriptEvent(timestamp=first), "timestamp")).items == []


@on_mongodb
def test_words_that_take_too_long(alice, monkeypatch):
    from pymongo.errors import ExecutionTimeout

    def slow(*_, **options):
        if "max_time_ms" in options:
            raise ExecutionTimeout("slow")
        return [(NOON, "0" * 24)] * 9

    monkeypatch.setattr(searching, "CANDIDATES_MAX", 5)
    monkeypatch.setattr(searching, "with_words", slow)
    with pytest.raises(Unprocessable, match="Add a word"):
        search(alice, "rope")


@pytest.mark.parametrize(
    "content",
    [
        "x" * CONTENT_MAX_CHARACTERS,
        "語" * CONTENT_MAX_CHARACTERS,
        "🎉" * CONTENT_MAX_CHARACTERS,
        " ".join(f"語{number}-é{number}" for number in range(9_000)),
        ("x" * 3_000 + " ") * 33,
        "http://example.com/" + "a/" * 40_000,
    ],
    ids=["one word", "one word of three bytes", "signs", "many words", "long words", "an address"],
)
def test_long_texts_are_stored_and_found(alice, content):
    make_event(alice, f"harbour {content[: CONTENT_MAX_CHARACTERS - 20]} sun")
    assert len(found(alice, "harbour")) == 1
