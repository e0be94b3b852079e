import datetime as dt
import re

import pytest
from django.test import Client

from accounts import tasks
from accounts.actions import passwords, users
from accounts.models import AuditEntry, Role, User
from config import queue, times
from config.errors import Conflict, Forbidden
from tests.conftest import PASSWORD

NEW = "a longer sea breeze 43"
PER_PAGE = re.compile(r'\w+@example\.com|name="csrfmiddlewaretoken" value="\w+"')
LINK = re.compile(r"http://127\.0\.0\.1:8000(/password-reset/[0-9a-f]{24}/\S+)")


def ask(client, email="alice@example.com", **headers):
    return client.post("/password-reset", {"email": email}, **headers)


def link_to(user):
    return LINK.fullmatch(passwords.link(user)[0])[1]


def test_asking_mails_a_link_that_sets_a_password(client, alice, mailoutbox):
    assert "a link is on its way" in ask(client, " Alice@Example.com", follow=True).text
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["alice@example.com"], "Set a new password for Echodesk")
    assert mail.from_email == "Echodesk <echodesk@127.0.0.1>"
    assert "stay closed" in mail.body
    path = LINK.search(mail.body)[1]
    assert "stay closed" in client.get(path).text
    answer = client.post(path, {"new": NEW}, follow=True)
    assert answer.redirect_chain == [("/login", 302)]
    assert "Your password is set." in answer.text
    assert client.post("/login", {"email": alice.email, "password": NEW}).status_code == 302


def test_who_asks_cannot_tell_whether_there_is_an_account(client, alice, charlie, mailoutbox):
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    emails = ("alice@example.com", "charlie@example.com", "nobody@example.com")
    pages = [ask(client, email, follow=True) for email in emails]
    assert {str(answer.redirect_chain) for answer in pages} == {"[('/login', 302)]"}
    assert len({PER_PAGE.sub("", answer.text) for answer in pages}) == 1
    assert [mail.to for mail in mailoutbox] == [["alice@example.com"]]
    assert [entry.user for entry in AuditEntry.objects.filter(event="reset_asked").order_by("pk")] == [
        alice,
        None,
        None,
    ]


def test_with_redis_a_worker_sends_it_and_as_much_is_enqueued_for_nobody(redis, client, alice, mailoutbox):
    ask(client)
    ask(client, "nobody@example.com")
    ids = queue.queue_of("network").job_ids
    assert ids[0] == queue.task_id(passwords.MAIL_TASK, alice.pk)
    assert (len(ids), mailoutbox) == (2, [])
    for task in ids:
        tasks.send_reset_mail(task.rpartition("-")[2])
    assert len(mailoutbox) == 1


def test_an_email_gets_ten_mails_an_hour_whoever_asks(client, alice, mailoutbox):
    answers = [ask(client, REMOTE_ADDR=f"10.0.0.{number}", follow=True) for number in range(11)]
    assert len({PER_PAGE.sub("", answer.text) for answer in answers}) == 1
    assert len(mailoutbox) == 10
    assert client.post(LINK.search(mailoutbox[0].body)[1], {"new": NEW}).status_code == 302


def test_an_address_asks_ten_times_an_hour(client, alice, mailoutbox):
    for number in range(10):
        ask(client, f"nobody{number}@example.com", REMOTE_ADDR="10.1.1.1")
    assert "Too many requests for a new password" in ask(client, REMOTE_ADDR="10.1.1.1").text
    assert mailoutbox == []


@pytest.mark.parametrize("email", ["", "no address", "a\0b@example.com", "x" * 300 + "@example.com"])
def test_what_is_no_email(client, db, email, mailoutbox):
    answer = ask(client, email)
    assert (answer.status_code, mailoutbox) == (200, [])
    assert "errorlist" in answer.text


def test_a_reset_ends_sessions_and_tokens_and_the_link(page, api, client, alice):
    browser, program, path, other = page(alice), api(alice), link_to(alice), link_to(alice)
    client.post(path, {"new": NEW})
    assert browser.get("/settings").status_code == 302
    assert program.get("/api/user").status_code == 401
    for used in (path, other):
        answer = client.get(used)
        assert (answer.status_code, "no longer works" in answer.text) == (410, True)
        assert client.post(used, {"new": "another one 44"}).status_code == 410
    assert User.objects.get().check_password(NEW)
    entry = AuditEntry.objects.owned_by(alice).get(event="password_changed")
    assert (entry.words, entry.address) == ("By a reset link", "127.0.0.1")


def test_of_two_who_use_a_link_at_once_one_wins(alice):
    first, second = User.objects.get(), User.objects.get()
    passwords.reset_password(user=first, new=NEW)
    with pytest.raises(passwords.LinkVoid):
        passwords.reset_password(user=second, new="another one 44")
    assert User.objects.get().check_password(NEW)


def test_a_link_that_is_not_good(client, alice, charlie):
    path = link_to(alice)
    _, _, user_id, token = path.split("/")
    of_charlie = f"/password-reset/{charlie.pk}/{token}"
    cut, unknown, malformed = path[:-1], f"/password-reset/{'0' * 24}/{token}", f"/password-reset/alice/{token}"
    for bad in (cut, of_charlie, unknown, malformed, f"/password-reset/{user_id}/x-%00", path + "x" * 300):
        for answer in (client.get(bad), client.post(bad, {"new": NEW})):
            assert (answer.status_code, "Get a new link" in answer.text) == (410, True), bad
    assert User.objects.get(pk=alice.pk).check_password(PASSWORD)


def test_a_link_works_for_a_day(client, alice, monkeypatch):
    now = dt.datetime.now() + dt.timedelta(hours=25)  # noqa: DTZ005 - as Django's generator counts
    path = link_to(alice)
    monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda self: now)
    assert client.get(path).status_code == 410


@pytest.mark.parametrize("change", ["disable", "email", "password"])
def test_a_change_of_the_account_ends_the_link(client, alice, change):
    path = link_to(alice)
    if change == "disable":
        User.objects.update(is_active=False)
    elif change == "email":
        users.change_email(by=alice, email="new@example.com", password=PASSWORD)
    else:
        passwords.change_password(by=alice, old=PASSWORD, new=NEW)
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(("new", "words"), [("short", "at least 8"), ("x" * 129, "at most 128"), ("", "required")])
def test_a_bad_password_leaves_the_link_good(client, alice, new, words):
    path = link_to(alice)
    answer = client.post(path, {"new": new})
    assert (answer.status_code, words in answer.text) == (200, True)
    assert client.post(path, {"new": NEW}).status_code == 302


def test_an_account_without_a_usable_password_gets_one(client, alice):
    alice.set_unusable_password()
    alice.save()
    client.post(link_to(alice), {"new": NEW})
    assert User.objects.get().check_password(NEW)


def test_the_link_is_kept_from_other_sites_and_caches(client, alice):
    headers = client.get(link_to(alice)).headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]


def test_where_the_pages_lead(page, client, alice):
    assert 'href="/password-reset"' in client.get("/login").text
    assert page(alice).get("/password-reset").url == "/settings"
    assert Client().put("/password-reset").status_code == 405


def test_an_administrator_makes_a_link_for_a_member(alice, charlie):
    User.objects.filter(pk=charlie.pk).update(team=alice.team, role=Role.MEMBER)
    charlie.refresh_from_db()
    url, expires_at = passwords.reset_link(by=alice, user=charlie)
    assert LINK.fullmatch(url)
    assert dt.timedelta(hours=23) < expires_at - times.now() <= dt.timedelta(hours=24)
    assert AuditEntry.objects.owned_by(charlie).get(event="reset_link_made").words == "By alice@example.com"
    with pytest.raises(Forbidden):
        passwords.reset_link(by=charlie, user=alice)


def test_nobody_makes_a_link_into_another_team_or_a_disabled_account(alice, charlie):
    with pytest.raises(Forbidden):
        passwords.reset_link(by=alice, user=charlie)
    User.objects.filter(pk=charlie.pk).update(team=alice.team, is_active=False)
    with pytest.raises(Conflict):
        passwords.reset_link(by=alice, user=User.objects.get(pk=charlie.pk))
