"""A lead is erased with all that is known of them, and stays erased."""

import datetime as dt
import io

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError

from accounts.models import AuditEntry, Event
from config import times
from leads import analytics, journal
from leads.actions import events, lead_deletion, lead_erasing, leads, recount, replay, sessions
from leads.actions.restore import Restore
from leads.actions.whatsapp import erasing
from leads.analytics import Period
from leads.models import (
    Contact,
    ConversationSession,
    Erasure,
    Lead,
    LeadAlias,
    LeadNote,
    Message,
    MessageMedia,
    StatusChange,
    TranscriptEvent,
    WebhookPost,
)
from leads.privacy.belongings import belongings_of
from leads.records import Kind
from tests.leads.leads import PERSON, make_lead
from tests.leads.privacy.people import EMAIL, as_if_later, make_chat, make_person, said, words_in_index
from tests.leads.talks import make_session
from tests.leads.webhooks.deliveries import make_webhook
from voices.models import AudioFile

pytestmark = pytest.mark.django_db(transaction=True)
OF_A_PERSON = (Lead, LeadNote, LeadAlias, StatusChange, ConversationSession, TranscriptEvent, AudioFile)
OF_A_CHAT = (Contact, Message, MessageMedia, WebhookPost)


@pytest.fixture
def lead(alice):
    return make_person(alice)


def left() -> dict[str, int]:
    """How many rows there are of each kind, without those that have none."""
    return {model.__name__: count for model in (*OF_A_PERSON, *OF_A_CHAT) if (count := model.objects.count())}


def verify() -> str:
    out = io.StringIO()
    call_command("journal", "verify", stdout=out)
    return out.getvalue()


def restore() -> dict[str, int]:
    return dict(Restore(report=print, progress=lambda count: None).run())


@pytest.fixture
def told(alice):
    """A webhook that is told of everything."""
    return make_webhook(alice)


def end_talks(user) -> None:
    """Webhooks are told what is known of whoever spoke."""
    for session_id in ConversationSession.objects.values_list("session_id", flat=True):
        sessions.change_session(by=user, session_id=session_id, end_time=times.now())


def test_everything_goes_and_nothing_comes_back(told, alice, lead):
    make_chat(alice, lead)
    end_talks(alice)
    sound, media = AudioFile.objects.get().s3_key, MessageMedia.objects.get().path
    assert set(left()) == {model.__name__ for model in (*OF_A_PERSON, *OF_A_CHAT)}
    lead_erasing.erase_lead(by=alice, lead=lead)
    assert (left(), default_storage.exists(sound), default_storage.exists(media)) == ({}, False, False)
    assert (analytics.lead_figures(alice, Period())["total_leads"], list(recount.differences(team=alice.team))) == (
        0,
        [],
    )
    assert "0 missing" in verify()
    assert restore()["restored"] == 0
    assert left() == {}
    as_if_later()
    lead_erasing.sweep()
    assert [word for word in (b"ann", b"writes") if word in words_in_index()] == []
    assert not Erasure.objects.filter(finished_at=None).exists()


def test_an_older_database_loses_them_again(alice, lead):
    """A backup of before the erasure came back: the journal still knows."""
    other = make_lead(alice, email="ben@acme.example")
    kept = list(Lead.objects.filter(pk=lead.pk).values()), list(ConversationSession.objects.values())
    texts = list(TranscriptEvent.objects.values())
    lead_erasing.erase_lead(by=alice, lead=lead)
    Erasure.objects.all().delete()
    for model, rows in ((Lead, kept[0]), (ConversationSession, kept[1]), (TranscriptEvent, texts)):
        model.objects.bulk_create(
            [model(**row | ({"audio_file_id": None} if "audio_file_id" in row else {})) for row in rows]
        )
    assert Lead.objects.count() == 2
    assert restore()["restored"] == 1  # the erasure itself
    assert (Lead.objects.get(), Erasure.objects.count()) == (other, 1)
    assert left().keys() == {"Lead", "StatusChange"}
    assert "0 missing" in verify()


def test_the_trail_says_who_and_which_but_nothing_of_the_person(alice, lead):
    lead_erasing.erase_lead(by=alice, lead=lead, address="10.1.2.3")
    entry = AuditEntry.objects.get(event=Event.LEAD_ERASED)
    assert (entry.user, entry.address, entry.words) == (
        alice,
        "10.1.2.3",
        f"Lead {lead.pk}, conversations: 1, chats: 0",
    )
    assert not AuditEntry.objects.filter(words__icontains="ann").exists()
    as_if_later()
    lead_erasing.sweep()
    kept = str(list(Erasure.objects.values()))
    assert [word for word in (EMAIL, "Ann", "call:1") if word in kept] == []


def test_conversations_of_other_leads_stay_with_those(alice, lead):
    other = make_lead(alice, email="ben@acme.example", session_id="call:1")
    assert (belongings_of(lead).session_ids, belongings_of(lead).shared_ids) == ([], [])  # the newest one has it
    leads.change_lead(by=alice, lead=lead, timestamp=times.now())
    assert belongings_of(lead).shared_ids == ["call:1"]
    lead_erasing.erase_lead(by=alice, lead=lead)
    session = ConversationSession.objects.get()
    assert (session.lead, session.event_count, AudioFile.objects.count()) == (other, 2, 1)


def test_nobody_elses_goes(alice, charlie, lead):
    mine, theirs = make_person(alice, "call:2", email="ben@acme.example"), make_person(charlie)
    ConversationSession.objects.filter(session_id="call:2").update(audio_file=AudioFile.objects.order_by("pk").first())
    lead_erasing.erase_lead(by=alice, lead=lead)
    assert set(Lead.objects.all()) == {mine, theirs}
    assert left() == {"Lead": 2, "LeadNote": 2, "LeadAlias": 2, "StatusChange": 4, "ConversationSession": 2} | {
        "TranscriptEvent": 4,
        "AudioFile": 3,  # the first is the other conversation's too
    }


def test_a_chat_out_of_which_another_lead_came_stays(alice, lead):
    other = make_lead(alice, email="ben@acme.example")
    contact = make_chat(alice, other)
    talk = ConversationSession.objects.get(channel="whatsapp")
    ConversationSession.objects.filter(pk=talk.pk).update(lead=lead, lead_generated=True)
    assert (belongings_of(lead).contacts, belongings_of(lead).shared_ids) == ([], [talk.session_id])
    Contact.objects.filter(pk=contact.pk).update(lead=lead)
    later = make_session(alice, f"{talk.session_id}_later", lead=other)
    assert (belongings_of(lead).contacts, belongings_of(lead).shared_ids) == ([], [talk.session_id])
    later.delete()
    Contact.objects.filter(pk=contact.pk).update(lead=None)
    assert belongings_of(lead).contacts == [contact]
    lead_erasing.erase_lead(by=alice, lead=lead)
    assert not Contact.objects.exists()


# While it goes on


def test_what_comes_in_afterwards_is_a_new_conversation(alice, lead):
    lead_erasing.erase_lead(by=alice, lead=lead)
    events.log_events(by=alice, events=[said("Are you there?")])
    sessions.change_session(by=alice, session_id="call:1", metadata={"call": "goes on"})
    as_if_later()
    lead_erasing.sweep()
    session = ConversationSession.objects.get()
    assert (session.event_count, session.items, session.metadata) == (1, [], {"call": "goes on"})
    assert TranscriptEvent.objects.get().content == "Are you there?"
    assert Erasure.objects.get().finished_at


def test_what_comes_in_while_it_is_erased_is_a_new_conversation(alice, lead, monkeypatch):
    """Between its events and its row."""
    end_session = lead_erasing.end_session

    def late(erasure, session_id):
        events.log_events(by=alice, events=[said("Are you there?")])
        return end_session(erasure, session_id)

    with monkeypatch.context() as patch:
        patch.setattr(lead_erasing, "end_session", late)
        lead_erasing.erase_lead(by=alice, lead=lead)
    for _ in range(2):
        session, event = ConversationSession.objects.get(), TranscriptEvent.objects.get()
        assert (session.event_count, session.start_time, session.items) == (1, event.timestamp, [])
        assert (session.lead, session.audio_file, event.content) == (None, None, "Are you there?")
        as_if_later()
        lead_erasing.sweep()


def test_what_was_on_its_way_goes_a_minute_later(told, alice, lead, monkeypatch):
    """A request that had been journaled before the erasure writes after it."""
    records = []
    with monkeypatch.context() as patch:
        patch.setattr(journal, "append", records.append)
        leads.create_lead(by=alice, **PERSON)
        events.log_events(by=alice, events=[said("Ann again.")])
    lead_erasing.erase_lead(by=alice, lead=lead)
    for record in records:
        replay.WRITERS[Kind(record.kind)](record)
    assert left().keys() == {"Lead", "StatusChange", "ConversationSession", "TranscriptEvent", "WebhookPost"}
    lead_erasing.sweep()
    assert Lead.objects.exists()  # not yet: more may come
    as_if_later()
    lead_erasing.sweep()
    assert left() == {}


def test_what_waits_in_the_journal_is_not_done(alice, lead):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "settle", journal.fall_behind)
        leads.create_lead(by=alice, **PERSON)
    mixed = [said("Ann again."), said("Hello.", "call:2")]
    events.log_events(by=alice, events=mixed)
    sessions.start_session(by=alice, session_id="call:1")
    lead_erasing.erase_lead(by=alice, lead=lead)
    again = said("A new one.")
    events.log_events(by=alice, events=[again])
    assert replay.replay().left == 0
    assert not Lead.objects.exists()
    contents = set(TranscriptEvent.objects.values_list("session_id", "content"))
    assert contents == {("call:2", "Hello."), ("call:1", "A new one.")}


def test_who_comes_again_is_somebody_new(alice, lead):
    lead_erasing.erase_lead(by=alice, lead=lead)
    new = make_lead(alice)
    as_if_later()
    lead_erasing.sweep()
    assert (Lead.objects.get(), new.notes.count(), restore()["restored"]) == (new, 0, 0)


# Cut off


STEPS = (
    (erasing, "note_erasure"),
    (lead_erasing, "keep"),
    (lead_erasing.audit, "record"),
    (erasing, "delete_messages"),
    (lead_erasing, "end_session"),
    (lead_erasing.audio_files, "erase"),
    (lead_erasing.webhook_posts, "forget"),
    (lead_deletion, "erase_rows"),
)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[1])
def test_cut_off_it_goes_on(told, alice, lead, monkeypatch, step):
    make_chat(alice, lead)
    end_talks(alice)

    def away(*args, **kwargs):
        raise OperationalError("no server")

    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(*step, away)
        lead_erasing.erase_lead(by=alice, lead=lead)
    as_if_later()
    monkeypatch.setattr(erasing, "LEFT_AFTER", dt.timedelta(minutes=-1))
    lead_erasing.sweep()
    erasing.sweep()
    if not Erasure.objects.exists():  # it had not begun
        assert set(left()) == {model.__name__ for model in (*OF_A_PERSON, *OF_A_CHAT)}
        lead_erasing.erase_lead(by=alice, lead=lead)
    assert left() == {}
    assert "0 missing" in verify()


def test_twice_at_once(alice, lead):
    lead_erasing.erase_lead(by=alice, lead=lead)
    lead_erasing.erase_lead(by=alice, lead=lead)
    as_if_later()
    lead_erasing.sweep()
    assert (left(), Erasure.objects.filter(finished_at=None).count()) == ({}, 0)


# Doors


def test_api(api, alice, charlie, lead):
    address = f"/api/leads/{lead.pk}/erase"
    assert api(charlie).post(address).status_code == 404
    alias = LeadAlias.objects.get().pk
    answer = api(alice).post(f"/api/leads/{alias}/erase")
    assert (answer.status_code, answer.content, left()) == (204, b"", {})
    assert {api(alice).post(f"/api/leads/{pk}/erase").status_code for pk in (lead.pk, alias)} == {404}


def test_the_page_asks_first_and_says_what_goes(page, alice, lead):
    make_chat(alice, lead)
    client, address = page(alice), f"/leads/{lead.pk}/erase"
    html = client.get(address).content.decode()
    for words in (
        "1 note and 2 steps",
        "2 conversations with 3 events",
        "1 chat with 1 message and 1 file",
        "1 recording",
    ):
        assert words in html
    assert f"/leads/{lead.pk}/erase" in client.get(f"/leads/{lead.pk}").content.decode()
    assert Lead.objects.exists()
    html = client.post(address, follow=True).content.decode()
    assert "The lead is erased" in html
    assert left() == {}
