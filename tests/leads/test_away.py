"""Every door while the database is away."""

import pytest
from django.db import OperationalError
from django.test import Client

from accounts import tokens
from accounts.actions import idempotency, keys
from accounts.models import Scope
from config import breaker
from leads import records
from leads.actions import replay
from leads.models import ConversationSession, Lead, TranscriptEvent

LEAD = {"name": "Ada", "email": "ada@acme.example", "company": "Acme", "interest": "Sails"}
INGEST = [
    ("post", "/api/leads", LEAD),
    ("post", "/api/transcripts/events", {"session_id": "talk", "role": "user", "content": "Hello"}),
    ("post", "/api/transcripts/events", {"events": [{"session_id": "talk", "role": "user", "content": "Hello"}]}),
    ("post", "/api/sessions", {"session_id": "talk", "channel": "voice"}),
    ("patch", "/api/sessions/talk", {"metadata": {"mood": "fine"}}),
]
OTHERS = [
    ("get", "/api/leads", None),
    ("get", "/api/leads/by-email/ada@acme.example", None),
    ("patch", f"/api/leads/{'a' * 24}", {"name": "Ada"}),
    ("delete", f"/api/leads/{'a' * 24}", None),
    ("get", "/api/transcripts/talk", None),
    ("get", "/api/sessions/talk", None),
    ("get", "/api/analytics/leads", None),
    ("get", "/api/jobs", None),
    ("post", "/api/jobs", {"text": "Ropes creak."}),
    ("get", "/api/user", None),
]
pytestmark = pytest.mark.django_db(transaction=True)  # a replay takes its own


def names(doors):
    return [f"{method} {path} {number}" for number, (method, path, _) in enumerate(doors)]


at_each = pytest.mark.parametrize(("method", "path", "body"), INGEST, ids=names(INGEST))


@pytest.fixture
def seen(api, alice):
    """A client with a token that the database has let in."""
    client = api(alice)
    client.raise_request_exception = False
    assert client.get("/api/sessions").status_code == 200
    return client


def send(client, method, path, body, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return getattr(client, method)(path, body, content_type="application/json", headers=headers)


def assert_away(answer):
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.content
    assert answer.headers["Retry-After"] == "5"
    assert "secret" not in answer.text


def journaled(settings):
    lines = [line for file in sorted(settings.JOURNAL_DIR.glob("*.jsonl")) for line in file.read_bytes().splitlines()]
    return [records.read(line) for line in lines]


def catch_up():
    assert replay.replay(seconds=30).left == 0


@at_each
def test_what_comes_in_is_journaled(seen, alice, outage, settings, method, path, body):
    outage.begin()
    answer = send(seen, method, path, body)
    assert (answer.status_code, answer.json()["status"]) == (202, "journaled")
    (record,) = journaled(settings)
    assert (record.team_id, record.by_id) == (alice.team_id, alice.pk)
    assert breaker.is_open()


@at_each
def test_once_it_is_known_to_be_away_it_is_not_asked(seen, outage, method, path, body):
    outage.begin()
    send(seen, method, path, body)
    asked = outage.questions
    assert send(seen, method, path, body).status_code == 202
    assert outage.questions == asked


@at_each
def test_a_database_that_goes_after_sign_in(seen, monkeypatch, outage, method, path, body):
    sign_in = tokens.read

    def last(token):
        user = sign_in(token)
        outage.begin()
        return user

    monkeypatch.setattr(tokens, "read", last)
    assert send(seen, method, path, body).status_code == 202
    assert breaker.is_open()


@at_each
def test_a_credential_that_was_not_seen(api, charlie, seen, outage, method, path, body):
    outage.begin()
    for _ in range(2):  # the first finds out that it is away
        assert_away(send(api(charlie), method, path, body))


@at_each
def test_a_session_of_the_pages(page, alice, outage, method, path, body):
    client = page(alice)
    outage.begin()
    for _ in range(2):
        assert_away(send(client, method, path, body))


@at_each
def test_nobody(seen, outage, method, path, body):
    outage.begin()
    send(seen, method, path, body)
    for credential in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Digest x"}):
        assert send(Client(), method, path, body, **credential).status_code == 401


@at_each
def test_a_key_without_the_scope(alice, outage, method, path, body):
    client = Client(headers={"x-api-key": keys.create_key(by=alice, name="Reads", scopes=[Scope.READ])[1]})
    assert client.get("/api/sessions").status_code == 200
    outage.begin()
    answer = send(client, method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


@at_each
def test_what_is_malformed_is_refused_as_ever(seen, outage, settings, method, path, body):
    outage.begin()
    send(seen, method, path, body)
    count = len(journaled(settings))
    assert send(seen, method, path, "not JSON").status_code in (400, 422)
    assert send(seen, method, path, {"metadata": 5, "role": "king"}).status_code == 422
    assert len(journaled(settings)) == count


@at_each
def test_a_journal_that_is_gone(seen, outage, settings, method, path, body):
    settings.JOURNAL_DIR.rmdir()
    outage.begin()
    assert_away(send(seen, method, path, body))


@pytest.mark.parametrize(("method", "path", "body"), OTHERS, ids=names(OTHERS))
def test_other_doors(seen, outage, method, path, body):
    outage.begin()
    assert_away(send(seen, method, path, body))
    breaker.trip(OperationalError("away"))
    assert_away(send(seen, method, path, body))


@pytest.mark.parametrize("path", ["/leads", "/conversations", "/jobs"])
def test_pages(page, alice, outage, path):
    client = page(alice)
    client.raise_request_exception = False
    outage.begin()
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_all_of_it_is_there_when_the_database_is_back(seen, alice, outage):
    outage.begin()
    for method, path, body in INGEST:
        assert send(seen, method, path, body).status_code == 202
    outage.end()
    catch_up()
    session = ConversationSession.objects.get(team=alice.team_id)
    assert (session.session_id, session.metadata) == ("talk", {"mood": "fine"})
    assert TranscriptEvent.objects.filter(session_id="talk").count() == 2
    assert Lead.objects.get().email == "ada@acme.example"


# Idempotency-Key


def test_the_same_key_twice_is_one_lead(seen, outage):
    outage.begin()
    ids = {send(seen, "post", "/api/leads", LEAD, idempotency_key="one").json()["_id"] for _ in range(3)}
    outage.end()
    catch_up()
    assert [lead.pk for lead in Lead.objects.all()] == [*ids]


def test_another_key_body_or_person_is_another_record(api, alice, bob, seen, outage):
    other = api(bob)
    other.get("/api/sessions")
    outage.begin()
    answers = [
        send(seen, "post", "/api/leads", LEAD, idempotency_key="one"),
        send(seen, "post", "/api/leads", LEAD, idempotency_key="two"),
        send(seen, "post", "/api/leads", LEAD | {"company": "Other"}, idempotency_key="one"),
        send(other, "post", "/api/leads", LEAD, idempotency_key="one"),
        send(seen, "post", "/api/leads", LEAD),
    ]
    assert [answer.status_code for answer in answers] == [202] * 5
    assert len({answer.json()["_id"] for answer in answers}) == 5


def test_the_same_request_of_another_team_is_another_record(alice, charlie):
    """Its id would be taken there, and what was acknowledged refused."""
    names = {"by": alice, "door": "create_lead", "key": "one", "digest": "same"}
    first = idempotency.record_id(**names)
    assert idempotency.record_id(**names) == first
    alice.team = charlie.team
    assert idempotency.record_id(**names) != first


def test_a_key_that_was_answered_before_is_merged_with_its_lead(seen, outage):
    first = send(seen, "post", "/api/leads", LEAD, idempotency_key="one")
    assert first.status_code == 201
    outage.begin()
    again = send(seen, "post", "/api/leads", LEAD, idempotency_key="one")
    assert again.status_code == 202
    outage.end()
    catch_up()
    assert Lead.objects.get().pk == first.json()["_id"]
    assert seen.get(f"/api/leads/{again.json()['_id']}").json()["_id"] == first.json()["_id"]


def test_a_key_is_claimed_again_when_the_database_is_back(seen, outage):
    outage.begin()
    send(seen, "post", "/api/leads", LEAD, idempotency_key="one")
    outage.end()
    catch_up()
    assert send(seen, "post", "/api/leads", LEAD, idempotency_key="one").status_code == 200
    assert Lead.objects.count() == 1


def test_a_key_whose_row_the_database_fails_to_take(seen, outage, monkeypatch):
    claim = idempotency.claim

    def fail(**names):
        outage.begin()
        return claim(**names)

    monkeypatch.setattr(idempotency, "claim", fail)
    assert send(seen, "post", "/api/leads", LEAD, idempotency_key="one").status_code == 202
    assert breaker.is_open()


def test_a_key_that_is_malformed_is_refused_as_ever(seen, outage):
    outage.begin()
    send(seen, "post", "/api/leads", LEAD)
    assert send(seen, "post", "/api/leads", LEAD, idempotency_key="x" * 256).status_code == 422


def test_another_door_with_a_key_stays_shut(seen, outage):
    outage.begin()
    assert_away(send(seen, "post", "/api/jobs", {"text": "Ropes creak."}, idempotency_key="one"))
