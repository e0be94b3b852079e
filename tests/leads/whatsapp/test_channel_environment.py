"""The settings of the installation name a first channel."""

import pytest

from accounts.models import User
from config import hooks
from config.errors import Conflict
from leads.actions.whatsapp import channels
from leads.actions.whatsapp.channel_environment import from_environment
from leads.models import Channel
from tests.leads.whatsapp.chats import make_channel, make_contact

VALUES = {
    "WHATSAPP_PHONE_NUMBER_ID": "4711",
    "WHATSAPP_ACCESS_TOKEN": "EAAtoken",
    "WHATSAPP_APP_SECRET": "5e1f0c9a7b3d4e6f8a2c1b0d9e8f7a6b",
    "WHATSAPP_VERIFY_TOKEN": "verify-me",
}


@pytest.fixture
def start(settings):
    """A start with these settings; what it says."""

    def begin(**values):
        for name in VALUES:
            setattr(settings, name, values.get(name, ""))
        lines = []
        from_environment(lines.append)
        for secret in (value for name, value in values.items() if "ID" not in name and value):
            assert secret not in " ".join(lines)
        return " ".join(lines)

    return begin


def test_it_is_a_step_of_the_start():
    assert from_environment in list(hooks.start_steps)


def test_made_in_the_team_of_the_first_administrator(start, alice, bob):
    assert "is made" in start(**VALUES)
    channel = Channel.objects.get()
    assert (channel.team_id, channel.owner, channel.is_from_environment) == (bob.team_id, bob, True)
    assert (channel.phone_number_id, channel.token, channel.verify_token) == ("4711", "EAAtoken", "verify-me")
    assert channel.app_secret == VALUES["WHATSAPP_APP_SECRET"]
    assert channel.replies is True
    assert start(**VALUES) == ""
    assert Channel.objects.get().sealed_token == channel.sealed_token


def test_what_is_missing_is_said(start, bob):
    said = start(WHATSAPP_PHONE_NUMBER_ID="4711", WHATSAPP_ACCESS_TOKEN="EAAtoken")
    assert "lacks WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN" in said
    assert Channel.objects.get().lacking == ["the app secret", "the verify token"]


def test_changed_values_are_taken_over(start, bob):
    start(**VALUES)
    contact = make_contact(Channel.objects.get())
    said = start(**VALUES | {"WHATSAPP_ACCESS_TOKEN": "EAAother", "WHATSAPP_PHONE_NUMBER_ID": "4712"})
    assert "WHATSAPP_PHONE_NUMBER_ID, WHATSAPP_ACCESS_TOKEN" in said
    channel = Channel.objects.get()
    assert (channel.token, channel.phone_number_id, channel.app_secret) == (
        "EAAother",
        "4712",
        VALUES["WHATSAPP_APP_SECRET"],
    )
    assert contact.channel_id == channel.pk


def test_a_number_that_is_connected_is_left_alone(start, alice, bob):
    held = make_channel(alice, phone_number_id="4711")
    said = start(**VALUES)
    assert "connected already" in said
    assert "alice" not in said
    assert Channel.objects.get().sealed_token == held.sealed_token


@pytest.mark.parametrize(
    "values", [{"WHATSAPP_PHONE_NUMBER_ID": "+49 30"}, {"WHATSAPP_VERIFY_TOKEN": "two words"}], ids=["id", "verify"]
)
def test_malformed_values_stop_nothing(start, bob, values):
    said = start(**VALUES | values)
    assert f"{min(values)}: " in said
    assert not Channel.objects.exists()


def test_nobody_runs_the_installation_yet(start, db):
    assert "no administrator yet" in start(**VALUES)
    assert not User.objects.exists()


def test_without_a_number(start, bob):
    assert start() == ""
    assert "WHATSAPP_PHONE_NUMBER_ID is not set" in start(WHATSAPP_ACCESS_TOKEN="EAAtoken")


def test_its_secrets_are_changed_in_the_settings_only(start, page, bob):
    start(**VALUES)
    channel = Channel.objects.get()
    with pytest.raises(Conflict):
        channels.change(by=bob, channel=channel, token="mine")
    shown = page(bob).get(f"/channels/{channel.pk}/change").content.decode()
    assert 'name="token"' not in shown
    body = {"name": "Shop", "fallback": "Thanks.", "speaking": "never", "context_messages": "5", "replies": "on"}
    page(bob).post(f"/channels/{channel.pk}/change", body)
    channel = Channel.objects.get()
    assert (channel.name, channel.replies, channel.token) == ("Shop", True, "EAAtoken")
    start()  # without the settings it is the team's own
    channels.change(by=bob, channel=Channel.objects.get(), token="mine")
    assert Channel.objects.get().token == "mine"


def test_disconnected_it_comes_back_with_its_chats(start, bob):
    start(**VALUES)
    channel = Channel.objects.get()
    contact = make_contact(channel)
    channels.disconnect(by=bob, channel=channel)
    start(**VALUES)
    assert Channel.objects.get().phone_number_id == "4711"
    assert contact.channel_id == Channel.objects.get().pk


def test_another_secret_key(start, bob, settings):
    start(**VALUES)
    settings.SECRET_KEY = "k" * 50
    start(**VALUES)
    assert Channel.objects.get().token == "EAAtoken"
