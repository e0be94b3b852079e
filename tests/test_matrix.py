"""Every door, knocked at by everybody. A new endpoint or page fails here until it has its line in tests/matrix.py."""

import json
import re
from collections.abc import Callable
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
from config.ids import new_id
from jobs import actions as jobs
from jobs.actions import pronunciations
from jobs.models import Job
from leads.actions import notes, saved_filters, sessions, webhook_posts
from tests.accounts.conftest import join_team_of
from tests.jobs.documents.books import make_draft
from tests.leads.duplicates.pairs import make_pair
from tests.leads.exports.schedules import make_file
from tests.leads.imports.files import make_import
from tests.leads.leads import make_lead
from tests.leads.talks import make_event
from tests.leads.webhooks.deliveries import make_webhook
from tests.leads.whatsapp.chats import make_channel, make_contact, make_media, make_message
from tests.matrix import API, CALLERS, PAGES
from tests.voices.models import make_echo, make_model
from voices.models import Voice

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


class World(dict[str, Any]):
    """What Alice has, under the names that stand for it in paths and bodies: made as soon as a door names it."""

    def __init__(self, alice: User, **people: User) -> None:
        super().__init__(people={**people, "team mate": join_team_of(alice, "mate"), "owner": alice})
        self.alice = alice

    def __missing__(self, name: str) -> Any:
        for names, make in MAKERS.items():
            if name in names.split():
                made = make(self)
                self.update(made if isinstance(made, dict) else {name: made})
        return self[name]


@pytest.fixture
def world(alice, bob, charlie, demo, settings):
    settings.RATES = dict.fromkeys(settings.RATES, "off")
    return World(alice, other=charlie, staff=bob)


def make_invitation(world: World) -> dict[str, str]:
    invitation, url = invitations.invite(by=world.alice)
    return {"invitation_id": invitation.pk, "token": url.rpartition("/")[2]}


def make_sealed_file(world: World) -> str:
    sent = {"file": ContentFile(b"sealed", "a.bin"), "encrypted": "true"}
    return (
        Client(headers={"authorization": f"Bearer {issue(world.alice)}"})
        .post("/api/audio-file", sent)
        .json()["file_id"]
    )


def make_person(world: World) -> dict[str, str]:
    lead = make_lead(world.alice)
    return {"lead_id": lead.pk, "email": lead.email, "lead": lead}


def make_chat(world: World) -> dict[str, str]:
    contact = make_contact(make_channel(world.alice, api_base_url="http://127.0.0.1:9"))  # where nobody answers
    message = make_message(contact, kind="image")
    make_media(message, status="failed")
    return {"contact_id": contact.pk, "channel_id": contact.channel_id, "message_id": message.pk}


def make_call(world: World) -> str:
    sessions.start_session(by=world.alice, session_id="call", audio_file_id=world["file_id"])
    return "call"


def make_schedule(world: World) -> dict[str, str]:
    made = make_file(world.alice)
    return {"schedule_id": made.schedule_id, "made_id": made.pk}


def make_hook(world: World) -> dict[str, str]:
    webhook = make_webhook(world.alice)
    return {"webhook_id": webhook.pk, "post_id": webhook_posts.send_test(by=world.alice, webhook=webhook).pk}


MAKERS: dict[str, Callable[[World], Any]] = {
    "key_id": lambda world: keys.create_key(by=world.alice, name="Old robot")[0].pk,
    "user_id": lambda world: join_team_of(world.alice, "eve").pk,
    "invitation_id token": make_invitation,
    "file_id": make_sealed_file,
    "job_id": lambda world: jobs.start_job(by=world.alice, text="Ropes creak.").pk,
    "audio_id": lambda world: finished_job(world.alice).audio_id,
    "pronunciation_id": lambda world: pronunciations.add(by=world.alice, word="Echo", replacement="Echo desk").pk,
    "audiobook_id": lambda world: make_draft(world.alice).pk,
    "model_id": lambda world: make_model(world.alice).pk,
    "echo_id": lambda world: make_echo(world.alice).pk,
    "voice_id": lambda world: Voice.objects.get().voice_id,
    "export_id": lambda world: new_id(),
    "lead_id email lead": make_person,
    "filter_id": lambda world: saved_filters.save_filter(by=world.alice, name="Acme", wanted={"q": "acme"}).pk,
    "import_id": lambda world: make_import(world.alice).pk,
    "pair_id": lambda world: make_pair(world["lead"]).pk,
    "note_id": lambda world: notes.add_note(by=world.alice, lead=world["lead"], text="Called.").pk,
    "session_id": make_call,
    "reply_id": lambda world: make_event(world.alice, session_id=world["session_id"], role="assistant").pk,
    "contact_id channel_id message_id": make_chat,
    "schedule_id made_id": make_schedule,
    "webhook_id post_id": make_hook,
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


def at_door(name: str) -> str:
    """At the doors of chats a user is a contact."""
    return name.replace("user_id", "contact_id") if "/api/v1/admin/" in name or " /inbox" in name else name


def reads(lines: dict[str, Any]) -> list[str]:
    """The doors at which nothing changes: they share a world."""
    return [name for name in lines if name.startswith("GET ")]


def writes(lines: dict[str, Any]) -> list[str]:
    return [name for name in lines if not name.startswith("GET ")]


def expected(lines: dict[str, Any], names: list[str], who: tuple[str, ...], caller: str) -> dict[str, str]:
    """What the caller is told at each door."""
    return {name: dict(zip(who, lines[name][0].split(), strict=True))[caller] for name in names}


def knock_at_endpoint(name: str, world: dict[str, Any], caller: str) -> str:
    body = API[name][1]
    method, path = fill(at_door(name), world).split(" ", 1)
    sent = () if body is None else (json.dumps(fill(body, world)), "application/json")
    client = Client(headers=credential(caller, OPERATIONS[name], world["people"]))
    return say(client.generic(method, path, *sent))


@pytest.mark.parametrize("caller", CALLERS)
def test_endpoints_that_read(world, caller):
    seen = {name: knock_at_endpoint(name, world, caller) for name in reads(API)}
    assert seen == expected(API, reads(API), CALLERS, caller)


@pytest.mark.parametrize("name", writes(API))
def test_endpoint_that_writes(world, name):
    seen = {caller: knock_at_endpoint(name, world, caller) for caller in CALLERS}
    assert seen == dict(zip(CALLERS, API[name][0].split(), strict=True))


VISITORS = tuple(caller for caller in CALLERS if caller != "key without scope")


@pytest.fixture
def visitors(world, page):
    """The browsers of those who visit pages."""
    signed_in = {caller: page(person) for caller, person in world["people"].items()}
    return signed_in | {"anonymous": Client(headers={"accept": "text/html"})}


def knock_at_page(name: str, world: dict[str, Any], client: Client) -> str:
    method, path = fill(at_door(name), world).split(" ", 1)
    return say(getattr(client, method.lower())(path, fill(PAGES[name][1], world)))


@pytest.mark.parametrize("visitor", VISITORS)
def test_pages_that_are_looked_at(world, visitors, visitor):
    seen = {name: knock_at_page(name, world, visitors[visitor]) for name in reads(PAGES)}
    assert seen == expected(PAGES, reads(PAGES), VISITORS, visitor)


@pytest.mark.parametrize("name", writes(PAGES))
def test_page_that_writes(world, visitors, name):
    seen = {visitor: knock_at_page(name, world, visitors[visitor]) for visitor in VISITORS}
    assert seen == dict(zip(VISITORS, PAGES[name][0].split(), strict=True))
