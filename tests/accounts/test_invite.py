import datetime as dt
import json
import re

import pytest
from django.core import mail

from accounts.actions import invitations
from accounts.models import AuditEntry, Invitation
from config import times
from config.errors import Conflict, Forbidden
from tests.accounts.conftest import join_team_of

LINK = re.compile(r"http://127\.0\.0\.1:8000/invitations/([\w-]{43})")


def invite(client, **fields):
    return client.post("/api/team/invitations", json.dumps(fields), content_type="application/json")


def on_page(client, **fields):
    return client.post("/team", {"role": "member"} | fields)


@pytest.fixture
def with_mail(settings):
    settings.EMAIL_URL = "smtp://mail.example"


def test_api_answers_with_a_link_that_is_kept_nowhere(api, alice):
    answer = invite(api(alice))
    invitation = Invitation.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "url": answer.json()["url"],
        "expires_at": invitation.expires_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    token = LINK.fullmatch(answer.json()["url"])[1]
    assert (invitation.team, invitation.by, invitation.role, invitation.email) == (alice.team, alice, "member", "")
    assert token not in str(Invitation.objects.values())
    assert invitation.digest != invitations.find(invite(api(alice)).json()["url"]).digest
    assert abs(invitation.expires_at - times.now() - dt.timedelta(days=7)) < dt.timedelta(minutes=1)
    assert AuditEntry.objects.filter(user=alice, event="invited").count() == 2


def test_page_shows_the_link_once(page, alice):
    client = page(alice)
    answer = on_page(client, role="admin")
    link = LINK.search(answer.content.decode())[0]
    assert answer.status_code == 200
    assert invitations.find(link).role == "admin"
    again = client.get("/team").content.decode()
    assert "Whoever has the link" in again
    assert link not in again


def test_a_mail_takes_the_link_along(page, alice, with_mail):
    answer = on_page(page(alice), email=" Ben@Example.com ")
    assert "on its way by mail" in answer.content.decode()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["ben@example.com"], "Join Alice on Echodesk")
    assert LINK.search(sent.body)[0] == LINK.search(answer.content.decode())[0]
    assert Invitation.objects.get().mailed_at


def test_a_name_adds_no_header(alice, with_mail):
    type(alice.team).objects.update(name="A\r\nBcc: eve@example.com")
    invitations.invite(by=alice, email="ben@example.com")
    assert mail.outbox[0].recipients() == ["ben@example.com"]


def test_without_a_mail_server_nothing_is_mailed(page, alice):
    answer = on_page(page(alice), email="ben@example.com")
    assert "No mail server is set up here" in answer.content.decode()
    assert (mail.outbox, Invitation.objects.get().email) == ([], "ben@example.com")


def test_a_mail_that_fails_leaves_the_link_to_copy(page, alice, with_mail, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("accounts.mail.EmailMultiAlternatives.send", refuse)
    answer = on_page(page(alice), email="ben@example.com").content.decode()
    assert "The mail could not be sent. Copy the link" in answer
    assert invitations.find(LINK.search(answer)[0]).mailed_at is None


def test_too_many_mails(api, alice, with_mail, settings):
    settings.RATES = settings.RATES | {"invite": "1/h"}
    assert invite(api(alice), email="ben@example.com").status_code == 201
    assert invite(api(alice), email="cleo@example.com").status_code == 429
    assert invite(api(alice)).status_code == 201
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "ben"},
        {"email": "ben@example.com\r\nBcc: eve@example.com"},
        {"email": f"{'x' * 250}@example.com"},
        {"email": "ben\0@example.com"},
        {"email": None},
        {"role": "owner"},
        {"role": ""},
        {"role": 1},
    ],
    ids=str,
)
def test_bad_fields_are_refused(api, page, alice, fields):
    answer = invite(api(alice), **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["loc"] == ["body", *fields]
    if None not in fields.values():
        assert list(on_page(page(alice), **fields).context["form"].errors) == list(fields)
    assert not Invitation.objects.exists()


def test_a_member_does_not_invite(api, page, mate):
    before = Invitation.objects.count()
    with pytest.raises(Forbidden):
        invitations.invite(by=mate, role="admin")
    assert invite(api(mate), role="admin").status_code == 403
    assert on_page(page(mate)).status_code == 403
    assert b"Invite somebody" not in page(mate).get("/team").content
    assert Invitation.objects.count() == before


def test_who_has_stepped_down_meanwhile_does_not_invite(alice, deputy):
    type(deputy).objects.filter(pk=deputy.pk).update(role="member")
    assert deputy.role == "admin"  # as the request saw it
    with pytest.raises(Forbidden):
        invitations.invite(by=deputy)


def test_a_team_has_so_many_open_invitations(alice, monkeypatch):
    monkeypatch.setattr(invitations, "OPEN_MAX", 1)
    invitations.invite(by=alice)
    with pytest.raises(Conflict, match="Take one back first"):
        invitations.invite(by=alice)


@pytest.fixture
def invitation(alice):
    return invitations.invite(by=alice, email="ben@example.com")[0]


def revoke(client, invitation):
    return client.post(f"/team/invitations/{invitation.pk}/revoke")


def test_an_invitation_is_taken_back(page, alice, deputy, invitation):
    client = page(deputy)
    assert b"ben@example.com" in client.get("/team").content
    assert revoke(client, invitation).url == "/team"
    assert not Invitation.objects.filter(pk=invitation.pk).exists()
    trail = AuditEntry.objects.filter(event="invitation_revoked").values_list("user", flat=True)
    assert set(trail) == {alice.pk, deputy.pk}


def test_others_take_back_nothing(client, page, bob, charlie, mate, invitation):
    assert revoke(client, invitation).url.startswith("/login")
    assert [revoke(page(user), invitation).status_code for user in (bob, charlie, mate)] == [404, 404, 403]
    assert page(charlie).get(f"/team/invitations/{invitation.pk}/revoke").status_code == 405
    assert Invitation.objects.filter(pk=invitation.pk).exists()


def test_a_used_invitation_is_not_taken_back(page, alice):
    join_team_of(alice, "ben")
    answer = page(alice).post(f"/team/invitations/{Invitation.objects.get().pk}/revoke", follow=True)
    assert b"This invitation is no longer open." in answer.content
    assert Invitation.objects.get().used_at


def test_old_invitations_are_swept(alice, invitation):
    Invitation.objects.update(expires_at=times.now() - dt.timedelta(days=29))
    invitations.purge()
    assert Invitation.objects.exists()
    Invitation.objects.update(expires_at=times.now() - dt.timedelta(days=31))
    invitations.purge()
    assert not Invitation.objects.exists()
