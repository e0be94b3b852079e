"""The test button asks WhatsApp for the number."""

import pytest

from config import sealed
from leads.actions.whatsapp import channels
from leads.models import Channel
from leads.whatsapp.failures import CloudApiFailure
from tests.leads.whatsapp.chats import make_channel
from tests.leads.whatsapp.cloud_api_stub import NUMBER_ID, PHONE_NUMBER, TOKEN, error
from tests.leads.whatsapp.cloud_api_wire import Fault


@pytest.fixture
def channel(alice, cloud_api):
    fields = {"phone_number": "", "problem": "It was refused.", "sealed_token": sealed.seal(TOKEN)}
    return make_channel(alice, phone_number_id=NUMBER_ID, **fields)


def test_it_works(alice, channel):
    channels.test(by=alice, channel=channel)
    row = Channel.objects.get()
    assert (row.phone_number, row.problem) == (PHONE_NUMBER, "")
    assert row.tested_at


def test_the_page(page, alice, channel):
    assert page(alice).post(f"/channels/{channel.pk}/test").url == f"/channels/{channel.pk}"
    assert PHONE_NUMBER in page(alice).get(f"/channels/{channel.pk}").content.decode()
    assert page(alice).get(f"/channels/{channel.pk}/test").status_code == 405


@pytest.mark.parametrize(
    ("fault", "words"),
    [(error(190), "access token"), (error(100, subcode=33), "phone number id"), (error(10), "permission")],
    ids=["token", "number", "permission"],
)
def test_what_does_not_pass_stays_on_its_page(page, alice, channel, cloud_api, fault, words):
    cloud_api.fail(fault)
    with pytest.raises(CloudApiFailure) as refused:
        channels.test(by=alice, channel=channel)
    row = Channel.objects.get()
    assert words in refused.value.message
    assert (row.problem, row.tested_at) == (refused.value.message, None)
    assert words in page(alice).get(f"/channels/{channel.pk}").content.decode()


def test_the_page_says_once_what_does_not_pass(page, alice, channel, cloud_api):
    cloud_api.fail(error(190))
    shown = page(alice).post(f"/channels/{channel.pk}/test", follow=True).content.decode()
    assert shown.count("does not accept the access token") == 1


@pytest.mark.parametrize("fault", [Fault(500), error(130429), Fault(how="gone")], ids=["500", "busy", "gone"])
def test_a_whatsapp_that_is_away_says_nothing_about_the_channel(page, alice, channel, cloud_api, fault):
    cloud_api.fail(fault)
    shown = page(alice).post(f"/channels/{channel.pk}/test", follow=True).content.decode()
    assert "Test again in a few minutes." in shown
    assert Channel.objects.get().problem == "It was refused."


def test_an_answer_that_is_none(page, alice, channel, cloud_api):
    cloud_api.fail(Fault(200, "<html>"))
    shown = page(alice).post(f"/channels/{channel.pk}/test", follow=True).content.decode()
    assert "an answer that can&#x27;t be used" in shown


def test_nothing_to_ask_with(page, alice, cloud_api):
    channel = make_channel(alice, sealed_token="")
    shown = page(alice).post(f"/channels/{channel.pk}/test", follow=True).content.decode()
    assert "no number to send from" in shown
    assert cloud_api.seen == []


def test_a_change_meanwhile_is_not_spoken_of(alice, channel, cloud_api):
    old = Channel.objects.get()
    channels.change(by=alice, channel=channel, token="another")
    channels.test(by=alice, channel=old)
    assert Channel.objects.get().tested_at is None
