import pytest
from django.db import OperationalError

from config import times
from config.errors import Unavailable
from config.ids import new_id
from leads import journal, records
from leads.actions import lead_deletion, leads, notes, replay
from leads.journal import history
from leads.models import ConversationSession, DirtyDay, Lead, LeadAlias, LeadNote, StatusChange
from leads.records import Kind
from tests.leads.leads import PERSON, make_lead


@pytest.fixture
def lead(alice):
    """With a note, a history, an alias and a conversation."""
    lead = make_lead(alice, session_id="call:1")
    leads.create_lead(by=alice, **PERSON)
    notes.add_note(by=alice, lead=lead, text="Called.")
    leads.set_status(by=alice, lead=lead, status="closed")
    start = times.now().replace(year=2020)
    ConversationSession.objects.create(
        team=alice.team, session_id="call:1", start_time=start, lead=lead, lead_generated=True
    )
    return lead


@pytest.fixture
def journaled(monkeypatch):
    """Records of deletions that went into the journal."""
    seen = []
    append = journal.append

    def remember(record):
        append(record)
        if record.kind == Kind.LEAD_DELETED:
            seen.append(record)

    monkeypatch.setattr(journal, "append", remember)
    return seen


def test_action(alice, lead, journaled):
    other = make_lead(alice, email="ben@acme.example")
    notes.add_note(by=alice, lead=other, text="Stays.")
    alias = LeadAlias.objects.get().pk
    leads.delete_lead(by=alice, lead=lead)
    assert Lead.objects.get() == other
    assert LeadNote.objects.get().lead == other
    assert StatusChange.objects.get().lead == other
    assert not LeadAlias.objects.exists()
    session = ConversationSession.objects.get()
    assert (session.lead_id, session.lead_generated) == (None, False)
    assert DirtyDay.objects.filter(day=session.start_time.date()).exists()
    assert journaled[0].data == {"ids": [lead.pk, alias]}


def test_its_email_is_free_again(alice, lead):
    leads.delete_lead(by=alice, lead=lead)
    new = make_lead(alice)
    assert (new.pk != lead.pk, new.status, new.notes.count()) == (True, "new", 0)


def test_of_two_at_once_one_is_noted(alice, lead, journaled):
    leads.delete_lead(by=alice, lead=lead)
    leads.delete_lead(by=alice, lead=lead)
    assert {*history.deletions().values()} == {journaled[0].arrival}


def test_it_goes_though_the_journal_is_away(alice, lead, monkeypatch):
    def away(record):
        raise Unavailable("The journal can't be written.")

    monkeypatch.setattr(journal, "append", away)
    leads.delete_lead(by=alice, lead=lead)
    assert not Lead.objects.exists()


def test_it_stays_gone_when_the_journal_is_played_again(alice, journaled):
    first = leads.create_lead(by=alice, **PERSON).record
    second = leads.create_lead(by=alice, **PERSON).record
    leads.delete_lead(by=alice, lead=Lead.objects.get())
    leads.write_lead(second)  # of an older record nothing was kept: it comes back under its own id
    leads.erase_deleted(journaled[0])
    assert not Lead.objects.exists()
    leads.write_lead(first)
    leads.write_lead(second)
    leads.erase_deleted(journaled[0])
    leads.erase_deleted(journaled[0])
    assert not Lead.objects.exists()
    assert not LeadAlias.objects.exists()


def test_a_replay_of_what_nobody_noted_as_done_leaves_it_gone(alice, monkeypatch):
    """Its writer was killed between the database and its note."""
    with monkeypatch.context() as patch:
        patch.setattr(journal, "settle", journal.fall_behind)
        lead = make_lead(alice)
    leads.delete_lead(by=alice, lead=lead)
    assert replay.replay().done == 1
    assert not Lead.objects.exists()


def test_a_deletion_that_failed_is_none(alice, monkeypatch):
    def away(lead):
        raise OperationalError("no server")

    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(journal, "settle", journal.fall_behind)
        lead = make_lead(alice)
        patch.setattr(lead_deletion, "erase_rows", away)
        leads.delete_lead(by=alice, lead=lead)
    assert history.deletions() == {}
    Lead.objects.all().delete()
    assert replay.replay().left == 0
    assert Lead.objects.exists()


def test_a_deletion_that_was_cut_off_goes_on(alice, lead, monkeypatch):
    """It is in the journal first: nothing brings the lead back."""
    with monkeypatch.context() as patch:
        patch.setattr(journal, "settle", lambda record: journal.fall_behind(record))
        patch.setattr(lead_deletion, "erase", lambda lead: True)
        leads.delete_lead(by=alice, lead=lead)
    assert replay.replay().left == 0
    assert not Lead.objects.exists()


def test_a_replay_erases_in_its_own_team(alice, charlie, lead):
    leads.erase_deleted(records.Record(Kind.LEAD_DELETED, charlie.team_id, charlie.pk, {"ids": [lead.pk]}))
    assert Lead.objects.get() == lead


def test_a_row_that_goes_meanwhile(alice, lead):
    Lead.objects.filter(pk=lead.pk).delete()
    assert not lead_deletion.erase(lead)


def test_api(api, alice, lead):
    address = f"/api/leads/{lead.pk}"
    answer = api(alice).delete(address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert api(alice).get(address).status_code == api(alice).delete(address).status_code == 404


def test_api_hides_other_teams(api, bob, charlie, lead):
    for stranger in (bob, charlie):
        assert api(stranger).delete(f"/api/leads/{lead.pk}").status_code == 404
    assert api(bob).delete(f"/api/leads/{new_id()}").status_code == 404
    assert Lead.objects.exists()


def test_page_asks_first(page, alice, lead):
    client, address = page(alice), f"/leads/{lead.pk}/delete"
    assert "Delete the lead" in client.get(address).content.decode()
    assert Lead.objects.exists()
    answer = client.post(address, follow=True)
    assert "Ann Lee is deleted." in answer.content.decode()
    assert not Lead.objects.exists()
