"""`manage.py whatsapp_simulate`: a customer of a running installation, and the small WhatsApp that it serves."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from config import sealed
from leads.actions.whatsapp import channels, simulation
from leads.models import Channel
from leads.whatsapp import cloud_http, signatures, simulator
from leads.whatsapp.cloud_api import CloudApi
from leads.whatsapp.failures import CloudApiFailure, TokenRefused
from leads.whatsapp.simulator import Sent, Simulator, Typing
from tests.installation import ROOT, free_port

NOBODY = f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def channel(alice):
    return simulation.channel_for(by=alice)


@pytest.fixture
def api(channel):
    with Simulator(number_id=channel.phone_number_id, token=channel.token) as api:
        simulation.serve_at(channel=channel, url=api.url)
        yield api
        cloud_http.client_for(api.url).close()
        cloud_http.client.cache_clear()


def heard(api):
    return [api.heard.get(timeout=5) for _ in range(api.heard.qsize())]


def test_the_channel_is_made_once(alice, charlie, channel):
    assert (channel.name, channel.replies, channel.owner, channel.team) == ("Simulator", True, alice, alice.team)
    assert channel.lacking == []
    assert simulation.channel_for(by=alice) == channel
    other = simulation.channel_for(by=charlie)
    assert (other.team, other.phone_number_id != channel.phone_number_id) == (charlie.team, True)
    assert len({other.token, other.app_secret, other.verify_token, channel.token, channel.app_secret}) == 5


def test_a_real_number_does_not_stay_at_the_simulator(alice, channel):
    channels.change(by=alice, channel=channel, phone_number_id="123456789", token="real")
    channel.refresh_from_db()
    assert channel.api_base_url == ""
    assert simulation.channel_for(by=alice) != channel


def test_a_channel_that_was_disconnected_is_left_alone(alice, channel):
    channels.disconnect(by=alice, channel=channel)
    assert simulation.channel_for(by=alice) != channel
    assert Channel.objects.count() == 2


def test_it_takes_what_a_channel_sends(channel, api):
    cloud = CloudApi(channel)
    assert cloud.number().name == "Simulator"
    cloud.mark_read("wamid.1", typing=True)
    cloud.mark_read("wamid.1")
    text_id = cloud.send_text("15550100001", "Hello ☀", callback_data="row-1")
    sound_id = cloud.send_audio("15550100001", cloud.upload(b"OggS\r\n--\x00\xff"))
    typing, text, sound = heard(api)
    assert isinstance(typing, Typing)
    assert text == Sent(text_id, "15550100001", "Hello ☀", b"", "row-1")
    assert sound == Sent(sound_id, "15550100001", "", b"OggS\r\n--\x00\xff", "")


def test_it_refuses_as_whatsapp_does(channel, api):
    cloud = CloudApi(channel)
    for wrong in (lambda: cloud.send_audio("1", "12"), lambda: cloud.send_text("1", ""), lambda: cloud.media("77")):
        with pytest.raises(CloudApiFailure):
            wrong()
    channel.sealed_token = sealed.seal("other")
    with pytest.raises(TokenRefused):
        CloudApi(channel).number()
    assert heard(api) == []


def test_its_webhooks_are_signed():
    value = simulator.status_of(Sent("wamid.1", "15550100001", callback_data="row-1"), "read")
    body, headers = simulator.signed(value, number_id="77", secret="s")
    assert signatures.matches(body, headers["X-Hub-Signature-256"], "s")
    told = json.loads(body)["entry"][0]["changes"][0]["value"]
    assert told["metadata"]["phone_number_id"] == "77"
    assert told["statuses"][0]["biz_opaque_callback_data"] == "row-1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--url", NOBODY], "Nothing answers at http.*make run"),
        (["--url", "not an address"], "Nothing answers"),
        (["--phone", "Ann"], "has digits"),
    ],
)
def test_it_says_what_is_missing(db, options, words):
    with pytest.raises(CommandError, match=words):
        call_command("whatsapp_simulate", "--say", "Hello", *options)
    assert not Channel.objects.exists()


def simulate(place, *options, **more):
    command = [sys.executable, "manage.py", "whatsapp_simulate", *options]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | place, **pipes | more)


def test_a_newcomer_sees_it_work(site, language_model):
    """Against an installation that runs, with a language model on loopback."""
    language_model.say = lambda messages: f"You said: {messages[-1]['content']}\n\x1b[31m"
    out, err = simulate(site.place, "--say", "Are you open?", "--say", "And on Sunday?").communicate(timeout=90)
    assert re.findall(r"Simulator: (.*)", out) == ["You said: Are you open?", "You said: And on Sunday?"], err
    assert "\x1b" not in out
    assert "(typing …)" in out
    assert [messages[-1]["content"] for messages in language_model.asked] == ["Are you open?", "And on Sunday?"]

    taken = simulate(site.place, "--say", "Hello", "--port", site.place["PORT"])
    assert "taken" in taken.communicate(timeout=60)[1]
    assert taken.returncode == 1

    talk = simulate(site.place, "--name", "Ann Lee")
    talk.stdin.write("Third?\n")
    talk.stdin.flush()
    while "You said: Third?" not in (line := talk.stdout.readline()):
        assert line, talk.stderr.read()
    talk.send_signal(signal.SIGINT)
    out, err = talk.communicate(timeout=20)
    assert (talk.returncode, "Traceback" in err) == (0, False), err
