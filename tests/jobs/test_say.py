"""The "say something" box on the page of an echo, a voice model or a voice."""

import pytest

from jobs import actions
from jobs.models import Job
from tests.accounts.conftest import join_team_of
from tests.voices.models import make_echo
from voices.engines.fish_errors import EngineOff
from voices.models import Voice, VoiceModel

HTMX = {"hx-request": "true", "hx-target": "spoken"}


@pytest.fixture
def echo(alice, demo):
    return make_echo(alice, speed=2)


@pytest.fixture
def boxes(echo, model, demo):
    """The address of each box, and what a job of it has."""
    return {
        "echo": (f"/echos/{echo.pk}/say", {"echo_id": echo.pk, "voice_id": demo.voice_id, "speed": 2.0}),
        "model": (f"/voice-models/{model.pk}/say", {"model_id": model.model_id, "engine": "fish"}),
        "voice": (f"/voices/{demo.voice_id}/say", {"voice_id": demo.voice_id, "echo_id": ""}),
    }


def say(client, address, text="Ropes creak.", **headers):
    return client.post(address, {"text": text}, headers=headers)


@pytest.mark.parametrize("kind", ["echo", "model", "voice"])
def test_it_shows_how_the_job_stands_in_its_place(page, alice, boxes, kind):
    address, fields = boxes[kind]
    answer = say(page(alice), address, "Ropes\r\ncreak.", **HTMX)
    job = Job.objects.get()
    assert {name: getattr(job, name) for name in fields} == fields
    assert (job.user, job.text, job.format) == (alice, "Ropes\ncreak.", "mp3")
    body = answer.content.decode()
    assert body.startswith('<section class="part status" id="spoken"')
    assert f'hx-get="/jobs/{job.job_id}" hx-target="this" hx-trigger=' in body
    assert (answer.status_code, "<html" in body, "hx-swap-oob" in body) == (200, False, False)


def test_it_asks_again_and_plays_what_is_made(page, alice, boxes):
    client = page(alice)
    say(client, boxes["echo"][0], **HTMX)
    job = Job.objects.get()
    waiting = client.get(f"/jobs/{job.job_id}", headers=HTMX).content.decode()
    assert ('id="spoken"' in waiting, "hx-trigger" in waiting, "hx-swap-oob" in waiting) == (True, True, False)
    actions.run_job(job=job)
    done = client.get(f"/jobs/{job.job_id}", headers=HTMX).content.decode()
    assert f'<audio controls preload="metadata" src="/api/jobs/{job.pk}/audio"' in done
    assert ('id="spoken"' in done, "hx-trigger" in done, "hx-swap-oob" in done) == (True, False, False)


def test_it_is_cancelled_in_its_place(page, alice, boxes):
    client = page(alice)
    say(client, boxes["echo"][0], **HTMX)
    body = client.post(f"/jobs/{Job.objects.get().job_id}/cancel", headers=HTMX).content.decode()
    assert body.startswith('<section class="part status" id="spoken"')
    assert "You stopped this" in body
    assert Job.objects.get().status == "cancelled"


def test_without_scripts_it_leads_to_the_job(page, alice, boxes):
    answer = say(page(alice), boxes["echo"][0])
    assert (answer.status_code, answer.url) == (302, f"/jobs/{Job.objects.get().job_id}")


@pytest.mark.parametrize("text", ["", "  ", "...", "a\0b"])
@pytest.mark.parametrize("kind", ["echo", "model", "voice"])
def test_it_says_what_is_wrong(page, alice, boxes, kind, text):
    client, address = page(alice), boxes[kind][0]
    answer = say(client, address, text, **HTMX)
    body = answer.content.decode()
    assert (answer.status_code, 'role="alert"' in body, "hx-trigger" in body) == (200, True, False)
    assert say(client, address, text).url == address.removesuffix("/say")
    assert not Job.objects.exists()


def test_it_says_when_the_engine_is_off_or_it_is_too_often(page, alice, boxes, settings):
    settings.FISH_API_KEY = ""
    assert EngineOff.sentence in say(page(alice), boxes["model"][0], **HTMX).content.decode()
    settings.RATES = settings.RATES | {"speech": "1/m"}
    say(page(alice), boxes["voice"][0])
    assert b"Too many requests for speech" in say(page(alice), boxes["voice"][0], **HTMX).content


def test_other_peoples_are_not_there(page, alice, bob, charlie, boxes):
    for user in (bob, charlie):
        for kind in ("echo", "model"):
            assert say(page(user), boxes[kind][0], **HTMX).status_code == 404
    mate = join_team_of(alice, "mate")
    VoiceModel.objects.update(visibility="shared")
    assert say(page(mate), boxes["model"][0], **HTMX).status_code == 200
    assert say(page(charlie), boxes["model"][0]).status_code == 404
    assert list(Job.objects.values_list("user", flat=True)) == [mate.pk]


@pytest.mark.parametrize("address", ["/echos/x/say", f"/echos/{'0' * 24}/say", "/voice-models/x/say", "/voices/x/say"])
def test_what_is_not_there(page, alice, demo, address):
    assert say(page(alice), address).status_code == 404


def test_a_voice_that_cant_speak(page, alice, boxes):
    Voice.objects.update(available=False)
    assert say(page(alice), boxes["voice"][0]).status_code == 404


def test_it_needs_sign_in_and_takes_post_only(client, page, alice, boxes):
    for address, _ in boxes.values():
        assert say(client, address).url.startswith("/login")
        assert page(alice).get(address).status_code == 405
    assert not Job.objects.exists()
