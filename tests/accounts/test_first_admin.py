import re

import pytest

from accounts.actions import users
from accounts.models import User
from config import hooks
from config.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(settings):
    settings.ADMIN_EMAIL = settings.ADMIN_PASSWORD = ""
    return []


def test_the_first_start_makes_an_administrator_and_shows_the_password_once(lines):
    users.create_first_admin(lines.append)
    users.create_first_admin(lines.append)
    admin = User.objects.get()
    (line,) = lines
    match = re.fullmatch(r"First administrator: admin@example\.com, password: (\S{16,}) \(shown this once\)", line)
    assert admin.check_password(match[1])
    assert (admin.is_active, admin.is_staff, admin.is_superuser) == (True, True, True)
    assert (admin.role, admin.team.members.get()) == ("admin", admin)


def test_every_installation_has_a_password_of_its_own(lines):
    users.create_first_admin(lines.append)
    User.objects.all().delete()
    users.create_first_admin(lines.append)
    assert lines[0] != lines[1]


def test_the_settings_name_email_and_password(lines, settings, client):
    settings.ADMIN_EMAIL, settings.ADMIN_PASSWORD = " Boss@Example.com", "chosen by me"
    users.create_first_admin(lines.append)
    assert lines == ["First administrator: boss@example.com, password: the one in ADMIN_PASSWORD"]
    data = {"email": "boss@example.com", "password": "chosen by me"}
    assert client.post("/api/login", data, content_type="application/json").status_code == 200


def test_an_administrator_that_is_there_stays_the_only_one(lines, settings, bob):
    settings.ADMIN_EMAIL, settings.ADMIN_PASSWORD = "boss@example.com", "chosen by me"
    users.create_first_admin(lines.append)
    assert (list(User.objects.administrators()), lines) == ([bob], [])


def test_other_accounts_are_no_administrators(lines, alice):
    users.create_first_admin(lines.append)
    assert User.objects.administrators().get().email == "admin@example.com"


@pytest.mark.parametrize(("email", "password"), [("nonsense", "chosen by me"), ("boss@example.com", "short")])
def test_poor_settings_are_refused_with_a_sentence(lines, settings, email, password):
    settings.ADMIN_EMAIL, settings.ADMIN_PASSWORD = email, password
    with pytest.raises(DomainError):
        users.create_first_admin(lines.append)
    assert not User.objects.exists()
    assert lines == []


def test_up_runs_it():
    assert users.create_first_admin in list(hooks.start_steps)
