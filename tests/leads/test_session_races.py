"""Many who write one session at the same time: nothing of it is lost, nothing counted twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from leads.actions import events, leads, replay, session_rows, sessions
from leads.models import ConversationSession, TranscriptEvent
from tests.leads.leads import PERSON

WRITERS, ROUNDS = 8, 3


def at_once(work, numbers=range(WRITERS)):
    """What each was told. Whoever loses too often, on a slow machine, waits in the journal: that is done by then."""

    def go(number):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        told = list(pool.map(go, numbers))
    assert replay.replay(seconds=60).left == 0
    return told


@pytest.fixture
def without_turns(monkeypatch):
    """Writers in processes of their own wait for nobody."""
    monkeypatch.setattr(session_rows, "TURN_SECONDS", 0)


def log(by: User, writer: int, number: int):
    said = [
        {"session_id": "call", "event_id": f"{writer}/{number}/{each}", "role": "user", "content": "Hello."}
        for each in range(3)
    ]
    shared = {"session_id": "call", "event_id": f"all/{number}", "role": "assistant", "content": "Hello to all."}
    events.log_events(by=by, events=[*said, shared])
    sessions.change_session(by=by, session_id="call", metadata={f"{writer}/{number}": number})


@pytest.mark.django_db(transaction=True)
def test_events_of_one_session(alice):
    at_once(lambda writer: [log(alice, writer, number) for number in range(ROUNDS)])
    session = check_counts()
    assert session.metadata == {f"{writer}/{number}": number for writer in range(WRITERS) for number in range(ROUNDS)}


@pytest.mark.django_db(transaction=True)
def test_events_of_one_session_from_several_processes(alice, without_turns):
    sessions.start_session(by=alice, session_id="call")
    at_once(lambda writer: [log(alice, writer, number) for number in range(ROUNDS)])
    check_counts()


def check_counts() -> ConversationSession:
    session = ConversationSession.objects.get()
    user_count, all_count = WRITERS * ROUNDS * 3, WRITERS * ROUNDS * 3 + ROUNDS
    assert TranscriptEvent.objects.count() == all_count
    assert (session.event_count, session.user_count) == (all_count, user_count)
    return session


@pytest.mark.django_db(transaction=True)
def test_the_same_events_by_all(alice):
    same = [{"session_id": "call", "event_id": str(n), "role": "tool", "content": ""} for n in range(20)]
    taken = at_once(lambda _: events.log_events(by=alice, events=same))
    told = [each.result for each in taken if not each.is_journaled]
    assert sum(each.accepted for each in told) <= 20
    assert {each.accepted + each.duplicates for each in told} == {20}
    assert ConversationSession.objects.get().event_count == TranscriptEvent.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_the_same_session_by_all(alice):
    taken = at_once(lambda _: sessions.start_session(by=alice, session_id="call"))
    assert [each.result[1] for each in taken if not each.is_journaled].count(True) <= 1
    assert ConversationSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lead_and_its_session_at_once(alice):
    """Whichever is saved later sees the other."""

    def work(number):
        if number % 2:
            sessions.start_session(by=alice, session_id=f"call_{number // 2}")
        else:
            named = {"email": f"{number}@example.com", "session_id": f"call_{number // 2}"}
            leads.create_lead(by=alice, **PERSON | named)

    at_once(work, range(16))
    assert list(ConversationSession.objects.values_list("lead_generated", flat=True)) == [True] * 8
