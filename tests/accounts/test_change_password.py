import pytest
from django.test import Client

from accounts.actions import keys, passwords
from accounts.models import AuditEntry, User
from config.errors import Conflict
from tests.conftest import PASSWORD

NEW = "a longer sea breeze 43"


def change(browser, old=PASSWORD, new=NEW):
    return browser.post("/settings/password", {"old": old, "new": new})


def test_the_new_password_counts_and_the_old_one_no_more(page, client, alice):
    answer = change(page(alice))
    assert (answer.status_code, answer.url) == (302, "/settings")
    assert client.post("/login", {"email": alice.email, "password": PASSWORD}).status_code == 200
    assert client.post("/login", {"email": alice.email, "password": NEW}).status_code == 302
    entry = AuditEntry.objects.owned_by(alice).get(event="password_changed")
    assert (entry.words, entry.address) == ("", "127.0.0.1")


def test_this_session_is_kept_and_others_end(page, alice):
    browser, other = page(alice), page(alice)
    change(browser)
    assert "Everywhere else you are signed out." in browser.get("/settings").text
    assert other.get("/settings").url == "/login?next=/settings"


def test_tokens_end_and_api_keys_go_on(page, api, alice):
    program, (_, key) = api(alice), keys.create_key(by=alice, name="Robot")
    change(page(alice))
    assert program.get("/api/user").status_code == 401
    assert Client().get("/api/user", headers={"X-API-Key": key}).status_code == 200
    assert api(User.objects.get()).get("/api/user").status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"old": "not it at all"}, "This is not your password."),
        ({"old": ""}, "This field is required."),
        ({"new": "short"}, "at least 8 characters"),
        ({"new": "x" * 129}, "at most 128 characters"),
        ({"new": ""}, "This field is required."),
        ({"new": "null\0null"}, "Null characters"),
    ],
)
def test_what_is_refused_is_shown_in_its_card(page, alice, fields, words):
    answer = change(page(alice), **fields)
    assert answer.status_code == 200
    assert words in answer.text
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert alice.token_version == 1
    assert NEW not in answer.text


@pytest.mark.parametrize(("length", "fits"), [(7, False), (8, True), (128, True), (129, False)])
def test_how_long_a_password_is(alice, length, fits):
    if fits:
        passwords.change_password(by=alice, old=PASSWORD, new="x" * length)
    else:
        with pytest.raises(passwords.Unprocessable) as refused:
            passwords.change_password(by=alice, old=PASSWORD, new="x" * length)
        assert refused.value.field == "new"


def test_guesses_are_counted(page, alice):
    browser = page(alice)
    for _ in range(5):
        change(browser, old="not it at all")
    assert "Too many tries" in change(browser).text


def test_a_stranger_who_fails_to_sign_in_keeps_nobody_from_changing_it(page, client, alice):
    answers = [client.post("/login", {"email": alice.email, "password": "not it at all"}) for _ in range(6)]
    assert "Too many tries" in answers[-1].text
    assert change(page(alice)).status_code == 302


def test_a_good_one_takes_the_guesses_back(page, alice):
    browser, old = page(alice), PASSWORD
    for new in (NEW, "another one 44"):
        for _ in range(4):
            assert change(browser, old="not it at all").status_code == 200
        assert change(browser, old, new).status_code == 302
        old = new


def test_of_two_changes_at_once_one_wins(alice):
    stale = User.objects.get()
    passwords.change_password(by=alice, old=PASSWORD, new=NEW)
    with pytest.raises(Conflict, match="just been changed"):
        passwords.change_password(by=stale, old=PASSWORD, new="another one 44")
    assert User.objects.get().check_password(NEW)
