"""Two leads become one, by hand."""

import pytest

from config import times
from config.errors import Conflict, NotFound
from leads import journal, records
from leads.actions import duplicates, joining, lead_erasing, leads, notes, replay
from leads.actions.restore import Restore
from leads.journal import stored
from leads.models import ConversationSession, Erasure, Lead, LeadAlias, LeadKey, LeadNote, LeadPair, StatusChange
from leads.records import Kind
from tests.accounts.conftest import join_team_of
from tests.leads.leads import PERSON, make_lead
from tests.leads.whatsapp.chats import make_channel, make_contact


@pytest.fixture
def ann(alice):
    return make_lead(alice, phone="01701234567", tags=["vip"], metadata={"a": 1, "b": 1}, message="Call me.")


@pytest.fixture
def other(alice):
    fields = {"email": "ann@acme.de", "phone": "+491701234567", "budget": "9,000", "status": "qualified"}
    return make_lead(alice, **fields, tags=["fair"], metadata={"b": 2, "c": 2}, company="Acme GmbH")


def merge(by, kept, other, *taken):
    joining.merge_leads(by=by, kept=kept, other=other, taken=taken, seen=joining.mark_of(kept, other))


def test_all_that_both_have(alice, ann, other):
    notes.add_note(by=alice, lead=other, text="Called.")
    leads.create_lead(by=alice, **PERSON | {"email": other.email, "company": other.company})
    contact = make_contact(make_channel(alice))
    contact.lead = other
    contact.save()
    session = ConversationSession.objects.create(team=alice.team, session_id="call", start_time=times.now(), lead=other)
    for lead in (ann, other):
        lead.refresh_from_db()
    merge(alice, ann, other, "email", "budget", "status")
    assert Lead.objects.get() == ann
    assert (ann.email, ann.budget, ann.status, ann.company, ann.phone) == (
        "ann@acme.de",
        "9,000",
        "qualified",
        "Acme",
        "01701234567",
    )
    assert (sorted(ann.tags), ann.metadata) == (["fair", "vip"], {"a": 1, "b": 1, "c": 2})
    assert ann.timestamp <= other.timestamp
    assert LeadAlias.objects.filter(lead=ann).count() == 2
    assert Lead.objects.known_as(other.pk).get() == ann
    assert StatusChange.objects.filter(lead=ann).count() == 3
    said = "\n".join(LeadNote.objects.filter(lead=ann).values_list("text", flat=True))
    for words in ("Called.", "Merged with Ann Lee (ann@acme.de).", "E-mail: ann@acme.example", "Company: Acme GmbH"):
        assert words in said
    assert "Status: new" in said and "Budget" not in said
    contact.refresh_from_db()
    session.refresh_from_db()
    assert (contact.lead, session.lead, session.revision) == (ann, ann, 1)


def test_what_is_required_is_never_blanked(alice, ann, other):
    Lead.objects.filter(pk=other.pk).update(company="", phone="")
    other.refresh_from_db()
    merge(alice, ann, other, "company", "phone")
    assert (ann.company, ann.phone) == ("Acme", "")


def test_pairs_go_on(alice, ann, other):
    third = make_lead(alice, email="cy@else.example", name="Cy", phone="01701234567")
    fourth = make_lead(alice, email="di@some.example", name="Di", phone="01701234567")
    duplicates.sweep()
    assert LeadPair.objects.count() == 6
    with_third = LeadPair.objects.get(first__in=[other.pk, third.pk], second__in=[other.pk, third.pk])
    duplicates.dismiss(by=alice, pair=with_third)
    merge(alice, ann, other)
    assert not LeadKey.objects.filter(lead_id=other.pk).exists()
    duplicates.sweep()
    suggested = {frozenset((pair.first_id, pair.second_id)) for pair in LeadPair.objects.suggested()}
    assert suggested == {frozenset((ann.pk, fourth.pk)), frozenset((third.pk, fourth.pk))}


def test_two_who_merge_at_once_and_one_that_goes(alice, ann, other):
    seen = joining.mark_of(ann, other)
    stale = Lead.objects.get(pk=ann.pk), Lead.objects.get(pk=other.pk)
    leads.change_lead(by=alice, lead=other, budget="1")
    with pytest.raises(Conflict, match="changed"):
        joining.merge_leads(by=alice, kept=ann, other=other, taken=(), seen=seen)
    with pytest.raises(Conflict, match="changed"):  # between the look at the mark and the transaction
        joining.join(*stale, (), by_id=alice.pk)
    other.refresh_from_db()
    merge(alice, ann, other)
    assert (Lead.objects.count(), LeadNote.objects.count()) == (1, 1)
    with pytest.raises(Conflict, match="one lead by now"):
        merge(alice, ann, Lead.objects.known_as(other.pk).get())
    third = make_lead(alice, email="cy@acme.example")
    leads.delete_lead(by=alice, lead=third)
    with pytest.raises(Conflict):
        merge(alice, ann, third)
    with pytest.raises(Conflict):
        merge(alice, third, ann)
    assert Lead.objects.get().email == ann.email
    assert replay.replay().done == 0


def test_erased_and_merged_at_once(alice, ann, other):
    """Whoever was first has it; an erasure that comes second does not say that it has erased somebody."""
    stale = Lead.objects.get(pk=ann.pk), Lead.objects.get(pk=other.pk)
    for lead in stale:
        lead_erasing.hold(Lead.objects.get(pk=lead.pk))
        with pytest.raises(Conflict, match="changed"):
            joining.join(*stale, (), by_id=alice.pk)
        for each in stale:
            each.refresh_from_db()
    merge(alice, *stale, "email")
    with pytest.raises(NotFound, match="Erase that one"):
        lead_erasing.erase_lead(by=alice, lead=other)
    assert Lead.objects.exists() and not Erasure.objects.exists()
    lead_erasing.erase_lead(by=alice, lead=ann)  # as it was read before
    assert not Lead.objects.exists() and Erasure.objects.get().todo["email"] == other.email


def test_the_journal_brings_nobody_back(alice, ann, other):
    merge(alice, ann, other, "budget")
    counts = Restore(report=print, progress=lambda count: None).run()
    assert (counts["records"], counts["known"]) == (3, 3)
    assert Lead.objects.get().budget == "9,000"
    Lead.objects.all().delete()  # the database has lost them
    counts = Restore(report=print, progress=lambda count: None).run()
    assert (counts["restored"], Lead.objects.count()) == (3, 1)
    kept = Lead.objects.get()
    assert (kept, kept.budget, Lead.objects.known_as(other.pk).get()) == (ann, "9,000", ann)
    leads.delete_lead(by=alice, lead=kept)
    assert Restore(report=print, progress=lambda count: None).run()["restored"] == 0
    assert not Lead.objects.exists()


def test_a_merge_that_was_cut_off_is_done_by_the_replay(alice, ann, other, monkeypatch):
    def die(*args, **kwargs):
        raise SystemExit

    monkeypatch.setattr(joining, "join_rows", die)
    monkeypatch.setattr(journal, "drop", journal.leave)
    with pytest.raises(SystemExit):
        merge(alice, ann, other)
    monkeypatch.undo()
    record = records.make(Kind.LEADS_MERGED, by=alice, data={"kept": ann.pk, "ids": [other.pk], "taken": []})
    assert not stored.is_stored(record)
    joining.merge_again(record)
    joining.merge_again(record)
    assert Lead.objects.get() == ann and LeadNote.objects.count() == 1
    assert stored.is_stored(record)


def test_pages(alice, ann, other, page, charlie):
    client, address = page(join_team_of(alice, "mate")), f"/leads/{ann.pk}/merge"
    assert page(charlie).get(address).status_code == 404
    assert "E-mail of the other lead" in client.get(address).content.decode()
    assert "No other lead" in client.get(address, {"with": "nobody@acme.example"}).content.decode()
    assert "the lead itself" in client.get(address, {"with": ann.pk}).content.decode()
    shown = client.get(address, {"with": "ANN@acme.de"}).content.decode()
    assert 'name="take-budget" value="other" checked' in shown and 'name="take-phone" value="kept" checked' in shown
    said = {"other": other.pk, "seen": joining.mark_of(ann, other), "take-budget": "other", "take-nonsense": "other"}
    stale = client.post(address, said | {"seen": "1-1"}, follow=True)
    assert "changed, merged or deleted since you looked" in stale.content.decode()
    done = client.post(address, said, follow=True)
    assert done.redirect_chain == [(f"/leads/{ann.pk}", 302)]
    assert "is merged into" in done.content.decode()
    again = client.post(f"/leads/{other.pk}/merge", said | {"other": ann.pk}, follow=True)
    assert "one lead by now" in again.content.decode()
    gone = make_lead(alice, email="cy@acme.example")
    leads.delete_lead(by=alice, lead=gone)
    assert "deleted in the meantime" in client.post(address, {"other": gone.pk}, follow=True).content.decode()
    missing = client.post(f"/leads/{gone.pk}/merge", {"other": ann.pk})
    assert missing.status_code == 404 and "deleted in the meantime" in missing.content.decode()
