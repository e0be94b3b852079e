"""Webhooks while the database, Redis or the journal is away: what is acknowledged is not lost."""

import threading

import pytest
from django.db import DatabaseError, OperationalError

from config import breaker, queue
from leads.actions import intake, replay
from leads.actions.whatsapp import deliveries, known_channels
from leads.journal import reading
from leads.models import WebhookDelivery
from tests.leads.whatsapp.chats import make_channel
from tests.leads.whatsapp.payloads import body, change, text
from tests.leads.whatsapp.webhooks import OTHER_SECRET, assert_refused, assert_taken, delivered, journaled, post

pytestmark = pytest.mark.django_db(transaction=True)  # a replay takes its own
VALUE = change(text("Hello."))
BODY = body(VALUE)


@pytest.fixture(autouse=True)
def channel(alice):
    return make_channel(alice)


@pytest.fixture
def seen(channel):
    """This process knows the channels."""
    known_channels.snapshot()


def catch_up():
    assert replay.replay(seconds=30).left == 0


def waits(settings):
    """How many records a replay would find."""
    return len(reading.Backlog(settings.JOURNAL_DIR).look(at_all=True))


def assert_away(answer):
    assert_refused(answer, 503)
    assert answer.headers["Retry-After"] == "5"


def test_the_database_goes(seen, outage):
    known_channels.forget()  # it is found out by the look at the channels
    outage.begin()
    assert_taken(post(BODY))
    assert breaker.is_open()
    outage.end()
    catch_up()
    assert delivered() == [[VALUE]]


def test_the_database_goes_after_the_look_at_the_channels(seen, outage):
    outage.begin()
    assert_taken(post(BODY))
    assert breaker.is_open()
    outage.end()
    catch_up()
    assert delivered() == [[VALUE]]


def test_once_it_is_known_to_be_away_it_is_not_asked(seen, outage):
    outage.begin()
    post(BODY)
    asked = outage.questions
    known_channels.forget()
    for _ in range(50):
        assert_taken(post(BODY))
    assert outage.questions == asked
    outage.end()
    catch_up()
    assert len(delivered()) == 51


def test_what_came_meanwhile_and_after_is_all_there_in_order(seen, outage):
    values = [change(text(f"Message {number}")) for number in range(5)]
    outage.begin()
    for value in values[:4]:
        assert_taken(post(body(value)))
    outage.end()
    assert_taken(post(body(values[4])))  # behind the others
    assert delivered() == []
    catch_up()
    assert delivered() == [[value] for value in values]


def test_secrets_are_asked_for_as_ever(seen, outage, settings):
    outage.begin()
    for _ in range(2):
        assert_refused(post(BODY, secret=OTHER_SECRET), 401)
        assert_refused(post(b"{"), 400)
        assert_taken(post(body(change(text(), number_id="2"))))
    assert journaled(settings) == []


def test_a_process_that_has_not_seen_the_channels_acknowledges_nothing(outage, settings):
    outage.begin()
    for _ in range(2):  # the first finds out that it is away
        assert_away(post(BODY))
    assert journaled(settings) == []
    outage.end()
    assert_taken(post(BODY))


def test_another_error_of_the_database_is_not_an_outage(seen, monkeypatch, settings):
    def fail(record):
        raise DatabaseError("document too strange")

    monkeypatch.setattr(deliveries, "write_delivery", fail)
    assert_taken(post(BODY))
    assert waits(settings) == 1
    assert not breaker.is_open()


def test_a_bug_is_not_acknowledged_and_the_body_is_kept(seen, monkeypatch, settings):
    def fail(record):
        raise ZeroDivisionError

    monkeypatch.setattr(deliveries, "write_delivery", fail)
    assert post(BODY).status_code == 500
    assert waits(settings) == 1


def test_a_journal_that_can_not_be_written(seen, settings):
    settings.JOURNAL_DIR.rmdir()
    assert_away(post(BODY))
    assert delivered() == []


def test_a_journal_that_can_not_be_written_while_the_database_is_away(seen, settings, outage):
    settings.JOURNAL_DIR.rmdir()
    outage.begin()
    assert_away(post(BODY))


def test_a_full_disk_between_two_channels_acknowledges_nothing(seen, charlie, monkeypatch):
    """WhatsApp sends both again, and the first one twice changes nothing."""
    make_channel(charlie, phone_number_id="2")
    known_channels.forget()
    take, taken = intake.take, []

    def once(record, write):
        if taken:
            raise OperationalError("no room")
        taken.append(take(record, write))
        return taken[0]

    monkeypatch.setattr(intake, "take", once)
    assert_away(post(body(VALUE, change(text("Ahoy"), number_id="2"))))


def test_redis_is_away(seen):
    """The fixtures start none: the row waits for the sweeper."""
    assert_taken(post(BODY))
    assert WebhookDelivery.objects.get().status == "queued"


def test_redis_that_does_not_answer_is_not_asked_each_time(seen, monkeypatch):
    asked = []
    monkeypatch.setattr(queue, "enqueue", lambda *names, **more: bool(asked.append(names)))
    for _ in range(3):
        assert_taken(post(BODY))
    assert len(asked) == 1
    deliveries.away.end()
    assert_taken(post(BODY))
    assert len(asked) == 2


def test_the_sweeper_hands_over_what_redis_never_got(seen, redis, monkeypatch):
    deliveries.away.begin()
    assert_taken(post(BODY))
    delivery = WebhookDelivery.objects.get()
    assert queue.held("default") == frozenset()
    monkeypatch.setattr("config.work.WAITING_SECONDS", -1)
    deliveries.sweep()
    assert queue.held("default") == {queue.task_id("leads.tasks.read_delivery", delivery.pk)}


def test_many_at_the_moment_in_which_the_database_goes(seen, outage):
    outage.begin()
    known_channels.forget()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(post(BODY).status_code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8
    outage.end()
    catch_up()
    assert len(delivered()) == 8
