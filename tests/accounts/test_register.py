import base64
import json
import re

import pytest

from accounts.models import Team, User

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
