"""What an assistant wrote is spoken from the page of its conversation."""

import pytest

from jobs.models import Job
from tests.accounts.conftest import join_team_of
from tests.leads.talks import make_event, make_session
from tests.voices.models import make_echo

TALK = "/conversations/call_1"
SPEAK = f"{TALK}/speak"
HTMX = {"hx-request": "true", "hx-target": "spoken"}


@pytest.fixture
def reply(alice, demo):
    make_session(alice)
    return make_event(alice, "We ship anywhere.", role="assistant")


def say(client, event, echo="", **headers):
    return client.post(SPEAK, {"event": getattr(event, "pk", event), "echo": echo}, headers=headers)


def test_the_page_offers_it(page, alice, reply):
    make_event(alice, "Do you ship?", minute=-1)
    make_event(alice, "", role="assistant", minute=1)
    echo = make_echo(alice, name="Keeper")
    html = page(alice).get(TALK).content.decode()
    assert html.count(">Speak this reply</button>") == 1
    assert f'<button class="link" form="speak" name="event" value="{reply.pk}">' in html
    assert f'<option value="{echo.pk}">Keeper</option>' in html


def test_it_shows_how_the_job_stands_in_its_place(page, alice, reply):
    answer = say(page(alice), reply, **HTMX)
    job = Job.objects.get()
    assert (job.user, job.text, job.format, job.echo_id) == (alice, "We ship anywhere.", "mp3", "")
    assert answer.content.decode().startswith('<section class="part status" id="spoken"')
    assert answer.status_code == 200


def test_with_an_echo(page, alice, reply):
    echo = make_echo(alice, speed=2)
    say(page(alice), reply, echo.pk, **HTMX)
    job = Job.objects.get()
    assert (job.echo_id, job.speed) == (echo.pk, 2.0)


def test_a_team_mate_speaks_it_as_their_own(page, alice, reply):
    mate = join_team_of(alice, "mate")
    say(page(mate), reply, make_echo(mate).pk, **HTMX)
    assert Job.objects.get().user == mate


def test_without_scripts_it_leads_to_the_job(page, alice, reply):
    answer = say(page(alice), reply)
    assert (answer.status_code, answer.url) == (302, f"/jobs/{Job.objects.get().job_id}")


def test_somebody_elses_echo(page, alice, charlie, reply):
    client, echo = page(alice), make_echo(charlie)
    assert 'role="alert"' in say(client, reply, echo.pk, **HTMX).content.decode()
    answer = say(client, reply, echo.pk)
    assert answer.url == f"{TALK}?at={reply.pk}#event-{reply.pk}"
    assert "not there any more" in client.get(answer.url).content.decode()
    assert not Job.objects.exists()


def test_what_cant_be_spoken(page, alice, reply):
    silent = make_event(alice, "...", role="assistant")
    assert 'role="alert"' in say(page(alice), silent, **HTMX).content.decode()
    assert say(page(alice), silent).url.startswith(TALK)
    assert not Job.objects.exists()


def test_it_says_when_it_is_too_often(page, alice, reply, settings):
    settings.RATES = settings.RATES | {"speech": "1/m"}
    say(page(alice), reply)
    assert b"Too many requests for speech" in say(page(alice), reply, **HTMX).content


def test_only_replies_of_this_conversation(page, alice, charlie, reply):
    question = make_event(alice, "Do you ship?")
    elsewhere = make_event(alice, "Yes.", role="assistant", session_id="call_2")
    make_session(charlie)
    foreign = make_event(charlie, "Yes.", role="assistant")
    for event in (question, elsewhere, foreign, "x", "", "0" * 24, "\0"):
        assert say(page(alice), event, **HTMX).status_code == 404
    assert say(page(charlie), reply, **HTMX).status_code == 404
    assert not Job.objects.exists()


def test_it_needs_sign_in_and_takes_post_only(client, page, alice, reply):
    assert say(client, reply).url.startswith("/login")
    assert page(alice).get(SPEAK).status_code == 405
