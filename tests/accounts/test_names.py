"""Names are one line of what can be seen, wherever they are given."""

import pytest

from accounts.actions import keys, teams, users
from config.errors import Unprocessable
from config.text import one_line
from tests.conftest import PASSWORD

UGLY, SEEN = " Ann\r\n\r\n\u202eSmith\x07\t ", "Ann Smith"


def test_joiners_stay():
    assert one_line("👩\u200d🚒 می\u200cخواهم") == "👩\u200d🚒 می\u200cخواهم"  # the joiners shape what is seen


@pytest.mark.django_db
def test_of_a_person_and_their_team():
    user = users.register(email="ann@example.com", password=PASSWORD, name=UGLY, address="")
    assert (user.name, user.team.name) == (SEEN, SEEN)


def test_changed(alice):
    users.change_name(by=alice, name=UGLY)
    teams.rename_team(by=alice, name=UGLY)
    alice.refresh_from_db()
    assert (alice.name, alice.team.name) == (SEEN, SEEN)


def test_of_a_key(alice):
    key, _ = keys.create_key(by=alice, name=UGLY, scopes=["read"])
    assert key.name == SEEN


def test_what_shows_nothing_is_no_name(alice):
    for name in ("\u202e\u200f", "\r\n", "\x07"):
        with pytest.raises(Unprocessable):
            keys.create_key(by=alice, name=name, scopes=["read"])
        with pytest.raises(Unprocessable):
            teams.rename_team(by=alice, name=name)


@pytest.mark.django_db
def test_a_team_of_somebody_with_a_long_e_mail():
    local, domain = "a" * 64, ".".join(["b" * 60] * 3)
    user = users.register(email=f"{local}@{domain}.com", password=PASSWORD, address="")
    assert user.team.name == user.email[:200]
