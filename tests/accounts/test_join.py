import datetime as dt
import json
import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.actions import invitations
from accounts.models import AuditEntry, Invitation, Team, User
from config import hooks, times
from config.errors import Conflict
from tests.conftest import PASSWORD, make_user

NEW = {"email": "ben@example.com", "password": PASSWORD, "name": "Ben"}


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.RATES = dict.fromkeys(settings.RATES, "off")


@pytest.fixture
def link(alice):
    return invitations.invite(by=alice, email="ben@example.com")[1]


def path(link):
    return link.removeprefix("http://127.0.0.1:8000")


def register(link, client=None, **fields):
    body = NEW | {"invitation": link} | fields
    return (client or Client()).post("/api/register", json.dumps(body), content_type="application/json")


def on_page(link, client=None, **fields):
    return (client or Client()).post(path(link), NEW | fields, headers={"accept": "text/html"})


@pytest.fixture(params=["api", "page"])
def door(request):
    return register if request.param == "api" else on_page


def at_once(count, what):
    """Do it in as many threads, which all start together."""
    barrier = threading.Barrier(count)

    def run(number):
        barrier.wait(30)
        try:
            what(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_new_account_joins_even_where_registration_is_closed(alice, link, door, settings):
    settings.REGISTRATION_OPEN = False
    assert door(link).status_code in (200, 302)
    ben = User.objects.get(email="ben@example.com")
    assert (ben.team, ben.role, ben.is_staff, ben.check_password(PASSWORD)) == (alice.team, "member", False, True)
    assert Team.objects.count() == 1
    assert set(AuditEntry.objects.filter(event="joined").values_list("user", flat=True)) == {alice.pk, ben.pk}


def test_api_takes_the_token_alone(alice, link):
    answer = register(link.rpartition("/")[2])
    assert answer.status_code == 200
    team = Client().get("/api/team", headers={"authorization": f"Bearer {answer.json()['token']}"}).json()
    assert [member["email"] for member in team["members"]] == ["alice@example.com", "ben@example.com"]


def test_page_says_who_invites_and_signs_in(alice, link):
    client = Client(headers={"accept": "text/html"})
    shown = client.get(path(link)).content.decode()
    assert "Alice</bdi> invites you" in shown
    assert 'value="ben@example.com"' in shown
    assert f"/login?next={path(link)}" in shown
    assert on_page(link, client).url == "/team"
    assert client.session["_auth_user_id"] == User.objects.get(email="ben@example.com").pk


def test_an_invitation_for_an_administrator(alice):
    register(invitations.invite(by=alice, role="admin")[1])
    assert User.objects.get(email="ben@example.com").role == "admin"


@pytest.mark.parametrize("fields", [{"password": "short"}, {"email": "ben"}, {"email": "alice@example.com"}])
def test_what_fails_leaves_the_invitation_unused(link, door, fields):
    assert door(link, **fields).status_code in (200, 409, 422)
    assert User.objects.count() == 1
    assert invitations.find(link).used_at is None
    assert door(link).status_code in (200, 302)


def test_an_email_taken_at_the_last_moment_leaves_it_unused(link, monkeypatch):
    set_password = User.set_password

    def somebody_is_quicker(user, password):
        monkeypatch.setattr(User, "set_password", set_password)
        make_user("ben")
        set_password(user, password)

    monkeypatch.setattr(User, "set_password", somebody_is_quicker)
    assert (register(link).status_code, register(link).json()["code"]) == (409, "email_taken")
    assert invitations.find(link).used_at is None


def void(link, how):
    row = Invitation.objects.filter(pk=invitations.find(link).pk)
    if how == "used":
        register(link, email="first@example.com")
    elif how == "expired":
        row.update(expires_at=times.now() - dt.timedelta(seconds=1))
    elif how == "revoked":
        row.delete()
    return f"{link[:-4]}abcd" if how == "forged" else link


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("used", 410, "has been used already"),
        ("expired", 410, "has expired"),
        ("revoked", 404, "not known here"),
        ("forged", 404, "not known here"),
    ],
)
def test_a_void_invitation_says_so_at_every_door(page, charlie, link, how, status, words):
    link = void(link, how)
    before = User.objects.count()
    answers = [register(link), on_page(link), page(charlie).get(path(link)), page(charlie).post(path(link))]
    for answer in [*answers, Client().get(path(link), headers={"accept": "text/html"})]:
        assert answer.status_code == status
        assert words in answer.content.decode()
    charlie.refresh_from_db()
    assert (User.objects.count(), charlie.team.name) == (before, "Charlie")


@pytest.mark.parametrize("text", ["/", "x" * 320, "é🐚", "../..", "' or 1=1", "ed_nonsense"])
def test_nonsense_is_no_invitation(db, text):
    assert register(text).status_code == 404


@pytest.mark.parametrize("text", [5, None, ["x"], "a\0", "\ud800", "x" * 321])
def test_api_refuses_a_malformed_invitation(db, text):
    assert register(text).status_code == 422
    assert not User.objects.exists()


def test_page_takes_no_nul(client, db):
    assert client.get("/invitations/a%00b", headers={"accept": "text/html"}).status_code == 404


def test_without_an_invitation_registration_stays_closed(db, settings):
    settings.REGISTRATION_OPEN = False
    assert register("").status_code == 403


def test_an_account_moves_and_its_empty_team_goes(page, alice, charlie, link):
    invitations.invite(by=charlie)
    client = page(charlie)
    assert b"You are signed in as charlie@example.com" in client.get(path(link)).content
    assert client.post(path(link)).url == "/team"
    charlie.refresh_from_db()
    assert (charlie.team, charlie.role) == (alice.team, "member")
    assert [Team.objects.get(), Invitation.objects.get().team] == [alice.team, alice.team]
    assert set(AuditEntry.objects.filter(event="joined").values_list("user", flat=True)) == {alice.pk, charlie.pk}


def assert_stays(client, user, link, words):
    with pytest.raises(Conflict, match=words):
        invitations.accept_invitation(by=user, token=link)
    for answer in (client.get(path(link)), client.post(path(link))):
        assert words in answer.content.decode()
        assert b"Join the team" not in answer.content
    assert User.objects.get(pk=user.pk).team_id == user.team_id
    assert invitations.find(link).used_at is None


def test_who_is_in_a_team_with_others_stays(page, charlie, link):
    register(invitations.invite(by=charlie)[1], email="dora@example.com")
    assert_stays(page(charlie), charlie, link, "You are in a team with others.")


def test_who_is_in_the_team_stays(page, alice, link):
    assert_stays(page(alice), alice, link, "You are in this team already.")


def test_who_has_desk_rows_stays(page, charlie, link, monkeypatch):
    monkeypatch.setattr(hooks, "team_holds", hooks.Hook())
    hooks.team_holds.register(lambda team: team.pk == charlie.team_id)
    assert_stays(page(charlie), charlie, link, "Your team has rows on its desk")


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_register_at_once_one_joins(alice, link, monkeypatch):
    statuses, all_found = [], threading.Barrier(10)
    set_password = User.set_password

    def all_have_found_it_open(user, password):
        all_found.wait(30)
        set_password(user, password)

    monkeypatch.setattr(User, "set_password", all_have_found_it_open)
    at_once(10, lambda number: statuses.append(register(link, email=f"ben{number}@example.com").status_code))
    assert sorted(statuses) == [200] + [409] * 9
    assert (User.objects.count(), Team.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_that_join_at_once_one_moves(alice, charlie, link, monkeypatch):
    outcomes, both_found, find = [], threading.Barrier(2), invitations.find
    people = [charlie, make_user("dora")]

    def both_have_found_it_open(token):
        found = find(token)
        both_found.wait(30)
        return found

    def join(number):
        try:
            outcomes.append(invitations.accept_invitation(by=people[number], token=link).name)
        except Conflict as error:
            outcomes.append(error.message)

    monkeypatch.setattr(invitations, "find", both_have_found_it_open)
    at_once(2, join)
    assert sorted(outcomes) == ["Alice", "This invitation has just been used or taken back. Ask for another one."]
    assert (alice.team.members.count(), Team.objects.count()) == (2, 2)
