"""What waits in the journal is done: in order, once, and nothing overtakes it."""

import threading

from pymongo import _csot
from pymongo.errors import NetworkTimeout

from config import breaker
from leads import journal
from leads.actions import intake, replay
from leads.journal import gate, reading, refused, writer
from leads.models import ConversationSession, Lead, TranscriptEvent
from leads.records import Kind
from tests.leads.journals import files, leave, of_person, waiting, writing


def test_what_is_taken_is_done_and_waits_no_more(take, database, settings):
    assert take(1).result == 1
    assert database.written == [1]
    assert waiting(settings.JOURNAL_DIR) == []
    assert not journal.is_behind()


def test_with_the_database_away_all_waits_and_is_done_in_order(take, database, settings):
    database.is_away = True
    assert [take(number).is_journaled for number in range(3)] == [True] * 3
    assert breaker.is_open()
    assert journal.is_behind()
    assert replay.replay().left == 3
    database.is_away = False
    breaker.close()
    assert take(3).is_journaled, "it would overtake the others"
    result = replay.replay()
    assert (result.done, result.left) == (4, 0)
    assert database.written == [0, 1, 2, 3]
    assert not journal.is_behind()
    assert take(4).result == 4


def test_it_stops_at_the_first_sign_that_the_database_is_away(take, database, monkeypatch):
    database.is_away = True
    for number in range(3):
        take(number)
    breaker.close()
    asked = []
    monkeypatch.setitem(replay.WRITERS, Kind.LEAD, lambda record: (asked.append(record), database.write(record)))
    result = replay.replay()
    assert (result.done, result.left, len(asked)) == (0, 3, 1)
    assert breaker.is_open()
    assert journal.is_behind()


def test_what_took_too_long_has_more_time_when_the_database_is_found_again(take, database, monkeypatch):
    """Else all that comes in would wait behind it for ever."""
    given, needed = [], 10.0

    def slow(record):
        given.append(_csot.remaining())
        if given[-1] < needed:
            raise NetworkTimeout("timed out")
        return database.write(record)

    database.is_away = True
    take(1)
    database.is_away = False
    monkeypatch.setitem(replay.WRITERS, Kind.LEAD, slow)
    for _ in range(2):
        breaker.close()
        result = replay.replay()
    assert (result.done, result.left, len(given)) == (1, 0, 2)
    assert not journal.is_behind()


def test_nobody_waits_for_what_is_slow(take, database, monkeypatch):
    """The last few, for which writers are kept waiting, have no more time than a writer."""
    given = []

    def slow(record):
        given.append(_csot.remaining())
        raise NetworkTimeout("timed out")

    database.is_away = True
    take(1)
    database.is_away = False
    monkeypatch.setitem(replay.WRITERS, Kind.LEAD, slow)
    monkeypatch.setattr(replay.Run, "catch_up", lambda run: run.look() is not None)
    for _ in range(2):
        breaker.close()
        assert replay.replay().left == 1
    assert max(given) <= replay.LAST_SECONDS


def test_what_a_killed_process_left_is_found(alice, database, settings, monkeypatch):
    """It has put no marker, and of what it has told nobody knows whether it was done."""
    monkeypatch.setattr(replay.Seen, "looked_at", -1000.0)
    monkeypatch.setattr(replay, "write_record", database.write)
    with writing(settings.JOURNAL_DIR) as process:
        told = [int(process.stdout.readline()) for _ in range(10)]
        process.kill()
        told += [int(line) for line in process.stdout]
    assert not journal.is_behind()
    replay.sweep()
    assert set(database.written) >= set(told)
    assert database.written == sorted(database.written)
    assert not journal.is_behind()


def test_what_a_living_process_is_about_to_do_is_left_to_it(alice, database, monkeypatch):
    record = of_person(alice, 1)
    journal.append(record)
    assert replay.replay().done == 0
    assert not journal.is_behind()
    monkeypatch.setattr(reading, "SETTLING_SECONDS", 0)
    assert replay.replay().done == 1
    journal.settle(record)
    assert replay.replay().done == 0


def test_the_sweep_looks_now_and_then(alice, database, monkeypatch):
    monkeypatch.setattr(reading, "SETTLING_SECONDS", 0)
    replay.replay()
    journal.append(of_person(alice, 1))
    replay.sweep()
    assert database.written == []
    monkeypatch.setattr(replay, "LOOK_SECONDS", 0)
    replay.sweep()
    assert database.written == [1]


def test_the_sweep_needs_no_folder(settings):
    settings.JOURNAL_DIR.rmdir()
    replay.sweep()


def test_it_goes_on_where_the_time_was_over(alice, database):
    leave(*(of_person(alice, number) for number in range(5)))
    assert replay.replay(seconds=0).left == 5
    assert journal.is_behind()
    assert replay.replay().done == 5


def test_one_at_a_time(alice, database):
    leave(of_person(alice, 1))
    with gate.one_at_a_time():
        assert replay.replay().is_elsewhere
        assert replay.replay_refused().is_elsewhere
    assert replay.replay().done == 1


def test_twice_is_once(alice, database, settings):
    """Even when what it noted was lost: records are done again, and writers take them once."""
    leave(*(of_person(alice, number) for number in range(3)))
    assert replay.replay().done == 3
    assert replay.replay().done == 0
    files(settings.JOURNAL_DIR, ".done")[0].unlink()
    replay.Seen.backlog.files.clear()
    gate.close()
    assert replay.replay().done == 3


def test_who_asks_while_the_last_ones_are_done_gets_the_answer_afterwards():
    gate.close()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(journal.is_behind()))
    with gate.held():
        thread.start()
        thread.join(0.2)
        assert answers == []
        gate.open_up()
    thread.join(10)
    assert answers == [False]


def test_records_that_come_in_meanwhile_are_done_before_the_gate_opens(alice, database, monkeypatch):
    coming = [of_person(alice, number) for number in range(1, 4)]

    def write(record):
        database.write(record)
        while coming:
            journal.append(coming[0])
            assert journal.is_behind()
            journal.leave(coming.pop(0))

    monkeypatch.setitem(replay.WRITERS, Kind.LEAD, write)
    leave(of_person(alice, 0))
    assert replay.replay().left == 0
    assert database.written == [0, 1, 2, 3]
    assert not journal.is_behind()


def test_a_record_that_was_taken_back_is_no_record(alice, database, settings):
    """Its writer's disk was full: a look may have seen it, a replay must not stumble over it."""
    leave(of_person(alice, 1), of_person(alice, 2))
    backlog = replay.Seen.backlog = reading.Backlog(settings.JOURNAL_DIR)
    backlog.look(at_all=True)
    (path,) = files(settings.JOURNAL_DIR)
    with path.open("r+b") as file:
        file.truncate(len(of_person(alice, 1).line()))
    assert replay.replay().done == 1
    assert database.written == [1]


def test_real_records_of_every_kind(alice, api, monkeypatch):
    """Through the API while the database is away, then replayed: in the tables as if nothing had been."""
    client = api(alice)
    kinds = {}

    def away(record, write):
        kinds[record.kind] = write
        journal.append(record)
        journal.fall_behind(record)
        return intake.Taken(record)

    with monkeypatch.context() as patch:
        patch.setattr(intake, "take", away)
        lead = {
            "name": "Ann",
            "email": "ann@acme.example",
            "company": "Acme",
            "interest": "bots",
            "session_id": "call_1",
        }
        posts = [
            ("/api/sessions", {"session_id": "call_1", "channel": "web"}),
            ("/api/transcripts/events", {"session_id": "call_1", "role": "user", "content": "Hello", "event_id": "e1"}),
            ("/api/leads", lead),
            ("/api/leads", lead | {"company": "Acme Corporation"}),
        ]
        answers = [client.post(path, body, "application/json") for path, body in posts]
        answers.append(client.patch("/api/sessions/call_1", {"metadata": {"a": 1}}, "application/json"))
    assert [answer.status_code for answer in answers] == [202] * 5
    for _ in range(2):
        gate.close()
        assert replay.replay().left == 0
        assert refused.files() == []
        session = ConversationSession.objects.get()
        assert (session.channel, session.metadata, session.lead_generated) == ("web", {"a": 1}, True)
        assert Lead.objects.get().company == "Acme Corporation"
        assert TranscriptEvent.objects.get().content == "Hello"
        files_again(kinds)
    assert Lead.objects.known_as(answers[3].json()["_id"]).get() == Lead.objects.get()


def files_again(kinds):
    """All marks are lost."""
    replay.Seen.backlog.files.clear()
    writer.begin_anew()
    for path in {known.with_suffix(".done") for known in reading.written()}:
        path.unlink(missing_ok=True)
    assert set(kinds) == {Kind.LEAD, Kind.EVENTS, Kind.SESSION, Kind.SESSION_CHANGE}
