"""Every door, knocked at by everybody. A new endpoint or page fails here until it has its line in tests/matrix.py."""

import json
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern
from ninja.constants import NOT_SET

from accounts.actions import invitations, keys
from accounts.models import Scope, User
from accounts.tokens import issue
from config import urls
from config.api import api as ninja_api
from jobs import actions as jobs
from jobs.models import Job
from leads.actions import notes, sessions
from tests.accounts.conftest import join_team_of
from tests.leads.leads import make_lead
from tests.leads.talks import make_event
from tests.leads.whatsapp.chats import make_channel, make_contact, make_media, make_message
from tests.matrix import API, CALLERS, PAGES

PARAMETER = re.compile(r"[{<](?:\w+:)?(\w+)[}>]")


def plain(path: str) -> str:
    """A path whose parameters have no converters."""
    return PARAMETER.sub(lambda found: f"{found[0][0]}{found[1]}{found[0][-1]}", path)


def operations() -> dict[str, Any]:
    """`GET /path` -> the operation, for every endpoint of the API."""
    views = [view for _, router in ninja_api._routers for view in router.path_operations.items()]
    return {
        f"{method} {plain(path)}": each for path, view in views for each in view.operations for method in each.methods
    }


def page_paths(patterns=urls.urlpatterns, start="/"):
    """The paths of all pages, without the API's and the admin's."""
    for entry in patterns:
        path = start + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield plain(path)
        elif entry.namespace not in ("api", "admin"):
            yield from page_paths(entry.url_patterns, path)


OPERATIONS = operations()


def test_every_endpoint_has_its_line():
    assert sorted(API) == sorted(OPERATIONS)


def test_every_page_has_its_line():
    assert {line.partition(" ")[2] for line in PAGES} == set(page_paths())


def test_every_endpoint_states_its_scopes():
    assert [name for name, operation in OPERATIONS.items() if operation.auth_param is NOT_SET] == []


@pytest.fixture
def world(api, alice, bob, charlie, demo, job, voice_model, echo, settings):
    """What Alice has, under the names that stand for it in paths and bodies."""
    settings.RATES = dict.fromkeys(settings.RATES, "off")
    mate = join_team_of(alice, "mate")
    key, _ = keys.create_key(by=alice, name="Old robot")
    invitation, url = invitations.invite(by=alice)
    file = api(alice).post("/api/audio-file", {"file": ContentFile(b"sealed", "a.bin"), "encrypted": "true"})
    lead = make_lead(alice)
    contact = make_contact(make_channel(alice, api_base_url="http://127.0.0.1:9"))  # where nobody answers
    message = make_message(contact, kind="image")
    make_media(message, status="failed")
    sessions.start_session(by=alice, session_id="call", audio_file_id=file.json()["file_id"])
    return {
        "people": {"other": charlie, "staff": bob, "team mate": mate, "owner": alice},
        "key_id": key.pk,
        "user_id": join_team_of(alice, "eve").pk,
        "invitation_id": invitation.pk,
        "token": url.rpartition("/")[2],
        "file_id": file.json()["file_id"],
        "job_id": job.pk,
        "audio_id": finished_job(alice).audio_id,
        "model_id": voice_model.pk,
        "echo_id": echo.pk,
        "voice_id": demo.voice_id,
        "export_id": job.pk,  # an id of nothing exported
        "lead_id": lead.pk,
        "email": lead.email,
        "note_id": notes.add_note(by=alice, lead=lead, text="Called.").pk,
        "session_id": "call",
        "contact_id": contact.pk,
        "channel_id": contact.channel_id,
        "message_id": message.pk,
        "reply_id": make_event(alice, session_id="call", role="assistant").pk,
    }


def finished_job(user: User) -> Job:
    job = jobs.start_job(by=user, text="Ropes creak.")
    jobs.run_job(job=job)
    job.refresh_from_db()
    return job


def fill(value: Any, world: dict[str, Any]) -> Any:
    if isinstance(value, str):
        return PARAMETER.sub(lambda found: str(world[found[1]]), value)
    if isinstance(value, dict):
        return {name: fill(inner, world) for name, inner in value.items()}
    return [fill(inner, world) for inner in value] if isinstance(value, list) else value


def credential(caller: str, operation: Any, people: dict[str, User]) -> dict[str, str]:
    if caller == "anonymous":
        return {}
    if caller != "key without scope":
        return {"authorization": f"Bearer {issue(people[caller])}"}
    taken = getattr(operation.auth_param, "scopes", ())
    lacking = [scope for scope in Scope.values if scope != Scope.ALL and scope not in taken]
    _, text = keys.create_key(by=people["owner"], name="Robot", scopes=lacking or [Scope.READ])
    return {"authorization": f"Bearer {text}"}


def begin_and_end(answer: Any) -> None:
    """Some answers go on for as long as somebody listens."""
    if answer.streaming:
        parts = answer._iterator  # of the test client; it closes the answer
        next(parts, None)
        parts.close()


def say(answer: Any) -> str:
    begin_and_end(answer)
    leads_to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/login")
    return "in" if leads_to_sign_in else str(answer.status_code)


def at_door(name: str, world: dict[str, Any]) -> dict[str, Any]:
    """At the doors of chats a user is a contact."""
    return world | {"user_id": world["contact_id"]} if "/api/v1/admin/" in name or " /inbox" in name else world


@pytest.mark.parametrize("name", API)
def test_endpoint(world, name):
    world = at_door(name, world)
    (method, path), (expected, body) = fill(name, world).split(" ", 1), API[name]
    sent = () if body is None else (json.dumps(fill(body, world)), "application/json")
    clients = {caller: Client(headers=credential(caller, OPERATIONS[name], world["people"])) for caller in CALLERS}
    seen = {caller: say(client.generic(method, path, *sent)) for caller, client in clients.items()}
    assert seen == dict(zip(CALLERS, expected.split(), strict=True))


@pytest.mark.parametrize("name", PAGES)
def test_page(world, page, name):
    world = at_door(name, world)
    (method, path), (expected, body) = fill(name, world).split(" ", 1), PAGES[name]
    callers = [caller for caller in CALLERS if caller != "key without scope"]
    clients = {caller: page(person) for caller, person in world["people"].items()} | {
        "anonymous": Client(headers={"accept": "text/html"})
    }
    seen = {caller: say(getattr(clients[caller], method.lower())(path, fill(body, world))) for caller in callers}
    assert seen == dict(zip(callers, expected.split(), strict=True))
