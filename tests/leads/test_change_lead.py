import datetime as dt

import pytest
from django.db import IntegrityError

from accounts import tasks
from accounts.actions import deletion, members
from config.errors import Conflict, NotFound, Unprocessable
from config.ids import new_id
from leads.actions import leads, notes
from leads.models import DirtyDay, Lead, LeadAlias, LeadNote, StatusChange
from tests.accounts.conftest import join_team_of
from tests.conftest import PASSWORD
from tests.leads.leads import PERSON, make_lead

FIELDS = {
    "name": "Anna Lee",
    "email": "anna@acme.example",
    "company": "Acme Ltd",
    "interest": "phone menu",
    "phone": "2",
    "job_title": "Buyer",
    "budget": "9",
    "timeline": "soon",
    "message": "Hello.",
    "source": "fair",
    "session_id": "call:2",
    "tags": ["big"],
    "metadata": {"a": [1]},
}
BAD = [
    *((field, text) for field in ("name", "company", "interest", "email") for text in ("", " ", "a\0b")),
    ("email", "nobody"),
    ("phone", "x" * 201),
    ("message", "x" * 10_001),
    ("status", "won"),
    ("status", ""),
    ("session_id", "two words"),
    ("timestamp", "2999-01-01T00:00:00Z"),
    ("tags", ["a,b"]),
    ("metadata", {"a": "b\0"}),
    ("metadata", "text"),
    ("owner", "nobody"),
    ("owner", "a" * 24),
    ("owner", "\0"),
]


@pytest.fixture
def lead(alice):
    return make_lead(alice, phone="1", message="Call me.", tags=["a"], metadata={"x": 1}, source="web")


def change(api, user, lead, **fields):
    return api(user).patch(f"/api/leads/{lead.pk}", fields, "application/json")


def test_action_changes_everything(alice, lead):
    moment = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    leads.change_lead(by=alice, lead=lead, **FIELDS, timestamp=moment, status="contacted", owner=alice.pk)
    saved = Lead.objects.get()
    assert {name: getattr(saved, name) for name in FIELDS} == FIELDS
    assert (saved.timestamp, saved.status, saved.owner) == (moment, "contacted", alice)
    assert (saved.created_at, saved.pk) == (lead.created_at, lead.pk)
    assert saved.updated_at > saved.created_at
    assert (lead.email, lead.status) == ("anna@acme.example", "contacted")
    assert StatusChange.objects.filter(from_status="new", to_status="contacted", by=alice).exists()


def test_what_is_not_named_stays(alice, lead):
    leads.change_lead(by=alice, lead=lead, name="Anna")
    saved = Lead.objects.get()
    assert (saved.name, saved.phone, saved.tags, saved.metadata) == ("Anna", "1", ["a"], {"x": 1})


def test_nothing_new_changes_nothing(alice, lead):
    before = lead.updated_at
    leads.change_lead(by=alice, lead=lead, name="Ann Lee", status="new", tags=["A"], email=" ANN@acme.example")
    assert Lead.objects.get().updated_at == before
    assert StatusChange.objects.count() == 1


def test_optional_fields_can_be_blanked(alice, lead):
    leads.change_lead(by=alice, lead=lead, phone="", message="", source=" ", tags=[], metadata={}, session_id="")
    saved = Lead.objects.get()
    assert (saved.phone, saved.message, saved.source, saved.tags, saved.metadata) == ("", "", "", [], {})


def test_a_taken_email_is_refused_and_names_its_lead(alice, lead):
    other = make_lead(alice, email="ben@acme.example", name="Ben")
    with pytest.raises(Conflict, match=f"Ben \\({other.pk}\\)"):
        leads.change_lead(by=alice, lead=lead, email="Ben@acme.example", name="Anna", status="closed")
    saved = Lead.objects.get(pk=lead.pk)
    assert (saved.email, saved.name, saved.status) == ("ann@acme.example", "Ann Lee", "new")


@pytest.mark.django_db(transaction=True)
def test_an_email_that_is_taken_at_the_same_time_is_refused(alice, monkeypatch):
    lead = make_lead(alice)
    make_lead(alice, email="ben@acme.example")
    monkeypatch.setattr(leads, "check_free", lambda lead, email: None)
    with pytest.raises(Conflict, match="has this e-mail"):
        leads.change_lead(by=alice, lead=lead, email="ben@acme.example", status="closed")
    saved = Lead.objects.get(pk=lead.pk)
    assert (saved.email, saved.status) == ("ann@acme.example", "new")


def test_another_teams_lead_may_have_the_email(alice, charlie, lead):
    make_lead(charlie, email="ben@acme.example")
    leads.change_lead(by=alice, lead=lead, email="ben@acme.example")
    assert Lead.objects.filter(email="ben@acme.example").count() == 2


def test_a_lead_that_was_deleted_meanwhile(alice, lead):
    Lead.objects.all().delete()
    for changes in ({"name": "Anna"}, {"status": "closed"}):
        with pytest.raises(NotFound, match="deleted in the meantime"):
            leads.change_lead(by=alice, lead=lead, **changes)


def test_the_owner_is_somebody_of_the_team(alice, charlie, lead):
    mate = join_team_of(alice, "mate")
    leads.change_lead(by=alice, lead=lead, owner=mate.pk)
    assert Lead.objects.get().owner == mate
    with pytest.raises(Unprocessable, match="Nobody in your team"):
        leads.change_lead(by=alice, lead=lead, owner=charlie.pk)
    leads.change_lead(by=alice, lead=lead, owner=None)
    assert Lead.objects.get().owner is None


def test_whoever_leaves_the_team_has_no_leads_of_it(alice, lead):
    mate = join_team_of(alice, "mate")
    leads.change_lead(by=alice, lead=lead, owner=mate.pk)
    members.remove_member(by=alice, member=mate)
    assert Lead.objects.get().owner is None


def test_what_a_deleted_account_did_stays(alice, lead):
    mate = join_team_of(alice, "mate")
    leads.change_lead(by=mate, lead=lead, owner=mate.pk, status="closed")
    notes.add_note(by=mate, lead=lead, text="Called.")
    deletion.close_account(by=mate, password=PASSWORD)
    tasks.delete_account(mate.pk)
    assert Lead.objects.get().owner is None
    assert (LeadNote.objects.get().text, LeadNote.objects.get().by) == ("Called.", None)
    assert StatusChange.objects.get(to_status="closed").by is None


def test_a_team_that_ends_takes_its_leads_along(alice, charlie, lead):
    kept = make_lead(charlie)
    notes.add_note(by=alice, lead=lead, text="Called.")
    leads.create_lead(by=alice, **PERSON)
    deletion.close_account(by=alice, password=PASSWORD)
    tasks.delete_account(alice.pk)
    assert Lead.objects.get() == kept
    assert StatusChange.objects.get().lead == kept
    assert (LeadNote.objects.count(), LeadAlias.objects.count()) == (0, 0)


def test_both_days_are_counted_again(alice, lead):
    first, second = (dt.datetime(2026, 11, day, tzinfo=dt.UTC) for day in (1, 2))
    leads.change_lead(by=alice, lead=lead, timestamp=first)
    DirtyDay.objects.all().delete()
    leads.change_lead(by=alice, lead=lead, timestamp=second)
    assert {day.day for day in DirtyDay.objects.all()} >= {first.date(), second.date()}


def test_api(api, alice, lead):
    mate = join_team_of(alice, "mate")
    answer = change(api, mate, lead, company="Acme Ltd", phone="", owner=mate.pk, tags=["Big"], status="qualified")
    assert answer.status_code == 200
    seen = answer.json()
    assert (seen["company"], seen["phone"], seen["owner"], seen["tags"]) == ("Acme Ltd", "", mate.pk, ["big"])
    assert (seen["status"], seen["message"]) == ("qualified", "Call me.")


def test_api_takes_back_what_it_gave(api, alice, lead):
    before = api(alice).get(f"/api/leads/{lead.pk}").json()
    assert change(api, alice, lead, **before).json() == before


def test_api_null_stays_but_for_the_owner(api, alice, lead):
    leads.change_lead(by=alice, lead=lead, owner=alice.pk)
    seen = change(api, alice, lead, name=None, phone=None, metadata=None, tags=None, status=None, owner=None).json()
    assert (seen["name"], seen["phone"], seen["metadata"], seen["tags"]) == ("Ann Lee", "1", {"x": 1}, ["a"])
    assert seen["owner"] is None


@pytest.mark.parametrize(("field", "value"), BAD)
def test_api_refuses(api, alice, lead, field, value):
    answer = change(api, alice, lead, **{"name": "Anna", field: value})
    assert (answer.status_code, answer.json()["errors"][0]["loc"][:2]) == (422, ["body", field])
    assert Lead.objects.get().updated_at == lead.updated_at


def test_api_conflict(api, alice, lead):
    make_lead(alice, email="ben@acme.example")
    answer = change(api, alice, lead, email="ben@acme.example")
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


def test_api_hides_other_teams(api, bob, charlie, lead):
    for stranger in (bob, charlie):
        assert change(api, stranger, lead, name="Mine").status_code == 404
    assert Lead.objects.get().name == "Ann Lee"


def test_page(page, alice, lead):
    address = f"/leads/{lead.pk}/change"
    form = page(alice).get(address).content.decode()
    assert 'value="Ann Lee"' in form
    assert "Call me." in form
    answer = page(alice).post(address, PERSON | {"name": "Anna Lee", "tags": "big, a", "message": ""})
    assert answer["Location"] == f"/leads/{lead.pk}"
    saved = Lead.objects.get()
    assert (saved.name, saved.tags, saved.message, saved.metadata) == ("Anna Lee", ["big", "a"], "", {"x": 1})


def test_page_says_what_is_wrong(page, alice, lead):
    make_lead(alice, email="ben@acme.example")
    client, address = page(alice), f"/leads/{lead.pk}/change"
    assert "has this e-mail" in client.post(address, PERSON | {"email": "ben@acme.example"}).content.decode()
    assert "Say the lead&#x27;s company." in client.post(address, PERSON | {"company": ""}).content.decode()
    assert "A tag has 1 to 40" in client.post(address, PERSON | {"tags": "a|b"}).content.decode()
    assert "Null characters" in client.post(address, PERSON | {"phone": "a\0"}).content.decode()
    assert Lead.objects.get(pk=lead.pk).updated_at == lead.updated_at


def test_page_assigns(page, alice, charlie, lead):
    client, address = page(alice), f"/leads/{lead.pk}/owner"
    assert client.post(address, {"owner": alice.pk})["Location"] == f"/leads/{lead.pk}"
    assert Lead.objects.get().owner == alice
    for wrong in (charlie.pk, "nonsense", new_id()):
        fragment = client.post(address, {"owner": wrong}, headers={"HX-Request": "true"}).content.decode()
        assert "Nobody in your team has this id." in fragment
    assert Lead.objects.get().owner == alice
    client.post(address, {"owner": ""})
    assert Lead.objects.get().owner is None


def test_the_database_has_the_last_word(alice, lead):
    make_lead(alice, email="ben@acme.example")
    with pytest.raises(IntegrityError):
        Lead.objects.filter(pk=lead.pk).update(email="ben@acme.example")
