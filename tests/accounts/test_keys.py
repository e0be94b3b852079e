"""API keys made, listed and revoked, by the API and on the page."""

import datetime as dt
import re

import pytest

from accounts.actions import keys
from accounts.models import KEYS_MAX, ApiKey, AuditEntry, Scope
from config import times
from config.errors import Conflict
from config.ids import new_id

BAD_FIELDS = [
    ({"name": ""}, "name"),
    ({"name": "  "}, "name"),
    ({"name": None}, "name"),
    ({"name": 5}, "name"),
    ({"name": "a\0b"}, "name"),
    ({"name": "n" * 300}, "name"),
    ({"scopes": []}, "scopes"),
    ({"scopes": ["nonsense"]}, "scopes"),
    ({"scopes": ["read", "READ"]}, "scopes"),
    ({"scopes": ["a\0b"]}, "scopes"),
    ({"scopes": "read"}, "scopes"),
    ({"scopes": [5]}, "scopes"),
    ({"expires_at": "2030-01-31T12:00:00"}, "expires_at"),
    ({"expires_at": "2030-01-31"}, "expires_at"),
    ({"expires_at": "2020-01-31T12:00:00Z"}, "expires_at"),
    ({"expires_at": "0001-01-01T00:00:00+14:00"}, "expires_at"),
    ({"expires_at": "9999-12-31T23:59:59-14:00"}, "expires_at"),
    ({"expires_at": "tomorrow"}, "expires_at"),
    ({"expires_at": 10**30}, "expires_at"),
]


@pytest.fixture
def key(alice):
    return keys.create_key(by=alice, name="Phone <b>", scopes=[Scope.READ])[0]


def post(client, **fields):
    return client.post("/api/keys", {"name": "Program"} | fields, "application/json")


def send(client, **fields):
    return client.post("/keys", {"name": "Program", "scopes": ["speak"], "expires_at": "never"} | fields)


def shown_key(answer):
    return re.search(r'value="(ed_[\w-]+)"', answer.content.decode())[1]


def test_api_makes_a_key_that_works(client, api, alice):
    answer = post(api(alice), name="  Program ", scopes=["speak", "read"], expires_at="2100-01-31T13:00:00.1239+01:00")
    body = answer.json()
    assert (answer.status_code, set(body)) == (201, {"key_id", "name", "prefix", "scopes", "expires_at", "key"})
    assert (body["name"], body["scopes"]) == ("Program", ["read", "speak"])
    assert body["expires_at"] == "2100-01-31T12:00:00.123Z"
    assert re.fullmatch(r"ed_[\w-]{43}", body["key"])
    assert body["key"].startswith(body["prefix"])
    assert client.get("/api/jobs", headers={"x-api-key": body["key"]}).status_code == 200


def test_api_without_scopes_and_end(api, alice):
    for fields in ({}, {"scopes": None, "expires_at": None}):
        body = post(api(alice), **fields).json()
        assert (body["scopes"], body["expires_at"]) == (["all"], None)


def test_nothing_kept_gives_the_key_away(api, alice, settings):
    text = post(api(alice)).json()["key"]
    row = ApiKey.objects.get()
    kept = [str(value) for value in vars(row).values()]
    assert not any(text in value or text[len(row.prefix) :] in value for value in kept)
    assert text not in str([vars(entry) for entry in AuditEntry.objects.all()])
    settings.SECRET_KEY = "another" + settings.SECRET_KEY
    assert not ApiKey.objects.with_text(text).exists()


@pytest.mark.parametrize(("fields", "field"), BAD_FIELDS, ids=str)
def test_api_refuses_a_bad_field(api, alice, fields, field):
    answer = post(api(alice), **fields)
    body = answer.json()
    assert (answer.status_code, set(body)) == (422, {"detail", "code", "errors"}), body
    assert body["errors"][0]["loc"][:2] == ["body", field]
    assert not ApiKey.objects.exists()


def test_api_lists_them_newest_first(api, alice, charlie):
    made = [keys.create_key(by=alice, name=f"Key {number}")[0].pk for number in range(3)]
    keys.create_key(by=charlie, name="Not hers")
    first = api(alice).get("/api/keys?limit=2").json()
    rest = api(alice).get(f"/api/keys?limit=2&cursor={first['next']}").json()
    assert [row["key_id"] for row in first["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None
    fields = {"key_id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at"}
    assert set(first["items"][0]) == fields
    assert api(alice).get("/api/keys?cursor=nonsense").status_code == 422


def test_api_revokes(client, api, alice):
    body = post(api(alice)).json()
    answer = api(alice).delete(f"/api/keys/{body['key_id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get("/api/jobs", headers={"x-api-key": body["key"]}).status_code == 401
    assert api(alice).delete(f"/api/keys/{body['key_id']}").status_code == 404


def test_api_hides_other_peoples_keys(api, bob, charlie, key):
    for user in (bob, charlie):
        assert api(user).get("/api/keys").json() == {"items": [], "next": None}
        assert api(user).delete(f"/api/keys/{key.pk}").status_code == 404
    assert ApiKey.objects.exists()


@pytest.mark.parametrize("key_id", ["nonsense", "1", "a" * 24, "%00", "a" * 300])
def test_api_knows_no_such_key(api, alice, key_id):
    assert api(alice).delete(f"/api/keys/{key_id}").status_code == 404


def test_an_api_key_manages_no_keys(client, alice, key):
    _, text = keys.create_key(by=alice, name="Mighty", scopes=[Scope.ALL])
    headers = {"authorization": f"Bearer {text}"}
    for answer in (
        client.get("/api/keys", headers=headers),
        client.post("/api/keys", {"name": "More"}, "application/json", headers=headers),
        client.delete(f"/api/keys/{key.pk}", headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    assert ApiKey.objects.count() == 2


def test_api_needs_a_credential(client, key):
    for answer in (client.get("/api/keys"), post(client), client.delete(f"/api/keys/{key.pk}")):
        assert answer.status_code == 401


def test_the_hundredth_key_is_the_last(api, alice, charlie, page):
    row = {"user": alice, "name": "Key", "prefix": "ed_"}
    ApiKey.objects.bulk_create([ApiKey(digest=str(number), **row) for number in range(KEYS_MAX - 1)])
    assert post(api(alice)).status_code == 201
    answer = post(api(alice))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert b"You have 100 keys. Revoke one that you no longer use." in send(page(alice)).content
    with pytest.raises(Conflict):
        keys.create_key(by=alice, name="One more")
    assert post(api(charlie)).status_code == 201


def test_page_shows_the_key_once(page, alice, client):
    browser = page(alice)
    answer = send(browser)
    text = shown_key(answer)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/api/jobs", headers={"x-api-key": text}).status_code == 200
    assert text not in str(dict(browser.session)) + str(answer.cookies)
    again = browser.get("/keys")
    assert text not in again.content.decode()
    assert text[:11] in again.content.decode()


@pytest.mark.parametrize(
    ("scopes", "has", "lacks"),
    [
        (["speak"], "/v1/audio/speech", "models.list"),
        (["all", "read"], "/v1/audio/speech", "models.list"),
        (["read"], "models.list", "/v1/audio/speech"),
        (["desk"], "documentation of the API", "curl"),
    ],
)
def test_page_shows_examples_that_the_key_may_run(page, alice, settings, scopes, has, lacks):
    answer = send(page(alice), scopes=scopes)
    html = answer.content.decode()
    assert has in html
    assert lacks not in html
    assert html.count(shown_key(answer)) == (4 if "curl" in html else 1)
    assert html.count(f"{settings.SITE_URL}/") == (3 if "curl" in html else 0)


@pytest.mark.parametrize(("choice", "days"), [("30", 30), ("90", 90), ("365", 365)])
def test_page_gives_an_end(page, alice, choice, days, monkeypatch):
    now = times.now()
    monkeypatch.setattr(times, "now", lambda: now)
    send(page(alice), expires_at=choice)
    assert ApiKey.objects.get().expires_at == now + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Name the key."),
        ({"name": "n" * 300}, "at most 200 characters"),
        ({"name": "a\0b"}, "Null characters are not allowed."),
        ({"scopes": []}, "Choose one thing at least."),
        ({"scopes": ["nonsense"]}, "Choose from the list."),
        ({"expires_at": "5"}, "Choose from the list."),
        ({"expires_at": "x"}, "Choose from the list."),
        ({"expires_at": ""}, "This field is required."),
    ],
)
def test_page_shows_a_bad_form_again(page, alice, fields, words):
    answer = send(page(alice), **fields)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_page_lists_keys_in_words(page, alice, charlie, key):
    html = page(alice).get("/keys").content.decode()
    assert "Phone &lt;b&gt;" in html
    for words in (f"{key.prefix}…", "not used yet", "does not end", "Read"):
        assert words in html
    ApiKey.objects.update(expires_at=times.now(), scopes=["all", "read"])
    html = page(alice).get("/keys").content.decode()
    assert "expired" in html
    assert b"Your keys will be here" in page(charlie).get("/keys").content


def test_page_asks_before_it_revokes(page, alice, key):
    browser, door = page(alice), f"/keys/{key.pk}/revoke"
    assert b"Revoke <bdi>Phone &lt;b&gt;</bdi>?" in browser.get(door).content
    assert ApiKey.objects.exists()
    answer = browser.post(door, follow=True)
    assert b"is revoked" in answer.content
    assert not ApiKey.objects.exists()
    assert browser.post(door).status_code == 404


def test_pages_need_sign_in_and_hide_other_peoples_keys(client, page, bob, charlie, key):
    door = f"/keys/{key.pk}/revoke"
    for answer in (client.get("/keys"), client.post("/keys"), client.get(door), client.post(door)):
        assert answer.url.startswith("/login")
    for user in (bob, charlie):
        assert key.prefix.encode() not in page(user).get("/keys").content
        assert [page(user).get(door).status_code, page(user).post(door).status_code] == [404, 404]
    assert page(bob).get(f"/keys/{new_id()}/revoke").status_code == 404
    assert page(bob).put("/keys").status_code == 405
