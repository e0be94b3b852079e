"""The secret that callbacks are signed with: shown and made anew, by the API and on the page; and how to verify."""

import json
import re
from pathlib import Path

import pytest

from accounts.actions import keys, signing
from accounts.models import AuditEntry, Scope, User
from config.outgoing import sign

DOOR = "/api/callback-secret"


def test_each_account_has_its_own(api, alice, charlie, settings):
    answer = api(alice).get(DOOR)
    assert (answer.status_code, list(answer.json())) == (200, ["secret"])
    assert re.fullmatch(r"sec_[\w-]{43}", answer.json()["secret"])
    assert answer.json() == api(alice).get(DOOR).json() != api(charlie).get(DOOR).json()
    settings.SECRET_KEY = "another" + settings.SECRET_KEY
    assert User.objects.get(pk=alice.pk).signing_secret != answer.json()["secret"]


def test_a_new_one_is_made(api, alice, charlie):
    old, theirs = alice.signing_secret, charlie.signing_secret
    answer = api(alice).post(DOOR, {}, "application/json")
    assert (answer.status_code, answer.json() == api(alice).get(DOOR).json()) == (201, True)
    assert answer.json()["secret"] != old
    assert User.objects.get(pk=charlie.pk).signing_secret == theirs
    (entry,) = AuditEntry.objects.filter(user=alice, event="secret_made")
    assert entry.address
    assert answer.json()["secret"] not in str([vars(entry) for entry in AuditEntry.objects.all()])


def test_of_two_at_once_there_is_one(alice):
    same = User.objects.get(pk=alice.pk)
    assert signing.make_secret(by=alice) == signing.make_secret(by=same)
    assert AuditEntry.objects.filter(event="secret_made").count() == 1


def test_it_takes_a_credential_that_is_no_key(client, alice):
    _, text = keys.create_key(by=alice, name="Mighty", scopes=[Scope.ALL])
    before = alice.signing_secret
    for headers, status in (({"authorization": f"Bearer {text}"}, 403), ({}, 401)):
        for method in ("get", "post"):
            assert getattr(client, method)(DOOR, headers=headers).status_code == status
    assert User.objects.get(pk=alice.pk).signing_secret == before


def test_the_page_shows_it_on_request(page, alice, charlie):
    answer = page(alice).get("/keys")
    html = answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert re.search(rf'<details[^>]*>\s*<summary[^>]*>Show the secret.*value="{alice.signing_secret}"', html, re.S)
    assert alice.signing_secret not in page(charlie).get("/keys").content.decode()


def test_the_page_asks_before_it_makes_another(page, alice):
    browser, old = page(alice), alice.signing_secret
    assert b"Make a new signing secret?" in browser.get("/keys/secret").content
    assert User.objects.get(pk=alice.pk).signing_secret == old
    html = browser.post("/keys/secret", follow=True).content.decode()
    assert "There is a new signing secret." in html
    assert User.objects.get(pk=alice.pk).signing_secret in html
    assert old not in html


def test_pages_need_sign_in(client, db):
    for answer in (client.get("/keys/secret"), client.post("/keys/secret")):
        assert answer.url.startswith("/login")


# As the documentation says


@pytest.fixture
def verified(settings):
    """The function of the example in docs/api.md."""
    text = Path(settings.BASE_DIR, "docs", "api.md").read_text()
    (example,) = re.findall(r"((?:    .*\n|\n)+    def verified\((?:.*\n)(?:    .*\n|\n)+)", text)
    names = {}
    exec("\n".join(line[4:] for line in example.splitlines()), names)  # noqa: S102 - our own example
    return names["verified"]


def test_the_documented_example_verifies(alice, verified):
    body = json.dumps({"status": "completed", "title": "Möwe"}).encode()
    header, now = sign(alice.signing_secret, body, 1_700_000_000), 1_700_000_010
    assert verified(alice.signing_secret, header, body, now=now)
    assert not verified("sec_other", header, body, now=now)
    assert not verified(alice.signing_secret, header, body + b" ", now=now)
    assert not verified(alice.signing_secret, header.replace("t=1700000000", "t=1700000001"), body, now=now)
    assert not verified(alice.signing_secret, header, body, now=now + 600)
    for garbage in ("", "t=1", "v1=", "t=x,v1=y", "a,b,c", header.replace("v1", "v0")):
        assert not verified(alice.signing_secret, garbage, body, now=now)
