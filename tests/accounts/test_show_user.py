import pytest
from django.test import Client

from accounts.actions import keys
from config import times


def test_who_the_credential_speaks_for(api, alice, charlie):
    for user in (alice, charlie):
        assert api(user).get("/api/user").json() == {
            "user_id": user.pk,
            "email": user.email,
            "name": user.name,
            "key_salt": user.key_salt,
            "created_at": times.unix(user.created_at),
            "created_at_iso": times.iso(user.created_at),
        }


@pytest.mark.parametrize("scope", ["read", "speak", "voices", "desk", "all"])
def test_a_key_of_any_scope(alice, scope):
    _, text = keys.create_key(by=alice, name="Any", scopes=[scope])
    answer = Client().get("/api/user", headers={"X-API-Key": text})
    assert (answer.status_code, answer.json()["email"]) == (200, "alice@example.com")


def test_the_session(page, alice):
    assert page(alice).get("/api/user").json()["user_id"] == alice.pk


def test_it_needs_a_credential(client, db):
    answer = client.get("/api/user")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_it_takes_get_only(api, alice):
    assert api(alice).post("/api/user").status_code == 405
