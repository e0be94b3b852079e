"""Confirming the right to all uploaded voices, and taking that back: action, page and what is kept of it."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from accounts import tasks
from accounts.actions import consent, exports
from accounts.models import AuditEntry, User
from config import times

PATH = "/settings/cloning"
GIVEN, WITHDRAWN = "consent_given", "consent_withdrawn"


def given_at(user):
    return User.objects.get(pk=user.pk).cloning_consent_at


def trail(user):
    rows = AuditEntry.objects.owned_by(user).filter(event__in=(GIVEN, WITHDRAWN)).order_by("created_at", "pk")
    return list(rows.values_list("event", flat=True))


@pytest.fixture
def long_ago(alice):
    when = dt.datetime(2024, 2, 29, 12, tzinfo=dt.UTC)
    User.objects.filter(pk=alice.pk).update(cloning_consent_at=when)
    alice.refresh_from_db()
    return when


def test_giving_it_notes_when_and_from_where(alice, charlie):
    before = times.now()
    consent.give_consent(by=alice, address="192.0.2.7")
    assert before <= given_at(alice) == alice.cloning_consent_at <= times.now()
    entry = AuditEntry.objects.get(event=GIVEN)
    assert (entry.user, entry.words, entry.address) == (alice, "For all uploads", "192.0.2.7")
    assert given_at(charlie) is None


def test_giving_it_again_keeps_the_first_time(alice, long_ago):
    consent.give_consent(by=alice)
    assert (given_at(alice), trail(alice)) == (long_ago, [])


def test_taking_it_back_once_and_twice(alice, long_ago):
    for _ in range(2):
        consent.withdraw_consent(by=alice)
    assert (given_at(alice), alice.cloning_consent_at, trail(alice)) == (None, None, [WITHDRAWN])


def test_of_two_at_once_one_is_noted(alice):
    other = User.objects.get(pk=alice.pk)
    consent.give_consent(by=alice)
    consent.give_consent(by=other)
    assert trail(alice) == [GIVEN]


def test_the_tick_gives_it(page, alice):
    browser = page(alice)
    answer = browser.post(PATH, {"consent": "on"}, follow=True)
    assert answer.redirect_chain == [("/settings", 302)]
    assert "Noted: you have the right to use every voice that you upload." in answer.text
    assert f"Confirmed on {given_at(alice):%-d %B %Y}" in answer.text
    assert trail(alice) == [GIVEN]
    assert AuditEntry.objects.get(event=GIVEN).address == "127.0.0.1"
    assert "Consent to voice cloning given" in browser.get("/audit").text


def test_no_tick_takes_it_back(page, alice, long_ago):
    answer = page(alice).post(PATH, {}, follow=True)
    assert "Noted: each upload needs a consent of its own." in answer.text
    assert "Confirmed on" not in answer.text
    assert (given_at(alice), trail(alice)) == (None, [WITHDRAWN])


@pytest.mark.parametrize("fields", [{}, {"consent": ""}, {"consent": "false"}, {"other": "on"}])
def test_anything_else_gives_nothing(page, alice, fields):
    assert page(alice).post(PATH, fields).status_code == 302
    assert (given_at(alice), trail(alice)) == (None, [])


def test_the_page_shows_what_was_confirmed_and_when(page, alice, long_ago):
    text = page(alice).get("/settings").text
    (box,) = [part.partition(">")[0] for part in text.split("<input") if 'name="consent"' in part.partition(">")[0]]
    assert "checked" in box
    assert "Confirmed on 29 February 2024" in text


def test_the_page_says_what_it_means(page, alice):
    text = page(alice).get("/settings").text
    (box,) = [part.partition(">")[0] for part in text.split("<input") if 'name="consent"' in part.partition(">")[0]]
    assert "checked" not in box
    assert "need no <code>consent</code> field" in text
    assert "the field speaks for its own upload only" in text


def test_only_the_person_in_the_browser_is_meant(page, alice, charlie, bob):
    page(bob).post(PATH, {"consent": "on", "user_id": alice.pk})
    assert (given_at(alice), given_at(charlie)) == (None, None)
    assert given_at(bob)


def test_it_needs_sign_in_its_form_and_the_right_method(client, page, alice):
    assert client.post(PATH, {"consent": "on"}).url == "/login"
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(PATH, {"consent": "on"}).status_code == 403
    assert page(alice).put(PATH).status_code == 405
    assert page(alice).get(PATH, {"consent": "on"}).url == "/settings"
    assert (given_at(alice), trail(alice)) == (None, [])


def test_a_download_of_all_data_tells_of_it(alice, long_ago):
    export = exports.start_export(by=alice)
    tasks.make_export(export.pk)
    export.refresh_from_db()
    with default_storage.open(export.path) as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("account.json")]
        rows = json.loads(archive.read(name))
    (person,) = rows if isinstance(rows, list) else [rows]
    assert person["cloning_consent_at"] == "2024-02-29T12:00:00.000Z"
