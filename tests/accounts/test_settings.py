"""The settings page: its cards, the name and the e-mail. Passwords, data and deletion have files of their own."""

import pytest

from accounts.models import AuditEntry, User
from tests.conftest import PASSWORD

CARDS = ("name", "email", "password", "cloning", "data", "delete")
NEW = {"email": "new@example.com", "password": PASSWORD}


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_the_page_has_all_cards_and_the_tabs(page, alice):
    answer = page(alice).get("/settings")
    assert answer.status_code == 200
    for card in CARDS:
        assert f'action="/settings/{card}"' in answer.text
    assert '<a href="/settings" aria-current="page">Account</a>' in answer.text
    assert "alice@example.com" in answer.text


def test_no_two_fields_share_an_id(page, alice):
    ids = [part.split('"')[0] for part in page(alice).get("/settings").text.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


def test_the_pages_need_sign_in(client):
    assert client.get("/settings").url == "/login?next=/settings"
    for card in CARDS:
        assert client.post(f"/settings/{card}").url == "/login"


@pytest.mark.parametrize("card", CARDS)
def test_a_card_that_is_reloaded_leads_to_the_page(page, alice, card):
    assert page(alice).get(f"/settings/{card}").url == "/settings"
    assert page(alice).put(f"/settings/{card}").status_code == 405


def test_changing_the_name(page, alice):
    answer = page(alice).post("/settings/name", {"name": " Alice Ångström "}, follow=True)
    assert answer.redirect_chain == [("/settings", 302)]
    assert "Your name is changed." in answer.text
    assert fresh(alice).name == "Alice Ångström"


@pytest.mark.parametrize(("name", "words"), [("x" * 201, "at most 200 characters"), ("a\0b", "Null characters")])
def test_a_bad_name_is_shown_again_in_its_card(page, alice, name, words):
    answer = page(alice).post("/settings/name", {"name": name})
    assert (answer.status_code, fresh(alice).name) == (200, "Alice")
    assert words in answer.text
    assert '<a href="/settings" aria-current="page">Account</a>' in answer.text


def test_a_name_may_be_taken_away(page, alice):
    page(alice).post("/settings/name", {"name": ""})
    assert fresh(alice).name == ""


def test_changing_the_email(page, alice, client):
    browser = page(alice)
    answer = browser.post("/settings/email", NEW | {"email": " New@Example.com"}, follow=True)
    assert "From now on you sign in as new@example.com." in answer.text
    assert fresh(alice).email == "new@example.com"
    assert client.post("/login", NEW).status_code == 302
    entry = AuditEntry.objects.owned_by(alice).get(event="email_changed")
    assert (entry.words, entry.address) == ("From alice@example.com to new@example.com", "127.0.0.1")


def test_changing_the_email_keeps_sessions_and_tokens(page, api, alice):
    browser, other, program = page(alice), page(alice), api(alice)
    browser.post("/settings/email", NEW)
    assert browser.get("/settings").status_code == other.get("/settings").status_code == 200
    assert program.get("/api/user").json()["email"] == "new@example.com"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"password": "not it at all"}, "This is not your password."),
        ({"password": ""}, "This field is required."),
        ({"email": "charlie@example.com"}, "There is already an account with this e-mail."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"email": "x" * 300 + "@example.com"}, "at most 254 characters"),
    ],
)
def test_an_email_that_is_refused(page, alice, charlie, fields, words):
    answer = page(alice).post("/settings/email", NEW | fields)
    assert (answer.status_code, fresh(alice).email) == (200, "alice@example.com")
    assert words in answer.text


def test_a_stolen_session_cannot_guess_the_password(page, alice):
    browser = page(alice)
    answers = [browser.post("/settings/email", NEW | {"password": f"guess {number}"}) for number in range(6)]
    assert "This is not your password." in answers[4].text
    assert "Too many tries" in answers[5].text
    assert "Too many tries" in browser.post("/settings/email", NEW).text
    assert fresh(alice).email == "alice@example.com"


def test_a_right_password_takes_the_tries_back(page, alice):
    browser = page(alice)
    for number in range(8):
        browser.post("/settings/email", NEW | {"password": "not it at all"})
        browser.post("/settings/email", {"email": f"alice{number}@example.com", "password": PASSWORD})
    assert fresh(alice).email == "alice7@example.com"


def test_an_unchanged_email_leaves_no_trace(page, alice):
    page(alice).post("/settings/email", {"email": "ALICE@example.com", "password": PASSWORD})
    assert not AuditEntry.objects.filter(event="email_changed").exists()


@pytest.mark.parametrize(("fields", "focused"), [({}, "password"), ({"email": "no address"}, "email")])
def test_the_browser_goes_where_something_is_wrong(page, alice, fields, focused):
    text = page(alice).post("/settings/email", NEW | {"password": "not it at all"} | fields).text
    (field,) = [part for part in text.split("<input") if "autofocus" in part]
    assert f'name="{focused}"' in field
    assert "autofocus" not in page(alice).get("/settings").text
