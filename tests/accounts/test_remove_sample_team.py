"""The banner of a sample team, and the page that removes it."""

import pytest

from accounts import tasks
from accounts.actions import sample_teams
from accounts.actions.sample_teams import SamplePerson
from accounts.models import AuditEntry, Role, Team, User
from accounts.models.people import SampleTeams
from config.errors import Conflict, Forbidden
from tests.accounts.conftest import join_team_of
from tests.conftest import PASSWORD

PAGE = "/team/sample/remove"
BANNER = "This is a sample team"
PEOPLE = [SamplePerson("ada@quay.example", "Ada", Role.ADMIN), SamplePerson("ben@quay.example", "Ben")]


@pytest.fixture
def people(db):
    return sample_teams.create(name="Quay", members=PEOPLE, password=PASSWORD)


def test_its_pages_say_so(page, people, alice):
    """To its made up people, and to whoever joins them with an account of their own."""
    SampleTeams.seen_until = 0.0
    ada, ben = people
    guest = join_team_of(ada, "guest")
    seen = {each.name: page(each).get("/leads").text for each in (ada, ben, guest, alice)}
    assert {name: BANNER in text for name, text in seen.items()} == {
        "Ada": True, "Ben": True, "Guest": True, "Alice": False
    }  # fmt: skip
    assert [PAGE in text for text in seen.values()] == [True, False, False, False]


def test_it_asks_first_then_removes_all_and_signs_out(page, people, alice):
    ada, ben = people
    browser, of_ben = page(ada), page(ben)
    assert "Remove everything" in browser.get(PAGE).text
    assert User.objects.filter(is_sample=True, is_active=True).count() == 2
    answer = browser.post(PAGE, follow=True)
    assert answer.redirect_chain == [("/login", 302)]
    assert "The sample team is removed" in answer.text
    assert browser.get("/leads").url.startswith("/login")
    assert of_ben.get("/leads").url.startswith("/login")
    for user in people:
        tasks.delete_account(user.pk)
    assert [*User.objects.all()] == [alice]
    assert [*Team.objects.all()] == [alice.team]
    assert not AuditEntry.objects.exclude(user=None).exclude(user=alice).exists()


def test_a_guest_who_runs_it_goes_home(page, people):
    guest = join_team_of(people[0], "guest", role="admin")
    answer = page(guest).post(PAGE, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert BANNER not in answer.text
    guest.refresh_from_db()
    assert (guest.is_active, guest.team.is_sample, guest.runs_a_team) == (True, False, True)


def test_only_a_sample_team_and_who_runs_it(page, people, alice):
    assert [page(user).get(PAGE).status_code for user in (people[1], alice)] == [403, 404]
    assert [page(user).post(PAGE).status_code for user in (people[1], alice)] == [403, 404]
    with pytest.raises(Forbidden):
        sample_teams.close(by=people[1])
    with pytest.raises(Conflict):
        sample_teams.close(by=alice)
    assert User.objects.filter(is_active=True).count() == 3


def test_twice_is_once(people):
    sample_teams.close(by=people[0])
    people[0].refresh_from_db()
    with pytest.raises(Forbidden):
        sample_teams.close(by=people[0])
    sample_teams.remove_all()
    sample_teams.remove_all()
    assert (User.objects.count(), Team.objects.count()) == (0, 0)
