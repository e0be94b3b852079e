"""What a process knows of the channels."""

import pytest
from django.db import DatabaseError, OperationalError

from config import breaker, sealed
from config.errors import Unavailable
from leads.actions.whatsapp import known_channels
from leads.actions.whatsapp.known_channels import Known
from leads.models import Channel
from tests.leads.whatsapp.chats import NUMBER_ID, SECRET, VERIFY_TOKEN, make_channel

pytestmark = pytest.mark.django_db


def grow_old():
    Known.read_at -= known_channels.FRESH_SECONDS


def test_it_has_what_a_webhook_needs(alice):
    channel = make_channel(alice)
    (known,) = known_channels.snapshot()
    assert (known.pk, known.team_id, known.phone_number_id) == (channel.pk, alice.team_id, NUMBER_ID)
    assert (known.app_secret, known.verify_token) == (SECRET, VERIFY_TOKEN)


def test_its_secrets_are_not_shown(alice):
    make_channel(alice)
    shown = repr(known_channels.snapshot())
    assert SECRET not in shown
    assert VERIFY_TOKEN not in shown


def test_a_channel_without_a_number_or_that_is_being_deleted_is_none(alice):
    channel = make_channel(alice, phone_number_id="")
    assert known_channels.snapshot() == []
    Channel.objects.filter(pk=channel.pk).update(phone_number_id=NUMBER_ID, deleted_at=channel.created_at)
    known_channels.forget()
    assert known_channels.snapshot() == []


def test_it_is_read_every_two_seconds(alice, django_assert_num_queries):
    known_channels.snapshot()
    make_channel(alice)
    with django_assert_num_queries(0):
        assert known_channels.snapshot() == []
    grow_old()
    assert len(known_channels.snapshot()) == 1


def test_a_change_counts_at_once(alice):
    channel = make_channel(alice)
    known_channels.snapshot()
    Channel.objects.filter(pk=channel.pk).update(sealed_app_secret=sealed.seal("new"))
    known_channels.forget()
    assert [known.app_secret for known in known_channels.snapshot()] == ["new"]


def test_it_is_kept_while_the_database_is_away(alice, outage):
    make_channel(alice)
    before = known_channels.snapshot()
    grow_old()
    outage.begin()
    assert known_channels.snapshot() == before
    assert breaker.is_open()
    asked = outage.questions
    assert known_channels.snapshot() == before
    assert outage.questions == asked


def test_it_is_read_again_when_the_database_is_back(alice, outage):
    known_channels.snapshot()
    make_channel(alice)
    grow_old()
    outage.begin()
    assert known_channels.snapshot() == []
    outage.end()
    assert len(known_channels.snapshot()) == 1


def test_without_a_look_there_is_none(outage):
    outage.begin()
    for _ in range(2):
        with pytest.raises(Unavailable):
            known_channels.snapshot()


def test_another_error_is_a_bug(monkeypatch):
    def fail():
        raise DatabaseError("no such column")

    monkeypatch.setattr(known_channels, "load", fail)
    with pytest.raises(DatabaseError):
        known_channels.snapshot()
    assert not breaker.is_open()


def test_a_secret_that_can_not_be_opened_leaves_its_channel_out(alice, caplog):
    broken = make_channel(alice, sealed_app_secret="gAAAA-broken")
    make_channel(alice, phone_number_id="2")
    for _ in range(3):
        assert [known.phone_number_id for known in known_channels.snapshot()] == ["2"]
        grow_old()
    (line,) = [record.getMessage() for record in caplog.records]
    assert broken.pk in line
    assert "gAAAA" not in line


def test_one_that_was_mended_and_breaks_again_is_told_again(alice, caplog):
    channel = make_channel(alice)
    for text in ("gAAAA-broken", sealed.seal(SECRET), "gAAAA-broken"):
        Channel.objects.filter(pk=channel.pk).update(sealed_verify_token=text)
        grow_old()
        known_channels.snapshot()
    assert len(caplog.records) == 2


def test_a_secret_key_that_changed(alice, settings, caplog):
    make_channel(alice)
    settings.SECRET_KEY = "another" * 8
    assert known_channels.snapshot() == []
    assert len(caplog.records) == 1


def test_the_breaker_alone_does_not_empty_it(alice):
    make_channel(alice)
    known_channels.snapshot()
    breaker.trip(OperationalError("away"))
    grow_old()
    assert len(known_channels.snapshot()) == 1
