"""A lead whose e-mail the team knows already."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection

from accounts.models import User
from leads import records
from leads.actions import lead_values, leads
from leads.models import (
    Lead,
    LeadAlias,
    StatusChange,
)
from leads.records import Kind
from tests.accounts.conftest import join_team_of
from tests.leads.leads import PERSON, make_lead

ADDRESS = "/api/leads"


def create(api, user, **fields):
    return api(user).post(ADDRESS, PERSON | fields, "application/json")


def again(lead: Lead, by: User, **fields):
    """The result of the same e-mail once more."""
    given = {"email": lead.email, "name": lead.name, "company": lead.company, "interest": lead.interest}
    return leads.create_lead(by=by, **given | fields)


def record_of(by: User, **fields) -> records.Record:
    return records.make(Kind.LEAD, by=by, data=lead_values.checked(PERSON | fields))


def test_a_known_email_is_merged(alice):
    old = make_lead(alice, phone="1", message="Call me.", tags=["a", "b"], metadata={"x": 1, "y": 1}, source="web")
    taken = again(old, alice, company="Acme Ltd", phone="", tags=["b", "c"], metadata={"y": 2}, budget="9")
    lead, is_new = taken.result
    assert not is_new
    assert Lead.objects.get() == lead == old
    assert (lead.company, lead.phone, lead.budget, lead.message, lead.source) == (
        "Acme Ltd",
        "1",
        "9",
        "Call me.",
        "web",
    )
    assert (lead.tags, lead.metadata) == (["a", "b", "c"], {"x": 1, "y": 2})
    assert (lead.timestamp, lead.created_at) == (old.timestamp, old.created_at)
    assert lead.updated_at >= old.updated_at
    assert LeadAlias.objects.get().pk == taken.record.id
    assert LeadAlias.objects.get().lead == lead


def test_a_merge_keeps_the_time_it_came_up(alice):
    lead = make_lead(alice, timestamp=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    again(lead, alice, timestamp=dt.datetime(2026, 11, 5, tzinfo=dt.UTC))
    assert Lead.objects.get().timestamp == dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def test_a_merge_moves_the_status_only_when_it_is_given(alice):
    lead = make_lead(alice, status="contacted")
    again(lead, alice)
    assert Lead.objects.get().status == "contacted"
    again(lead, alice, status="qualified")
    assert Lead.objects.get().status == "qualified"
    steps = StatusChange.objects.order_by("pk").values_list("from_status", "to_status")
    assert list(steps) == [("", "contacted"), ("contacted", "qualified")]


def test_a_message_that_is_replaced_becomes_a_note(alice):
    lead = make_lead(alice, message="First.")
    again(lead, alice, message="Second.")
    again(lead, alice, message="Second. Third.")
    assert Lead.objects.get().message == "Second. Third."
    assert [note.text for note in lead.notes.all()] == ["Earlier message:\nFirst."]


def test_merged_metadata_and_tags_do_not_grow_for_ever(alice):
    """The oldest go."""
    lead = make_lead(alice, tags=[f"old {n}" for n in range(15)], metadata={"old": "x" * 40_000, "kept": 1})
    again(lead, alice, tags=[f"new {n}" for n in range(15)], metadata={"new": "y" * 40_000})
    lead = Lead.objects.get()
    assert lead.metadata == {"kept": 1, "new": "y" * 40_000}
    assert lead.tags == [f"old {n}" for n in range(10, 15)] + [f"new {n}" for n in range(15)]


@pytest.mark.parametrize("is_known", [False, True])
def test_writing_twice_changes_nothing(alice, is_known):
    if is_known:
        make_lead(alice, phone="1")
    record = record_of(alice, phone="2", status="contacted")
    first, _ = leads.write_lead(record)
    leads.change_lead(by=alice, lead=first, phone="3", status="new")
    second, _ = leads.write_lead(record)
    assert (second, second.phone, second.status) == (first, "3", "new")
    assert Lead.objects.count() == 1
    assert LeadAlias.objects.count() == int(is_known)


def test_two_teams_may_know_the_same_person(api, alice, charlie):
    assert create(api, alice).status_code == create(api, charlie).status_code == 201
    assert Lead.objects.owned_by(alice).get() != Lead.objects.owned_by(charlie).get()


def test_the_second_of_two_at_once_is_merged(alice, monkeypatch):
    """It finds nobody, and then its insert fails."""
    other, insert = record_of(alice, phone="1"), leads.insert

    def come_second(record, by_id):
        monkeypatch.setattr(leads, "insert", insert)
        raise IntegrityError

    monkeypatch.setattr(leads, "insert", come_second)
    leads.write_lead(other)
    lead, is_new = leads.write_lead(record_of(alice, budget="2"))
    assert not is_new
    assert (lead.phone, lead.budget) == ("1", "2")


@pytest.mark.django_db(transaction=True)
def test_many_at_once(alice):
    together = threading.Barrier(8)
    seen = []

    def come(number):
        together.wait()
        try:
            seen.append(leads.write_lead(record_of(alice, metadata={str(number): number}))[1])
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [False] * 7 + [True]
    assert len(Lead.objects.get().metadata) == 8
    assert LeadAlias.objects.count() == 7


def test_a_lead_that_goes_while_it_is_merged_is_made_anew(alice, monkeypatch):
    old = make_lead(alice, phone="1")
    merge = leads.merge

    def go(lead, record, by_id):
        monkeypatch.setattr(leads, "merge", merge)
        raise leads.Overtaken

    def go_first(record):
        Lead.objects.all().delete()

    monkeypatch.setattr(leads, "merge", go)
    monkeypatch.setattr(leads, "mark_before", lambda record: None if leads.merge is go else go_first(record))
    lead, is_new = again(old, alice).result
    assert is_new
    assert (lead.phone, Lead.objects.get()) == ("", lead)


def test_api_merges(api, alice):
    mate = join_team_of(alice, "mate")
    first = create(api, alice, phone="1").json()
    answer = create(api, mate, email="ANN@acme.example", phone=None, company="Acme Ltd")
    assert answer.status_code == 200
    assert answer.json() == first | {"company": "Acme Ltd", "updated_at": answer.json()["updated_at"]}
