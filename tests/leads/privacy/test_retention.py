"""What was said is kept for TRANSCRIPT_RETENTION_DAYS; leads, contacts and figures stay."""

import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from config import times
from leads import analytics, journal
from leads.actions import counting, events, recount, replay, retention, sessions
from leads.actions.restore import Restore
from leads.actions.whatsapp import message_rows, reading, suggestions
from leads.analytics import Period
from leads.analytics.closed import with_closed
from leads.analytics.counting import count_sessions
from leads.models import (
    ClosedDay,
    Contact,
    ConversationSession,
    Lead,
    Message,
    MessageMedia,
    TranscriptEvent,
    WebhookDelivery,
)
from leads.records import Kind, Record
from tests.leads.figures import LONG_AGO, add_events, add_lead, add_session, ago, settle
from tests.leads.privacy.people import make_sound, said, words_in_index
from tests.leads.whatsapp.chats import make_channel, make_contact, make_media, make_message
from tests.leads.whatsapp.payloads import change, text
from voices.models import AudioFile

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 86_400


@pytest.fixture(autouse=True)
def kept_ten_days(settings):
    settings.TRANSCRIPT_RETENTION_DAYS = 10
    retention.Seen.rests_until, retention.Seen.team_id = 0.0, ""


def sweep() -> None:
    """As often as it takes; a minute passes after days were closed."""
    for _ in range(3):
        retention.Seen.rests_until = 0.0
        while retention.sweep():
            pass
        ClosedDay.objects.update(closed_at=LONG_AGO)


def figures(user, period=Period()):  # noqa: B008
    """All that is told of a period."""
    made = (analytics.lead_figures, analytics.conversation_figures, analytics.transcript_figures)
    told = {name: value for make in made for name, value in make(user, period).items() if "recent" not in name}
    chats = analytics.chat_figures(user)
    return told | {name: chats[name] for name in ("total_users", "total_messages", "messages_by_day")}


def differ(one, other):
    return {name: (value, other[name]) for name, value in one.items() if value != other[name]}


@pytest.fixture
def desk(alice):
    """Leads and conversations of old and new days; one goes on from the old ones to now."""
    for days in (40, 12, 11, 10, 3, 0):
        lead = add_lead(alice, ago(days, 0))
        made = add_session(alice, ago(days, 0), lead=lead, lead_generated=True, channel="web")
        add_events(alice, made, ago(days, 0), ago(days, 0, 5), ago(days, 0, 6))
    living = add_session(alice, ago(12), session_id="living", active_at=times.now())
    add_events(alice, living, ago(12), ago(12, 13), ago(2), ago(1))
    contact = make_contact(make_channel(alice))
    for days in (20, 12, 2):
        message = make_message(contact, "Hello.", ago=days * DAY)
        message_rows.log(message)
    recount.recount(team=alice.team)
    settle()
    return contact


def test_what_is_old_goes_and_the_figures_stay(alice, desk):
    periods = [Period(), Period.of_days(ago(40).date(), 31), Period.of_days(ago(12).date(), 1), Period(ago(12), ago(2))]
    before = [figures(alice, period) for period in periods]
    leads = Lead.objects.count()
    sweep()
    assert Lead.objects.count() == leads
    assert not TranscriptEvent.objects.filter(timestamp__lt=ago(10, 0)).exists()
    assert not Message.objects.filter(created_at__lt=ago(10, 0)).exists()
    old = ConversationSession.objects.filter(start_time__lt=ago(10, 0)).values_list("session_id", "event_count")
    assert list(old) == [("living", 2)]
    for _ in range(2):
        after = [figures(alice, period) for period in periods]
        assert [differ(*pair) for pair in zip(after[:3], before, strict=False)] == [{}] * 3
        settle()
        recount.recount(team=alice.team)
        assert list(recount.differences(team=alice.team)) == []
    contact = Contact.objects.get()
    assert (contact.message_count, Message.objects.count()) == (1, 1)


def test_a_part_of_a_closed_day_counts_where_its_midnight_is(alice, desk):
    whole = figures(alice, Period(ago(13, 0), ago(9, 0)))
    sweep()
    parts = [figures(alice, Period(*pair)) for pair in ((ago(13, 0), ago(12)), (ago(12), ago(9, 0)))]
    for name in ("total_sessions", "total_events", "unique_sessions", "sessions_with_leads"):
        assert sum(part[name] for part in parts) == whole[name]


def test_nothing_goes_without_the_setting_or_before_a_minute_has_passed(alice, desk, settings, monkeypatch):
    monkeypatch.setattr(retention, "RUN_SECONDS", 60.0)
    events = TranscriptEvent.objects.count()
    settings.TRANSCRIPT_RETENTION_DAYS = None
    sweep()
    assert (TranscriptEvent.objects.count(), ClosedDay.objects.count()) == (events, 0)
    settings.TRANSCRIPT_RETENTION_DAYS = 10
    retention.sweep()
    assert (TranscriptEvent.objects.count(), ClosedDay.objects.count()) == (events, 4)


def test_what_comes_late_for_a_closed_day_goes_uncounted(alice, desk):
    sweep()
    before = figures(alice)
    events.log_events(by=alice, events=[said("Late.", "late", timestamp=ago(11))])
    assert figures(alice) | {"unique_sessions": 0} == before | {"unique_sessions": 0}
    sessions.start_session(by=alice, session_id="told", start_time=ago(12), items=[{"content": "Late."}])
    sessions.change_session(by=alice, session_id="told", end_time=ago(11))
    sweep()
    assert not ConversationSession.objects.filter(session_id="told").exists()
    assert ConversationSession.objects.filter(session_id="late").exists()  # it is open
    ConversationSession.objects.update(active_at=ago(12))
    sweep()
    settle()
    assert not TranscriptEvent.objects.filter(session_id="late").exists()
    assert not ConversationSession.objects.filter(session_id="late").exists()
    assert list(recount.differences(team=alice.team)) == []


def test_a_change_of_a_lead_counts_on_closed_days(alice, desk):
    sweep()
    before = figures(alice)
    add_lead(alice, ago(40), company="Quay")
    settle()
    after = figures(alice)
    assert after["total_leads"] == before["total_leads"] + 1
    assert {name: after[name] for name in ("total_sessions", "total_events")} == {
        name: before[name] for name in ("total_sessions", "total_events")
    }


def test_counting_at_the_same_time_keeps_the_figures(alice, desk, monkeypatch):
    """Somebody counts a day again while it is being closed: what was counted under an older mark is not kept."""
    before, store = figures(alice), counting.store

    def closing(mark, tallies):
        retention.close(alice.team_id, mark.day)
        return store(mark, tallies)

    add_lead(alice, ago(40)).delete()
    with monkeypatch.context() as patch:
        patch.setattr(counting, "store", closing)
        counting.count_days(counting.settled() | counting.DirtyDay.objects.filter(day=ago(40).date()))
    sweep()
    settle()
    assert figures(alice) == before


def test_a_day_that_is_closed_while_somebody_counts_counts_once(alice, desk):
    before = count_sessions(alice.team_id, Period()).as_json()
    retention.close(alice.team_id, ago(40).date())

    def counts(team_id, period):
        tally = count_sessions(team_id, period)
        retention.close(team_id, ago(12).date())
        return tally

    assert with_closed("sessions", counts)(alice.team_id, Period()).as_json() == before


def test_a_chat_loses_its_old_messages_with_their_files(alice):
    contact = make_contact(make_channel(alice))
    suggestion = {"interest": {"value": "I want boats", "at": [times.iso(ago(12)), "wamid.1"]}}
    suggestion["email"] = {"value": "ann@acme.example", "at": [times.iso(ago(1)), "wamid.2"]}
    message = make_message(contact, "An image.", ago=12 * DAY, kind="image")
    default_storage.save("whatsapp/1.jpg", ContentFile(b"x"))
    make_media(message, status="completed", path="whatsapp/1.jpg")
    Contact.objects.filter(pk=contact.pk).update(suggestion=suggestion)
    fields = {"team_id": alice.team_id, "channel": contact.channel, "body": "[]", "status": "failed"}
    WebhookDelivery.objects.create(created_at=ago(12), **fields)
    newer = WebhookDelivery.objects.create(created_at=ago(1), **fields)
    sweep()
    assert (Message.objects.count(), MessageMedia.objects.count(), default_storage.exists("whatsapp/1.jpg")) == (
        0,
        0,
        False,
    )
    row = Contact.objects.get()
    assert (row.message_count, row.unread_count, row.last_message_id, row.is_active) == (0, 0, "", True)
    assert suggestions.values_of(row) == {"email": "ann@acme.example"}
    assert (analytics.chat_figures(alice)["total_users"], WebhookDelivery.objects.get()) == (1, newer)
    reading.read(contact.channel, change(text("Old.", at=ago(12))))
    assert not Message.objects.exists()


def test_the_sound_stays_its_owners(alice):
    sound = make_sound(alice)
    add_session(alice, ago(12), audio_file=sound)
    sweep()
    assert (ConversationSession.objects.count(), AudioFile.objects.get()) == (0, sound)


def test_many_events_go_a_few_at_a_time(alice, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    add_events(alice, add_session(alice, ago(12), session_id="a"), *(ago(12, 1, minute) for minute in range(10)))
    retention.sweep()
    ClosedDay.objects.update(closed_at=LONG_AGO)
    monkeypatch.setattr(retention, "RUN_SECONDS", 0.0)
    seen = []
    for _ in range(6):
        retention.sweep()
        seen.append(TranscriptEvent.objects.count())
    assert seen[:4] == [7, 4, 1, 0]
    sweep()
    assert ConversationSession.objects.count() == 0


@pytest.mark.parametrize("step", ["close", "delete_events", "delete_sessions", "count_living", "delete_rows_of"])
def test_cut_off_it_goes_on(alice, desk, monkeypatch, step):
    before = figures(alice)

    def killed(*args):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(retention, step, killed)
        sweep()
        sweep()
    sweep()
    settle()
    assert figures(alice) == before
    assert not TranscriptEvent.objects.filter(timestamp__lt=ago(10, 0)).exists()
    assert list(recount.differences(team=alice.team)) == []


def test_the_journal_brings_nothing_back(alice, settings):
    settings.TRANSCRIPT_RETENTION_DAYS = None
    old, new = said("Old.", "old", timestamp=ago(12)), said("New.", "new")
    events.log_events(by=alice, events=[old, new])
    record = Record(
        Kind.SESSION, alice.team_id, alice.pk, {"session_id": "older"}, arrival=int(ago(12).timestamp() * 1e9)
    )
    journal.append(record)
    sessions.write_session(record)
    journal.settle(record)
    waiting = Record(Kind.EVENTS, alice.team_id, alice.pk, {"events": [dict(old, timestamp=times.iso(ago(12)))]})
    journal.append(waiting)
    journal.fall_behind(waiting)
    settings.TRANSCRIPT_RETENTION_DAYS = 10
    ConversationSession.objects.filter(session_id="old").update(active_at=ago(12))
    sweep()
    assert replay.replay().left == 0
    out = io.StringIO()
    call_command("journal", "verify", stdout=out)
    assert "0 missing" in out.getvalue()
    assert Restore(report=print, progress=lambda count: None).run()["restored"] == 0
    assert [event.content for event in TranscriptEvent.objects.all()] == ["New."]
    assert b"old" not in words_in_index()
    assert [session.session_id for session in ConversationSession.objects.all()] == ["new"]


def test_each_team_has_its_turn(alice, charlie, monkeypatch):
    for user in (alice, charlie):
        add_events(user, add_session(user, ago(12)), ago(12))
    monkeypatch.setattr(retention, "RUN_SECONDS", 0.0)
    for _ in range(2):
        retention.Seen.rests_until = 0.0
        retention.sweep()
    assert retention.Seen.team_id
    sweep()
    monkeypatch.setattr(retention, "RUN_SECONDS", 9.0)
    sweep()
    assert (TranscriptEvent.objects.count(), retention.sweep()) == (0, 0)


def test_pages_say_so(page, alice, settings):
    client = page(alice)
    for path in ("/conversations", "/analytics"):
        assert "is deleted after 10 days" in client.get(path).content.decode()
    settings.TRANSCRIPT_RETENTION_DAYS = None
    assert "is deleted after" not in client.get("/conversations").content.decode()


def test_the_journal_keeps_no_text_longer(settings, monkeypatch):
    from leads.privacy import retention as kept

    assert (kept.journal_days(), kept.is_over(ago(11, 23)), kept.is_over(ago(10, 0))) == (10, True, False)
    settings.TRANSCRIPT_RETENTION_DAYS = 400
    assert kept.journal_days() == 30
    settings.TRANSCRIPT_RETENTION_DAYS = None
    assert (kept.journal_days(), kept.is_over(dt.datetime(1990, 1, 1, tzinfo=dt.UTC))) == (30, False)
