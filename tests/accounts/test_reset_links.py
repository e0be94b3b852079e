"""Links that administrators hand over: they end with the power of whoever made them, and with what the member was."""

import pytest
from django.test import Client

from accounts.actions import deletion, members, passwords, teams, users
from accounts.models import User
from tests.accounts.conftest import join_team_of
from tests.conftest import PASSWORD

NEW = "a longer sea breeze 43"


def fresh(user):
    return User.objects.get(pk=user.pk)


def made(by, member):
    """The path of a link, and nobody's word that it works: it is looked at first."""
    url, _ = passwords.reset_link(by=fresh(by), user=fresh(member))
    path = url.removeprefix("http://127.0.0.1:8000")
    assert opened(path) == 200
    return path


def opened(path):
    return Client(headers={"accept": "text/html"}).get(path).status_code


def used(path):
    return Client(headers={"accept": "text/html"}).post(path, {"new": NEW}).status_code


def assert_void(path, member):
    assert (opened(path), used(path)) == (410, 410)
    assert not fresh(member).check_password(NEW)


def test_it_works_once(deputy, mate):
    path = made(deputy, mate)
    assert used(path) == 302
    assert fresh(mate).check_password(NEW)
    assert (opened(path), used(path)) == (410, 410)


def test_the_links_of_several_work_until_one_is_used(alice, deputy, bob, mate):
    paths = [made(maker, mate) for maker in (alice, deputy, bob)]
    assert [used(path) for path in paths] == [302, 410, 410]


MAKER_LOSES = {
    "removed": lambda alice, deputy: members.remove_member(by=alice, member=deputy),
    "left": lambda alice, deputy: teams.leave_team(by=deputy),
    "stepped down": lambda alice, deputy: members.change_member(by=deputy, member=deputy, role="member"),
    "disabled": lambda alice, deputy: members.change_member(by=alice, member=deputy, is_active=False),
    "closed": lambda alice, deputy: deletion.close_account(by=deputy, password=PASSWORD),
    "gone": lambda alice, deputy: User.objects.filter(pk=deputy.pk).delete(),
}


@pytest.mark.parametrize("loses", MAKER_LOSES)
def test_it_ends_with_the_power_of_its_maker(alice, deputy, mate, loses):
    path = made(deputy, mate)
    MAKER_LOSES[loses](alice, deputy)
    assert_void(path, mate)


@pytest.mark.parametrize("right", ["is_superuser", "is_active"])
def test_it_ends_with_a_superuser(bob, mate, right):
    path = made(bob, mate)
    User.objects.filter(pk=bob.pk).update(**{right: False})
    assert_void(path, mate)


def enable_again(alice, mate):
    for is_active in (False, True):
        members.change_member(by=alice, member=mate, is_active=is_active)


MEMBER_CHANGES = {
    "superuser": lambda alice, mate, bob: users.change_user(by=bob, user=mate, is_superuser=True),
    "staff": lambda alice, mate, bob: users.change_user(by=bob, user=mate, is_staff=True),
    "disabled and enabled": lambda alice, mate, bob: enable_again(alice, mate),
    "the same in the admin": lambda alice, mate, bob: [
        users.change_user(by=bob, user=mate, is_active=value) for value in (False, True)
    ],
    "another team": lambda alice, mate, bob: members.remove_member(by=alice, member=mate),
}


@pytest.mark.parametrize("maker", ["alice", "bob", "mailed"])
@pytest.mark.parametrize("change", MEMBER_CHANGES)
def test_it_ends_with_what_the_member_was(alice, bob, mate, maker, change):
    """Also a superuser's, who could make another one, and a mailed one."""
    if maker == "mailed":
        path = passwords.link(fresh(mate))[0].removeprefix("http://127.0.0.1:8000")
        assert opened(path) == 200
    else:
        path = made({"alice": alice, "bob": bob}[maker], mate)
    MEMBER_CHANGES[change](alice, mate, bob)
    assert_void(path, mate)


def test_rights_that_come_and_go_leave_it_good(alice, bob, mate):
    """The member is again who it was made for."""
    path = made(alice, mate)
    for is_staff in (True, False):
        users.change_user(by=bob, user=mate, is_staff=is_staff)
    assert opened(path) == 200


def test_nobody_makes_one_for_who_outranks_them(alice):
    staff = join_team_of(alice, "staff")
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    with pytest.raises(passwords.Forbidden):
        passwords.reset_link(by=alice, user=fresh(staff))


def test_its_maker_is_part_of_it(alice, bob, deputy, mate):
    """Without the maker's id, or with that of somebody who may make one too, it is forged."""
    path = made(deputy, mate)
    start, _, token = path.rpartition("/")
    maker_id, code = token.split(".")
    assert maker_id == deputy.pk
    forged = [code, f".{code}", f"{alice.pk}.{code}", f"{bob.pk}.{code}", f"{mate.pk}.{code}", f"x.{token}"]
    forged += [f"{maker_id}.", f"{maker_id}.x-{code}", f"{'x' * 300}.{code}", f"%00.{code}", f"{maker_id}%0A.{code}"]
    for bad in forged:
        assert_void(f"{start}/{bad}", mate)
    assert used(path) == 302


def test_a_mailed_one_takes_no_maker(alice, mate):
    start, _, token = passwords.link(fresh(mate))[0].removeprefix("http://127.0.0.1:8000").rpartition("/")
    assert_void(f"{start}/{alice.pk}.{token}", mate)
    assert used(f"{start}/{token}") == 302
