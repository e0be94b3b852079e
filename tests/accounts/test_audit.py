"""The audit trail: what is recorded, who sees it, page by page."""

import datetime as dt

import pytest
from django.test import Client

from accounts.actions import audit, keys
from accounts.models import AuditEntry, Event, User
from config import times
from tests.conftest import PASSWORD

AGENT = {"REMOTE_ADDR": "198.51.100.7"}


def trail(user):
    rows = AuditEntry.objects.filter(user=user).order_by("created_at", "pk")
    return [(row.event, row.words, row.address) for row in rows]


def test_an_account_begins_with_its_own_making(client, db):
    body = {"email": "new@example.com", "password": PASSWORD}
    client.post("/api/register", body, "application/json", **AGENT)
    assert trail(User.objects.get()) == [("registered", "", "198.51.100.7")]


def test_sign_ins_and_failures(client, alice):
    for password in (PASSWORD, "wrong"):
        client.post("/api/login", {"email": "alice@example.com", "password": password}, "application/json", **AGENT)
    assert trail(alice) == [("signed_in", "", "198.51.100.7"), ("sign_in_failed", "", "198.51.100.7")]


def test_a_failure_for_an_unknown_email_is_nobodys(client, alice):
    client.post("/api/login", {"email": "nobody@example.com", "password": "wrong"}, "application/json", **AGENT)
    assert trail(None) == [("sign_in_failed", "", "198.51.100.7")]
    assert trail(alice) == []


def test_the_life_of_a_key(api, alice):
    client = api(alice)
    made = client.post("/api/keys", {"name": "Program"}, "application/json", **AGENT).json()
    Client().get("/api/jobs", headers={"x-api-key": made["key"]}, **AGENT)
    client.delete(f"/api/keys/{made['key_id']}", **AGENT)
    words = f"Program ({made['prefix']}…)"
    assert trail(alice) == [(event, words, "198.51.100.7") for event in ("key_made", "key_used", "key_revoked")]


def test_what_is_done_to_a_key_by_the_page(page, alice):
    browser = page(alice)
    browser.post("/keys", {"name": "Program", "scopes": ["read"], "expires_at": "never"}, **AGENT)
    key, _ = keys.create_key(by=alice, name="Other")
    browser.post(f"/keys/{key.pk}/revoke", **AGENT)
    assert [(event, address) for event, _, address in trail(alice)] == [
        ("key_made", "198.51.100.7"),
        ("key_made", ""),
        ("key_revoked", "198.51.100.7"),
    ]


def test_a_key_that_is_revoked_twice_is_told_of_once(alice):
    key, _ = keys.create_key(by=alice, name="Program")
    for _ in range(2):
        keys.revoke_key(by=alice, key=key)
    assert [event for event, *_ in trail(alice)] == ["key_made", "key_revoked"]


def test_long_words_are_cut(alice):
    audit.record(user=alice, event=Event.FILE_DELETED, words="n" * 1000)
    assert trail(alice) == [("file_deleted", "n" * 300, "")]


def test_entries_go_after_a_year(alice, monkeypatch):
    audit.record(user=alice, event=Event.SIGNED_IN)
    now = times.now()
    monkeypatch.setattr(times, "now", lambda: now + dt.timedelta(days=364))
    audit.purge()
    assert len(trail(alice)) == 1
    monkeypatch.setattr(times, "now", lambda: now + dt.timedelta(days=366))
    audit.purge()
    assert trail(alice) == []


def test_page_tells_in_words(page, alice):
    audit.record(user=alice, event=Event.FILE_DELETED, words="<b>song</b>.wav", address="198.51.100.7")
    html = page(alice).get("/audit").content.decode()
    for words in ("File deleted", "&lt;b&gt;song&lt;/b&gt;.wav", "198.51.100.7", "just now"):
        assert words in html
    assert "Show more" not in html


def test_page_shows_the_owner_alone(client, page, alice, bob, charlie):
    audit.record(user=alice, event=Event.FILE_DELETED, words="song.wav")
    audit.record(user=None, event=Event.SIGN_IN_FAILED)
    for user in (bob, charlie):
        assert b"Your trail begins here" in page(user).get("/audit").content
    assert client.get("/audit").url == "/login?next=/audit"
    assert page(alice).post("/audit").status_code == 405


def test_page_filters_by_event(page, alice):
    audit.record(user=alice, event=Event.FILE_DELETED, words="song.wav")
    audit.record(user=alice, event=Event.SIGNED_IN, address="198.51.100.7")
    html = page(alice).get("/audit?event=file_deleted").content.decode()
    assert "song.wav" in html
    assert "198.51.100.7" not in html
    assert '<option value="file_deleted" selected>File deleted</option>' in html
    for event in ("key_used", "nonsense", "%00", "x" * 500):
        answer = page(alice).get(f"/audit?event={event}")
        assert answer.status_code == 200
        assert b"song.wav" not in answer.content or event == "%00"


def test_page_shows_more_by_key(page, alice):
    for number in range(45):
        audit.record(user=alice, event=Event.FILE_DELETED, words=f"file-{number:02}.wav")
    browser, path, seen = page(alice), "/audit?event=file_deleted", []
    while path:
        answer = browser.get(path, headers={"hx-request": "true"} if seen else {})
        html = answer.content.decode()
        seen += [line.split("<")[0] for line in html.split("<bdi>")[1:]]
        assert ("<html" in html) == (path == "/audit?event=file_deleted")
        path = html.split('hx-get="')[1].split('"')[0].replace("&amp;", "&") if "hx-get" in html else ""
        assert not path or "event=file_deleted" in path
    assert seen == [f"file-{number:02}.wav" for number in reversed(range(45))]


@pytest.mark.parametrize("cursor", ["nonsense", "%00", "x" * 500])
def test_page_refuses_a_forged_cursor(page, alice, cursor):
    assert page(alice).get(f"/audit?cursor={cursor}").status_code == 422


def test_staff_finds_entries_by_email_and_event(page, alice, bob):
    audit.record(user=alice, event=Event.FILE_DELETED, words="song.wav")
    audit.record(user=None, event=Event.SIGN_IN_FAILED, address="203.0.113.9")
    browser, path = page(bob), "/admin/accounts/auditentry/"
    for query, has_song, has_failure in (("", 1, 1), ("?q=alice@", 1, 0), ("?event__exact=sign_in_failed", 0, 1)):
        html = browser.get(path + query).content.decode()
        assert ("song.wav" in html, "203.0.113.9" in html) == (has_song, has_failure)


def test_staff_sees_no_digest(page, bob, alice):
    key, text = keys.create_key(by=alice, name="Program")
    browser = page(bob)
    for path in ("/admin/accounts/apikey/", f"/admin/accounts/apikey/{key.pk}/change/"):
        html = browser.get(path).content.decode()
        assert key.prefix in html
        assert key.digest not in html
        assert text not in html
