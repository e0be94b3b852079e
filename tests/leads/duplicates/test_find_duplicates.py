"""Leads that look like one person are suggested, and dismissed."""

import pytest

from config.errors import Conflict
from leads.actions import duplicates, leads
from leads.models import COMPARED, Lead, LeadKey, LeadPair
from tests.accounts.conftest import join_team_of
from tests.leads.leads import make_lead


def person(by, number, **fields):
    given = {"name": f"Person {number}", "email": f"p{number}@site{number}.example", "company": f"Firm {number}"}
    return make_lead(by, **given | fields)


def pairs():
    return {(pair.first_id, pair.second_id): pair.kinds for pair in LeadPair.objects.suggested()}


def key(one, two):
    return tuple(sorted((one.pk, two.pk)))


def test_alike_in_each_way(alice, charlie):
    ann = make_lead(alice, phone="+49 170 1234567")
    ben = person(alice, 1, phone="0170 1234567")
    lee = person(alice, 2, name="Lee Ann", company="ACME Ltd.", email="ann@acme.co.uk")
    person(alice, 3)
    make_lead(charlie, phone="+49 170 1234567")
    assert duplicates.sweep() == 5
    assert pairs() == {key(ann, ben): ["phone"], key(ann, lee): ["email", "name"]}
    assert set(Lead.objects.values_list("compared", flat=True)) == {COMPARED}
    assert duplicates.sweep() == 0


def test_changes_are_seen(alice):
    ann, ben = make_lead(alice, phone="01701234567"), person(alice, 1)
    duplicates.sweep()
    assert pairs() == {}
    leads.change_lead(by=alice, lead=ben, phone="+491701234567")
    assert Lead.objects.get(pk=ben.pk).compared == 0
    duplicates.sweep()
    assert pairs() == {key(ann, ben): ["phone"]}
    leads.create_lead(by=alice, email=ben.email, name=ann.name, company=ann.company, interest="x")
    duplicates.sweep()
    assert pairs() == {key(ann, ben): ["name", "phone"]}
    leads.change_lead(by=alice, lead=ann, phone="1", company="Other")
    duplicates.sweep()
    assert pairs() == {}
    leads.change_lead(by=alice, lead=ann, budget="9")
    assert Lead.objects.get(pk=ann.pk).compared == COMPARED


def test_what_many_have_tells_nothing(alice, monkeypatch):
    """The number of a switchboard; no more of its keys are written than tell that."""
    monkeypatch.setattr(duplicates, "SHARED_MAX", 3)
    monkeypatch.setattr(duplicates, "BATCH_ROWS", 2)
    for number in range(8):
        person(alice, number, phone="0170 1234567")
        duplicates.sweep()
    assert LeadKey.objects.filter(kind="phone").count() == 4
    assert len(pairs()) == 3


def test_dismissed_for_good(alice, page, charlie):
    mate = join_team_of(alice, "mate")
    ann, ben = make_lead(alice, phone="01701234567"), person(alice, 1, phone="01701234567")
    duplicates.sweep()
    pair = LeadPair.objects.get()
    address = f"/leads/duplicates/{pair.pk}/dismiss"
    assert page(charlie).post(address).status_code == 404
    assert page(mate).post(address).status_code == 302
    shown = page(alice).get("/leads/duplicates").content.decode()
    assert "No duplicates" in shown
    leads.change_lead(by=alice, lead=ann, phone="+49 170 1234567")
    duplicates.sweep()
    assert pairs() == {} and LeadPair.objects.get().by == mate
    leads.delete_lead(by=alice, lead=ben)
    assert not LeadPair.objects.exists() and LeadKey.objects.filter(lead=ann.pk).count() == 3
    with pytest.raises(Conflict):
        duplicates.dismiss(by=alice, pair=pair)


def test_cut_off_and_changed_meanwhile(alice, monkeypatch):
    ann, ben = make_lead(alice, phone="01701234567"), person(alice, 1, phone="01701234567")
    settle = duplicates.settle

    def change_first(team_id, alike):
        Lead.objects.filter(pk=ben.pk).update(phone="", compared=0)
        raise RuntimeError

    monkeypatch.setattr(duplicates, "settle", change_first)
    with pytest.raises(RuntimeError):
        duplicates.sweep()
    monkeypatch.setattr(duplicates, "settle", settle)
    assert duplicates.sweep() == 2
    assert pairs() == {}
    assert key(ann, ben) not in pairs()


def test_one_goes_while_the_pair_is_made(alice, page, monkeypatch):
    """On MongoDB no foreign key keeps the pair out; left there it was a 500 for the whole team."""
    ann, ben = make_lead(alice, phone="01701234567"), person(alice, 1, phone="01701234567")
    create = LeadPair.objects.create

    def delete_first(**fields):
        Lead.objects.filter(pk=ben.pk).delete()
        return create(**fields)

    monkeypatch.setattr(type(LeadPair.objects), "create", lambda manager, **fields: delete_first(**fields))
    duplicates.sweep()
    monkeypatch.undo()
    assert not LeadPair.objects.exists()
    duplicates.put_keys(alice.team_id, {ben.pk: {"0": "phone"}})  # it was read before
    assert not LeadKey.objects.filter(lead_id=ben.pk).exists()
    pair = LeadPair.objects.create(team=alice.team, first=ann, second_id=ben.pk)
    assert "No duplicates" in page(alice).get("/leads/duplicates").content.decode()
    answer = page(alice).post(f"/leads/duplicates/{pair.pk}/dismiss", follow=True)
    assert "was merged or deleted in the meantime" in answer.content.decode()
    leads.delete_lead(by=alice, lead=ann)
    assert not LeadPair.objects.exists()


def test_the_page(alice, charlie, page):
    ann = make_lead(alice, phone="01701234567", message="<b>Call</b>")
    ben = person(alice, 1, phone="01701234567", budget="9,000")
    duplicates.sweep()
    shown = page(alice).get("/leads/duplicates").content.decode()
    for words in (str(ann), str(ben), "The same phone number", "9,000", "&lt;b&gt;Call", "Not the same person"):
        assert words in shown
    assert f"/leads/{min(ann.pk, ben.pk)}/merge?with={max(ann.pk, ben.pk)}" in shown
    assert "No duplicates" in page(charlie).get("/leads/duplicates").content.decode()
