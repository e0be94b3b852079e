import contextlib
import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.actions import invitations, keys, members, teams
from accounts.models import AuditEntry, Invitation, Team, User
from config.errors import Conflict
from tests.accounts.conftest import join_team_of
from tests.conftest import make_user


def shown(user):
    return {"user_id": user.pk, "email": user.email, "name": user.name, "role": user.role}


def test_api_shows_the_team(api, alice, mate, charlie):
    for user in (alice, mate):
        answer = api(user).get("/api/team")
        assert answer.status_code == 200
        assert answer.json() == {"team_id": alice.team_id, "name": "Alice", "members": [shown(alice), shown(mate)]}
    assert api(charlie).get("/api/team").json()["members"] == [shown(charlie)]


@pytest.mark.parametrize(("scope", "status"), [("read", 200), ("desk", 200), ("all", 200), ("speak", 403)])
def test_keys_with_a_scope_read_the_team(alice, scope, status):
    _, text = keys.create_key(by=alice, name="Desk", scopes=[scope])
    assert Client().get("/api/team", headers={"x-api-key": text}).status_code == status


def test_the_team_needs_a_credential(client, db):
    assert client.get("/api/team").status_code == 401
    assert client.get("/team", headers={"accept": "text/html"}).url == "/login?next=/team"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/api/team/invitations"),
        ("post", "/api/team/leave"),
        ("patch", "/api/team/members/{}"),
        ("delete", "/api/team/members/{}"),
        ("post", "/api/team/members/{}/reset-link"),
    ],
)
def test_no_key_changes_a_team(alice, mate, method, path):
    _, text = keys.create_key(by=alice, name="All", scopes=["all"])
    headers = {"x-api-key": text}
    answer = getattr(Client(), method)(path.format(mate.pk), {}, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


def test_pages_show_what_each_may_do(page, alice, mate):
    for user, is_there in ((alice, True), (mate, False)):
        content = page(user).get("/team").content.decode()
        assert "mate@example.com" in content
        assert "Leave the team" in content
        for words in ("Invite somebody", "Rename the team", f"/team/members/{mate.pk}"):
            assert (words in content) == is_there


def test_who_is_alone_has_nobody_to_leave(api, page, alice):
    assert "Leave the team" not in page(alice).get("/team").content.decode()
    assert api(alice).post("/api/team/leave").status_code == 409
    assert "You are alone in your team" in page(alice).post("/team/leave").content.decode()


def rename(client, name="Harbour"):
    return client.post("/team/rename", {"name": name})


def test_an_administrator_renames_the_team(page, alice, mate):
    assert 'value="Alice"' in page(alice).get("/team/rename").content.decode()
    assert rename(page(alice), "  Harbour ").url == "/team"
    assert Team.objects.get().name == "Harbour"
    assert rename(page(mate), "Mine").status_code == page(mate).get("/team/rename").status_code == 403
    assert Team.objects.get().name == "Harbour"


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0"])
def test_a_bad_name_is_shown_again(page, alice, name):
    answer = rename(page(alice), name)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["name"])
    assert Team.objects.get().name == "Alice"


def by_api(api, page, user):
    return api(user).post("/api/team/leave")


def by_page(api, page, user):
    assert "Your files and jobs go with you" in page(user).get("/team/leave").content.decode()
    return page(user).post("/team/leave")


@pytest.mark.parametrize("door", [by_api, by_page])
def test_a_member_leaves_with_what_is_theirs(api, page, alice, mate, job, door):
    type(job).objects.update(user=mate)
    assert door(api, page, mate).status_code in (204, 302)
    mate.refresh_from_db()
    assert (mate.team.name, mate.role, alice.team.members.count()) == ("Mate", "admin", 1)
    assert api(mate).get(f"/api/jobs/{job.pk}").status_code == 200
    assert AuditEntry.objects.get(event="left").user == mate


@pytest.mark.parametrize("door", [by_api, by_page])
def test_the_last_administrator_stays_while_others_remain(api, page, alice, mate, deputy, door):
    members.change_member(by=alice, member=deputy, is_active=False)  # who is disabled runs nothing
    answer = door(api, page, alice)
    assert answer.status_code in (200, 409)
    assert "Make somebody else one first." in answer.content.decode()
    alice.refresh_from_db()
    assert alice.team.members.count() == 3


def test_the_invitations_of_who_leaves_end(alice, deputy):
    _, mine = invitations.invite(by=deputy)
    _, hers = invitations.invite(by=alice)
    teams.leave_team(by=deputy)
    assert [invitations.find(hers)] == list(Invitation.objects.open())
    assert deputy.team.members.get() == alice


def both(monkeypatch, what, people):
    """What is refused when both do it at once, each having seen the other still there, if the database lets them."""
    looked, check, refused = threading.Barrier(2), teams.check_not_last, []

    def check_and_wait(user):
        check(user)
        with contextlib.suppress(threading.BrokenBarrierError):
            looked.wait(1)  # in vain where the second is not let in before the first is done

    def run(user):
        try:
            what(user)
        except Conflict as error:
            refused.append(error.message)
        finally:
            connection.close()

    monkeypatch.setattr(teams, "check_not_last", check_and_wait)
    threads = [threading.Thread(target=run, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def leave(user):
    teams.leave_team(by=user)


def step_down(user):
    members.change_member(by=user, member=user, role="member")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", [leave, step_down])
def test_of_the_last_two_administrators_one_stays(monkeypatch, what):
    alice = make_user("alice")
    people = [alice, join_team_of(alice, "deputy", role="admin")]
    join_team_of(alice, "mate")
    assert both(monkeypatch, what, people) == ["A team needs an administrator. Make somebody else one first."]
    assert User.objects.filter(team=alice.team_id).running_a_team().count() == 1
