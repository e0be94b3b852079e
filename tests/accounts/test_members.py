import json

import pytest
from django.test import Client

from accounts import tokens
from accounts.actions import invitations, keys, members
from accounts.models import AuditEntry, Invitation, Team, User
from config.errors import Conflict, Forbidden
from tests.accounts.conftest import join_team_of
from tests.conftest import PASSWORD


def patch(client, user, **fields):
    return client.patch(f"/api/team/members/{user.pk}", json.dumps(fields), content_type="application/json")


def trail(event):
    return set(AuditEntry.objects.filter(event=event).values_list("user__email", flat=True))


BOTH = {"alice@example.com", "mate@example.com"}


def test_api_gives_a_role(api, alice, mate):
    answer = patch(api(alice), mate, role="admin")
    assert answer.status_code == 200
    assert answer.json() == {
        "user_id": mate.pk,
        "email": "mate@example.com",
        "name": "Mate",
        "role": "admin",
        "is_active": True,
    }
    assert trail("role_changed") == BOTH
    assert patch(api(alice), mate, role="admin").status_code == 200  # nothing to do, nothing to tell
    assert AuditEntry.objects.filter(event="role_changed").count() == 2


def test_page_gives_a_role(page, alice, mate):
    assert page(alice).get(f"/team/members/{mate.pk}").status_code == 200
    assert page(alice).post(f"/team/members/{mate.pk}", {"role": "admin"}).url == "/team"
    assert User.objects.get(pk=mate.pk).role == "admin"
    answer = page(alice).post(f"/team/members/{mate.pk}", {"role": "owner"})
    assert list(answer.context["form"].errors) == ["role"]


@pytest.mark.parametrize("fields", [{"role": "owner"}, {"role": ""}, {"role": 5}, {"is_active": "maybe"}], ids=str)
def test_api_refuses_malformed_fields(api, alice, mate, fields):
    answer = patch(api(alice), mate, **fields)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", *fields])


def test_the_last_administrator_does_not_step_down(api, page, alice, mate):
    assert patch(api(alice), alice, role="member").status_code == 409
    answer = page(alice).post(f"/team/members/{alice.pk}", {"role": "member"})
    assert "Make somebody else one first." in answer.content.decode()
    assert User.objects.get(pk=alice.pk).role == "admin"


def test_who_steps_down_keeps_no_door_open(api, alice, deputy):
    _, url = invitations.invite(by=deputy)
    assert patch(api(deputy), deputy, role="member").status_code == 200
    assert not Invitation.objects.open().exists()


def test_a_change_is_whole_or_not_at_all(api, alice, deputy):
    assert patch(api(deputy), deputy, role="member", is_active=False).status_code == 409
    assert User.objects.get(pk=deputy.pk).role == "admin"


@pytest.fixture
def credentials(page, mate):
    """Mate, signed in by each of the ways there are."""
    _, text = keys.create_key(by=mate, name="Mine")
    client = page(mate)
    bearer = Client(headers={"authorization": f"Bearer {tokens.issue(mate)}"})
    return client, bearer, Client(headers={"x-api-key": text})


def statuses(credentials):
    return [client.get("/api/jobs").status_code for client in credentials]


def sign_in(client):
    body = json.dumps({"email": "mate@example.com", "password": PASSWORD})
    return client.post("/api/login", body, content_type="application/json")


def test_a_disabled_account_is_out_at_once(api, alice, mate, credentials, client):
    assert statuses(credentials) == [200, 200, 200]
    assert patch(api(alice), mate, is_active=False).json()["is_active"] is False
    assert statuses(credentials) == [401, 401, 401]
    assert credentials[0].get("/jobs").url == "/login?next=/jobs"
    assert sign_in(client).json()["detail"] == "The e-mail or the password is wrong."
    assert trail("disabled") == BOTH


def test_an_enabled_account_signs_in_anew(page, alice, mate, credentials, client):
    for verb in ("disable", "enable"):
        assert page(alice).post(f"/team/members/{mate.pk}/{verb}").url == f"/team/members/{mate.pk}"
    assert statuses(credentials) == [401, 401, 200]  # only the key is what it was
    assert sign_in(client).status_code == 200
    assert trail("enabled") == BOTH


def test_the_invitations_of_a_disabled_account_end(alice, deputy):
    invitations.invite(by=deputy)
    members.change_member(by=alice, member=deputy, is_active=False)
    assert not Invitation.objects.open().exists()


def test_nobody_disables_themselves(api, page, alice):
    assert patch(api(alice), alice, is_active=False).status_code == 409
    answer = page(alice).post(f"/team/members/{alice.pk}/disable", follow=True)
    assert "disable your own account" in answer.content.decode()


def test_an_account_that_is_being_deleted_is_not_enabled(api, alice, mate):
    User.objects.filter(pk=mate.pk).update(is_active=False, deleted_at=mate.created_at)
    assert patch(api(alice), mate, is_active=True).status_code == 404


def by_api(api, page, by, member):
    return api(by).delete(f"/api/team/members/{member.pk}")


def by_page(api, page, by, member):
    path = f"/team/members/{member.pk}/remove"
    assert b"keeps the account with its files and jobs" in page(by).get(path).content
    return page(by).post(path)


@pytest.mark.parametrize("door", [by_api, by_page])
def test_a_removed_member_keeps_what_is_theirs(api, page, alice, mate, job, door):
    type(job).objects.update(user=mate)
    assert door(api, page, alice, mate).status_code in (204, 302)
    mate.refresh_from_db()
    assert (mate.team.name, mate.role, Team.objects.count()) == ("Mate", "admin", 2)
    assert api(mate).get(f"/api/jobs/{job.pk}").status_code == 200
    assert trail("left") == BOTH


def test_the_invitations_of_a_removed_member_end(api, alice, deputy):
    invitations.invite(by=deputy)
    assert api(alice).delete(f"/api/team/members/{deputy.pk}").status_code == 204
    assert not Invitation.objects.open().exists()


def test_nobody_removes_themselves(api, page, alice, mate):
    assert api(alice).delete(f"/api/team/members/{alice.pk}").status_code == 409
    assert page(alice).post(f"/team/members/{alice.pk}/remove").url == "/team/leave"


def test_a_reset_link_is_shown_once(api, page, alice, mate):
    answer = api(alice).post(f"/api/team/members/{mate.pk}/reset-link")
    assert (answer.status_code, set(answer.json())) == (201, {"url", "expires_at"})
    path = answer.json()["url"].removeprefix("http://127.0.0.1:8000")
    assert Client(headers={"accept": "text/html"}).get(path, follow=True).status_code == 200
    shown = page(alice).post(f"/team/members/{mate.pk}/reset-link").content.decode()
    assert "/password-reset/" in shown
    assert "/password-reset/" not in page(alice).get(f"/team/members/{mate.pk}").content.decode()


def test_a_reset_link_is_not_for_oneself_nor_for_the_disabled(api, alice, mate):
    assert api(alice).post(f"/api/team/members/{alice.pk}/reset-link").status_code == 409
    members.change_member(by=alice, member=mate, is_active=False)
    assert api(alice).post(f"/api/team/members/{mate.pk}/reset-link").status_code == 409


ACTS = {
    "role": lambda client, user: patch(client, user, role="member"),
    "disable": lambda client, user: patch(client, user, is_active=False),
    "remove": lambda client, user: client.delete(f"/api/team/members/{user.pk}"),
    "reset": lambda client, user: client.post(f"/api/team/members/{user.pk}/reset-link"),
}
PAGES = ["", "/reset-link", "/disable", "/enable", "/remove"]


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_only_administrators_of_the_team_act(api, alice, mate, deputy, bob, charlie, client, act):
    assert act(client, deputy).status_code == 401
    assert [act(api(mate), user).status_code for user in (deputy, mate)] == [403, 403]
    assert [act(api(user), deputy).status_code for user in (bob, charlie)] == [404, 404]
    deputy.refresh_from_db()
    assert (deputy.role, deputy.is_active, deputy.team) == ("admin", True, alice.team)


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_administrators_of_the_team(page, mate, deputy, bob, charlie, client, path):
    path = f"/team/members/{deputy.pk}{path}"
    assert client.post(path, headers={"accept": "text/html"}).url.startswith("/login")
    assert [page(user).post(path, {"role": "member"}).status_code for user in (mate, bob, charlie)] == [403, 404, 404]
    deputy.refresh_from_db()
    assert (deputy.role, deputy.is_active) == ("admin", True)


@pytest.mark.parametrize("rights", [{"is_staff": True}, {"is_superuser": True}], ids=str)
def test_running_a_team_gives_no_power_over_staff(api, page, alice, bob, rights):
    staff = join_team_of(alice, "staff")
    User.objects.filter(pk=staff.pk).update(**rights)
    for act in ("disable", "reset"):
        assert ACTS[act](api(alice), staff).status_code == 403
    assert b"belongs to the staff" in page(alice).get(f"/team/members/{staff.pk}").content
    assert page(alice).post(f"/team/members/{staff.pk}/disable").status_code == 403
    User.objects.filter(pk=staff.pk).update(is_active=False)
    assert patch(api(alice), staff, is_active=True).status_code == 403
    assert ACTS["remove"](api(alice), staff).status_code == 204
    assert not User.objects.get(pk=staff.pk).is_active


def test_a_superuser_has_power_over_staff(api, bob):
    staff = join_team_of(bob, "staff")
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    assert ACTS["reset"](api(bob), staff).status_code == 201
    assert ACTS["disable"](api(bob), staff).status_code == 200


def test_a_stale_administrator_acts_no_more(alice, mate, deputy):
    User.objects.filter(pk=deputy.pk).update(role="member")
    with pytest.raises(Forbidden):
        members.change_member(by=deputy, member=mate, role="admin")


def test_a_member_who_has_just_gone_is_not_removed_from_the_next_team(alice, mate, charlie):
    User.objects.filter(pk=mate.pk).update(team=charlie.team)
    with pytest.raises(Exception, match="not in your team"):
        members.remove_member(by=alice, member=mate)
    with pytest.raises(Conflict):
        members.remove_member(by=alice, member=alice)


@pytest.mark.parametrize("user_id", ["nonsense", "a" * 24, "x" * 300, "1", "%00"])
def test_malformed_and_unknown_ids_are_404(api, page, alice, user_id):
    path = f"team/members/{user_id}"
    assert api(alice).delete(f"/api/{path}").status_code == 404
    assert api(alice).patch(f"/api/{path}", "{}", content_type="application/json").status_code == 404
    assert page(alice).get(f"/{path}").status_code == 404
