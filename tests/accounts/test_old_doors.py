"""The accounts' doors of the older TTS backend: the same actions as the others, in its shapes."""

import pytest

from accounts.models import AuditEntry, Event, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
GOOD = {"email": " Ann@Example.com ", "password": PASSWORD, "name": "Ann"}
WRONG = {"detail": "The e-mail or the password is wrong.", "code": "not_signed_in"}


def post(client, door, **fields):
    return client.post(f"/auth/{door}", fields, "application/json")


def sign_in(client, **fields):
    return post(client, "login", **{"email": "alice@example.com", "password": PASSWORD} | fields)


def events(user):
    return list(AuditEntry.objects.filter(user=user).values_list("event", flat=True))


def test_registering_and_signing_in(client):
    answer = post(client, "register", **GOOD)
    user, body = User.objects.get(), answer.json()
    assert (answer.status_code, set(body)) == (201, {"message", "email", "user_id"})
    assert (body["email"], body["user_id"]) == ("ann@example.com", user.pk)
    token = sign_in(client, email="ann@example.com").json()
    assert (set(token), token["token_type"]) == ({"access_token", "token_type"}, "bearer")
    me = client.get("/auth/me", headers={"authorization": f"Bearer {token['access_token']}"})
    assert (me.status_code, me.json()) == (200, {"user_id": user.pk, "email": "ann@example.com", "name": "Ann"})
    assert set(events(user)) == {Event.REGISTERED, Event.SIGNED_IN}


def test_registration_refuses_what_the_other_door_refuses(client, alice, settings):
    assert post(client, "register", **GOOD | {"email": "alice@example.com"}).status_code == 409
    for field, value in (("email", "nobody"), ("password", "short")):
        answer = post(client, "register", **GOOD | {field: value})
        assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", field])
    settings.REGISTRATION_OPEN = False
    assert post(client, "register", **GOOD).status_code == 403
    assert User.objects.count() == 1


def test_a_wrong_password_and_a_wrong_email_are_told_alike(client, alice):
    for fields in ({"password": "wrong"}, {"email": "nobody@example.com"}):
        answer = sign_in(client, **fields)
        assert (answer.status_code, answer.json()) == (401, WRONG)
    assert events(alice) == [Event.SIGN_IN_FAILED]


def test_tries_are_counted_together_with_those_of_the_other_door(client, alice, settings):
    settings.RATES = settings.RATES | {"sign_in": "2/m", "register": "1/m"}
    sign_in(client, password="wrong")
    wrong = {"email": "alice@example.com", "password": "wrong"}
    assert client.post("/api/login", wrong, "application/json").status_code == 401
    refused = sign_in(client)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert 1 <= int(refused["Retry-After"]) <= 60
    statuses = [post(client, "register", **GOOD | {"email": f"{n}@example.com"}).status_code for n in range(2)]
    assert statuses == [201, 429]


def test_me_needs_a_credential(client):
    answer = client.get("/auth/me")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(("method", "door", "allowed"), [("get", "login", "POST"), ("get", "register", "POST")])
def test_the_wrong_method(client, method, door, allowed):
    answer = getattr(client, method)(f"/auth/{door}")
    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, allowed, "method_not_allowed")
