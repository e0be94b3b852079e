import base64
import json
import re
import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.actions import users
from accounts.models import Team, User
from config.errors import Forbidden, Unprocessable

pytestmark = pytest.mark.django_db
GOOD = {"email": "ann@example.com", "password": "sea breeze 42", "name": "Ann"}


@pytest.fixture
def unlimited(settings):
    settings.RATES = dict.fromkeys(settings.RATES, "off")


def register(client, **fields):
    return client.post("/api/register", json.dumps(GOOD | fields), content_type="application/json")


def on_page(client, **fields):
    return client.post("/register", GOOD | fields, headers={"accept": "text/html"})


def test_api_answers_with_a_token_and_the_user(client):
    answer = register(client)
    user = User.objects.get()
    body = answer.json()
    token, created_at = body.pop("token"), body["user"].pop("created_at")
    assert answer.status_code == 200
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["user"].pop("created_at_iso"))
    assert created_at == user.created_at.timestamp()
    assert body == {
        "token_type": "bearer",
        "expires_in": 2592000,
        "user_id": user.pk,
        "key_salt": user.key_salt,
        "user": {"user_id": user.pk, "email": "ann@example.com", "name": "Ann", "key_salt": user.key_salt},
    }
    assert client.get("/api/jobs", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_a_new_account_is_the_administrator_of_a_team_of_one(client):
    register(client)
    user = User.objects.get()
    assert (user.team, user.role) == (Team.objects.get(name="Ann"), "admin")
    assert (user.is_active, user.is_staff, user.is_superuser) == (True, False, False)
    assert user.check_password(GOOD["password"])
    assert GOOD["password"] not in user.password


def test_a_key_salt_is_made_or_kept(client, unlimited):
    made = register(client).json()["key_salt"]
    assert len(base64.b64decode(made, validate=True)) == 32
    own = base64.b64encode(bytes(range(32))).decode()
    assert register(client, email="ben@example.com", key_salt=own).json()["key_salt"] == own
    assert register(client, email="cleo@example.com", key_salt="").json()["key_salt"] not in ("", made)


@pytest.mark.parametrize("key_salt", ["not base64!", "abc", "ü" * 4, "a" * 101])
def test_api_refuses_a_key_salt_that_is_no_base64(client, key_salt):
    answer = register(client, key_salt=key_salt)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", "key_salt"]
    assert not User.objects.exists()


@pytest.mark.parametrize("door", [register, on_page])
def test_an_email_is_trimmed_and_in_small_letters(client, door):
    door(client, email="  Ann@Example.COM ")
    assert User.objects.get().email == "ann@example.com"


@pytest.mark.parametrize("email", ["ann@example.com", "ANN@example.com "])
def test_api_refuses_an_email_that_is_taken(client, email):
    register(client)
    answer = register(client, email=email)
    assert answer.status_code == 409
    assert answer.json() == {
        "detail": "There is already an account with this e-mail. Sign in, or use another e-mail.",
        "code": "email_taken",
    }
    assert (User.objects.count(), Team.objects.count()) == (1, 1)


def test_page_says_at_the_field_that_an_email_is_taken(client, alice):
    answer = on_page(client, email="Alice@example.com")
    assert answer.status_code == 200
    assert answer.context["form"].errors == {
        "email": ["There is already an account with this e-mail. Sign in, or use another e-mail."]
    }
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("length", [7, 129])
def test_a_password_that_is_too_short_or_too_long_is_refused(client, length):
    answer = register(client, password="x" * length)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", "password"]
    assert "password" in on_page(client, password="x" * length).context["form"].errors
    with pytest.raises(Unprocessable, match="8 to 128 characters"):
        users.register(email="ann@example.com", password="x" * length, address="")
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["x" * 8, "x" * 128, " leading and trailing ", "пароль–🐚"])
def test_a_password_is_taken_as_it_is(client, unlimited, password):
    assert register(client, password=password).status_code == 200
    assert on_page(client, email="ben@example.com", password=password).status_code == 302
    assert all(user.check_password(password) for user in User.objects.all())


@pytest.mark.parametrize("character", ["\0", "\ud800"], ids=["NUL", "surrogate"])
@pytest.mark.parametrize("field", ["email", "password", "name", "key_salt"])
def test_api_refuses_what_cannot_be_stored(client, field, character):
    answer = register(client, **{field: f"abcdefgh{character}@example.com"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", field]
    assert not User.objects.exists()


@pytest.mark.parametrize("field", ["email", "password", "name"])
def test_page_refuses_what_cannot_be_stored(client, field):
    answer = on_page(client, **{field: "abcdefgh\0@example.com"})
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"email": ""},
        {"email": None},
        {"email": 5},
        {"email": "ann"},
        {"email": "ann@nowhere"},
        {"email": f"{'x' * 250}@example.com"},
        {"password": None},
        {"password": ["sea breeze 42"]},
        {"name": "x" * 201},
        {"name": None},
    ],
)
def test_api_refuses_malformed_fields(client, fields):
    answer = register(client, **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["loc"] == ["body", *fields]


@pytest.mark.parametrize("fields", [{"email": "ann"}, {"email": f"{'x' * 250}@example.com"}, {"name": "x" * 201}])
def test_page_refuses_malformed_fields(client, fields):
    answer = on_page(client, **fields)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == list(fields)
    assert not User.objects.exists()


def test_closed_registration_is_closed_at_every_door(client, settings):
    settings.REGISTRATION_OPEN = False
    answer = register(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert b"Registration is closed here. Ask an administrator to invite you." in on_page(client).content
    with pytest.raises(Forbidden):
        users.register(**GOOD, address="")
    assert not User.objects.exists()


def test_page_says_at_once_that_registration_is_closed(client, settings):
    settings.REGISTRATION_OPEN = False
    assert b"Registration is closed here" in client.get("/register").content


def test_too_many_accounts_from_one_address(client, settings):
    settings.RATES = settings.RATES | {"register": "2/h"}
    assert register(client).status_code == 200
    assert register(client).status_code == 409  # counts too: it tells who has an account
    answer = register(client, email="ben@example.com")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert (
        b"Too many new accounts from your address. Wait 60 minutes" in on_page(client, email="ben@example.com").content
    )
    other = Client(REMOTE_ADDR="9.9.9.9")
    assert register(other, email="ben@example.com").status_code == 200


def test_a_refused_form_does_not_count(client, settings):
    settings.RATES = settings.RATES | {"register": "1/h"}
    for _ in range(3):
        register(client, password="short")
        on_page(client, email="nonsense")
    assert register(client).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_gets_the_email(unlimited, monkeypatch):
    statuses, barrier, set_password = [], threading.Barrier(10), User.set_password

    def all_think_it_is_free(user, password):
        barrier.wait(30)
        set_password(user, password)

    def try_it():
        statuses.append(register(Client(raise_request_exception=False)).status_code)
        connection.close()

    monkeypatch.setattr(User, "set_password", all_think_it_is_free)
    threads = [threading.Thread(target=try_it) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 9
    assert (User.objects.count(), Team.objects.count()) == (1, 1)


def test_page_signs_the_new_person_in(client):
    assert client.get("/register").status_code == 200
    answer = on_page(client)
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.session["_auth_user_id"] == User.objects.get().pk


def test_page_sends_the_signed_in_home(page, alice):
    assert page(alice).get("/register").url == "/"
    assert on_page(page(alice)).url == "/"
    assert User.objects.count() == 1


def test_page_needs_its_own_form(client):
    client = Client(enforce_csrf_checks=True)
    assert on_page(client).status_code == 403
    assert not User.objects.exists()
    assert register(client).status_code == 200  # no session, nothing to forge


def test_other_methods_are_refused(client):
    assert client.get("/api/register").headers["Allow"] == "POST"
    assert client.put("/register").status_code == 405
