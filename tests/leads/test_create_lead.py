import datetime as dt

import pytest

from accounts.models import Team, User
from config import times
from config.errors import Conflict, NotFound
from config.ids import new_id
from leads import records
from leads.actions import lead_values, leads
from leads.models import (
    MESSAGE_MAX_CHARACTERS,
    Lead,
    StatusChange,
)
from leads.records import Kind
from tests.leads.leads import PERSON, make_lead

ADDRESS = "/api/leads"
KEYS = {
    *("_id", "name", "email", "company", "interest", "phone", "job_title", "budget", "timeline", "message", "status"),
    *("source", "session_id", "timestamp", "created_at", "updated_at", "metadata", "owner", "tags"),
}


def create(api, user, **fields):
    return api(user).post(ADDRESS, PERSON | fields, "application/json")


def record_of(by: User, **fields) -> records.Record:
    return records.make(Kind.LEAD, by=by, data=lead_values.checked(PERSON | fields))


def test_action(alice):
    before = times.now()
    taken = leads.create_lead(by=alice, **PERSON | {"email": "  Ann@ACME.example ", "name": " Ann \n Lee\u202e"})
    lead, is_new = taken.result
    assert is_new
    assert lead == Lead.objects.get()
    assert (lead.pk, lead.team, lead.name, lead.email) == (taken.record.id, alice.team, "Ann Lee", "ann@acme.example")
    assert (lead.status, lead.source, lead.session_id, lead.owner, lead.tags, lead.metadata) == (
        "new",
        "",
        "",
        None,
        [],
        {},
    )
    assert before <= lead.timestamp == lead.created_at == lead.updated_at <= times.now()


def test_its_history_begins(alice):
    lead = make_lead(alice, status="qualified")
    change = StatusChange.objects.get()
    assert (change.lead, change.by, change.from_status, change.to_status) == (lead, alice, "", "qualified")


def test_everything_is_kept(alice):
    fields = {
        "phone": "+1 555 0100",
        "job_title": "Buyer",
        "budget": "5,000",
        "timeline": "soon",
        "message": "Two\r\nlines",
        "source": "website",
        "session_id": "call:1",
        "status": "contacted",
        "tags": ["Phone", "big fish", "phone"],
        "metadata": {"$set": {"a.b": 1}, "": [None, True, 1.5, "Zoë"], "x.y": "$name"},
        "timestamp": dt.datetime(2026, 11, 1, 10, 0, 0, 123_456, tzinfo=dt.UTC),
    }
    make_lead(alice, **fields)
    lead = Lead.objects.get()
    kept = {name: getattr(lead, name) for name in fields}
    assert kept == fields | {
        "message": "Two\nlines",
        "tags": ["phone", "big fish"],
        "timestamp": fields["timestamp"].replace(microsecond=123_000),
    }


def test_the_longest_texts_are_taken(alice):
    fields = {name: "x" * most for name, most in lead_values.LINES.items()} | {"message": "x" * MESSAGE_MAX_CHARACTERS}
    make_lead(alice, **fields)
    assert {name: getattr(Lead.objects.get(), name) for name in fields} == fields


def test_an_id_that_another_team_has_is_refused(alice, charlie):
    lead = make_lead(alice)
    with pytest.raises(Conflict, match="belongs to another"):
        leads.create_lead(by=charlie, record_id=lead.pk, **PERSON)


def test_a_deserted_team_takes_no_lead(alice):
    data = record_of(alice).data
    for team in (new_id(), Team.objects.create(name="Nobody").pk):
        with pytest.raises(NotFound, match="not here any more"):
            leads.write_lead(records.Record(Kind.LEAD, team, alice.pk, data))
    assert not Lead.objects.exists()


def test_whoever_sent_it_may_be_gone(alice):
    record = records.Record(Kind.LEAD, alice.team_id, new_id(), record_of(alice).data)
    leads.write_lead(record)
    assert StatusChange.objects.get().by is None


def test_api(api, alice):
    answer = create(
        api, alice, email="Ann@acme.example", budget=5000, tags=["A"], timestamp="2026-11-01T12:00:00+02:00"
    )
    lead = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"/api/leads/{lead['_id']}")
    assert set(lead) == KEYS
    assert lead["timestamp"] == "2026-11-01T10:00:00.000Z"
    assert (lead["email"], lead["budget"], lead["status"], lead["session_id"]) == (
        "ann@acme.example",
        "5000",
        "new",
        None,
    )
    assert (lead["owner"], lead["tags"], lead["metadata"], lead["phone"]) == (None, ["a"], {}, "")


def test_api_journals_what_can_not_be_written_now(api, alice, monkeypatch):
    monkeypatch.setattr("leads.journal.is_behind", lambda: True)
    answer = create(api, alice)
    assert answer.status_code == 202
    assert set(answer.json()) == {"status", "_id"}
    assert answer.json()["status"] == "journaled"
    assert not Lead.objects.exists()


def test_api_does_it_once_under_a_key(api, alice):
    headers = {"Idempotency-Key": "call-1"}
    answers = [api(alice).post(ADDRESS, PERSON, "application/json", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    other = api(alice).post(ADDRESS, PERSON | {"name": "Ben"}, "application/json", headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
