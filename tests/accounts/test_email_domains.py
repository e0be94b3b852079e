"""Domains outside ASCII: mail goes to those that IDNA can write, the others are refused where they are given."""

import json

import pytest
from django.core import mail as outbox
from django.test import Client

from accounts import mail
from accounts.actions import invitations, users
from accounts.models import Invitation, Team, User
from tests.conftest import PASSWORD

GOOD = "ann@bücher.example"
BAD = ["a@" + "ä" * 60 + ".com", "a@ä-א.com"]


def post(client, path, **fields):
    return client.post(path, json.dumps(fields), content_type="application/json")


def assert_refused(answer):
    assert answer.status_code == 422
    assert [error["loc"] for error in answer.json()["errors"]] == [["body", "email"]]


@pytest.mark.parametrize("email", BAD)
def test_register(client, db, email):
    assert_refused(post(client, "/api/register", email=email, password=PASSWORD))
    answer = client.post("/register", {"email": email, "password": PASSWORD}, headers={"accept": "text/html"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["email"])
    assert not User.objects.exists()


@pytest.mark.parametrize("email", BAD)
def test_change_email(page, alice, email):
    answer = page(alice).post("/settings/email", {"email": email, "password": PASSWORD})
    assert (answer.status_code, "e-mail address like" in answer.text) == (200, True)
    with pytest.raises(users.Unprocessable) as refused:
        users.change_email(by=alice, email=email, password=PASSWORD)
    assert (refused.value.field, User.objects.get().email) == ("email", "alice@example.com")


@pytest.mark.parametrize("email", BAD)
def test_invite(api, alice, email):
    assert_refused(post(api(alice), "/api/team/invitations", email=email))
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("email", BAD)
def test_asking_for_a_reset_mails_nothing(client, db, email, mailoutbox):
    assert client.post("/password-reset", {"email": email}).status_code in (200, 302)
    assert mailoutbox == []


def test_one_that_idna_can_write(db, mailoutbox):
    users.register(email=GOOD, password=PASSWORD, address="")
    assert Client().post("/password-reset", {"email": GOOD}).status_code == 302
    assert [message.to for message in mailoutbox] == [[GOOD]]


@pytest.mark.parametrize("email", BAD)
def test_an_old_account_with_a_bad_one_stops_no_mail_door(client, alice, email, caplog):
    User.objects.filter(pk=alice.pk).update(email=email)
    assert not mail.send("reset", to=email)
    assert client.post("/password-reset", {"email": email}).status_code in (200, 302)
    assert "could not be sent" in caplog.text


def test_names_stand_on_one_line(alice, settings):
    settings.EMAIL_URL = "smtp://mail.example.com"
    Team.objects.filter(pk=alice.team_id).update(name="Sea\r\n\r\nYour account ends: \u202eexample.org\n")
    alice.refresh_from_db()
    invitations.invite(by=alice, email="ben@example.com")
    (message,) = outbox.outbox
    assert message.subject == "Join Sea Your account ends: example.org on Echodesk"
    assert "to the team Sea Your account ends: example.org at http" in message.body
