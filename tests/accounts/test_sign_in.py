import json

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.actions import sign_in as actions
from accounts.models import User
from config.errors import Unauthorized
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "The e-mail or the password is wrong."


def sign_in(client, email="alice@example.com", password=PASSWORD):
    return client.post(
        "/api/login", json.dumps({"email": email, "password": password}), content_type="application/json"
    )


def on_page(client, email="alice@example.com", password=PASSWORD, **more):
    return client.post("/login", {"email": email, "password": password, **more}, headers={"accept": "text/html"})


def test_api_answers_as_registration_does(client, alice):
    answer = sign_in(client)
    body = answer.json()
    assert answer.status_code == 200
    assert client.get("/api/jobs", headers={"authorization": f"Bearer {body.pop('token')}"}).status_code == 200
    assert body.pop("user") == {
        "user_id": alice.pk,
        "email": "alice@example.com",
        "name": "Alice",
        "key_salt": alice.key_salt,
        "created_at": alice.created_at.timestamp(),
        "created_at_iso": alice.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    assert body == {
        "token_type": "bearer",
        "expires_in": 2592000,
        "user_id": alice.pk,
        "key_salt": alice.key_salt,
    }
    assert not answer.cookies


@pytest.mark.parametrize("email", [" Alice@Example.COM ", "ALICE@EXAMPLE.COM"])
def test_an_email_is_trimmed_and_in_small_letters(client, alice, email):
    assert sign_in(client, email).status_code == 200
    assert on_page(client, email).status_code == 302


def test_a_wrong_email_and_a_wrong_password_look_alike(client, alice):
    answers = [sign_in(client, password="wrong"), sign_in(client, "nobody@example.com"), sign_in(client, "nonsense")]
    for answer in answers:
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json() == {"detail": WRONG, "code": "not_signed_in"}
    for answer in (on_page(client, password="wrong"), on_page(client, "nobody@example.com")):
        assert answer.status_code == 200
        assert answer.context["form"].non_field_errors() == [WRONG]


def test_a_wrong_email_takes_as_long_as_a_wrong_password(client, alice, monkeypatch):
    hashes, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashes.append(1) or encode(*args))
    counts = []
    for email in ("alice@example.com", "nobody@example.com"):
        hashes.clear()
        sign_in(client, email, "wrong")
        counts.append(len(hashes))
    assert counts[0] == counts[1] > 0


def test_someone_inactive_looks_wrong_too(client, alice):
    User.objects.update(is_active=False)
    assert sign_in(client).json()["detail"] == WRONG
    assert on_page(client).context["form"].non_field_errors() == [WRONG]
    with pytest.raises(Unauthorized):
        actions.sign_in(email=alice.email, password=PASSWORD, address="")


@pytest.mark.parametrize(
    ("email", "password"),
    [("a\0", "x"), ("a\ud800", "x"), ("a", "x\ud800"), ("a" * 321, "x"), ("a", "x" * 1025), (None, "x"), ("a", 5)],
)
def test_api_refuses_malformed_fields(client, email, password):
    answer = sign_in(client, email, password)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("fields", [{"email": "a\0"}, {"email": ""}, {"password": "x\0"}, {"password": "x" * 1025}])
def test_page_refuses_malformed_fields(client, alice, fields):
    assert list(on_page(client, **fields).context["form"].errors) == list(fields)


def test_nul_in_a_password_is_only_wrong(client, alice):
    assert sign_in(client, password=f"{PASSWORD}\0").status_code in (401, 422)


def test_too_many_tries_for_one_email(client, alice, settings):
    settings.RATES = settings.RATES | {"sign_in": "3/h"}
    assert [sign_in(client, password="wrong").status_code for _ in range(3)] == [401] * 3
    answer = sign_in(Client(REMOTE_ADDR="9.9.9.9"))  # the right password, from elsewhere
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    page = on_page(client, "Alice@example.com")
    assert page.context["form"].non_field_errors()[0].startswith("Too many tries to sign in. Wait 60 minutes")
    assert "_auth_user_id" not in client.session
    assert sign_in(client, "nobody@example.com").status_code == 401


def test_too_many_tries_from_one_address(client, alice, settings):
    settings.RATES = settings.RATES | {"sign_in_address": "3/h"}
    for number in range(3):
        assert sign_in(client, f"nobody{number}@example.com").status_code == 401
    answer = sign_in(client)
    assert (answer.status_code, answer.json()["detail"][:40]) == (429, "Too many tries to sign in from your addr")
    assert sign_in(Client(REMOTE_ADDR="9.9.9.9")).status_code == 200


def test_a_success_takes_the_tries_back(client, alice, settings):
    settings.RATES = settings.RATES | {"sign_in": "3/h", "sign_in_address": "9/h"}
    for _ in range(3):  # two failures each: six of nine for the address
        for _ in range(2):
            assert sign_in(client, password="wrong").status_code == 401
        assert sign_in(client).status_code == 200
    for _ in range(5):
        assert sign_in(client).status_code == 200


def test_page_signs_in_and_leads_home(client, alice):
    assert client.get("/login").status_code == 200
    answer = on_page(client)
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/").status_code == 200


def test_page_shows_a_wrong_password_again_without_a_next(client, alice):
    answer = on_page(client, password="wrong")
    assert answer.status_code == 200
    assert b"wrong" in answer.content
    assert PASSWORD.encode() not in answer.content


def test_the_session_gets_a_new_key(client, alice):
    session = client.session
    session["theme"] = "planted"
    session.save()
    planted = session.session_key
    on_page(client)
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


@pytest.mark.parametrize("target", ["/jobs", "/jobs?status=failed", "http://testserver/voices"])
def test_next_leads_back_to_a_page_of_ours(client, alice, target):
    assert f'value="{target}"'.encode() in client.get("/login", {"next": target}).content
    assert on_page(client, next=target).url == target


@pytest.mark.parametrize(
    "target",
    [
        "foo",
        "job",
        "?x",
        "é",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "\x08//evil.example",
    ],
)
def test_next_leads_nowhere_else(client, page, alice, target):
    assert f'value="{target}"'.encode() not in client.get("/login", {"next": target}).content
    assert on_page(client, next=target).url == "/"
    assert page(alice).get("/login", {"next": target}).url == "/"


def test_page_sends_the_signed_in_on(page, alice):
    assert page(alice).get("/login").url == "/"
    assert page(alice).get("/login?next=/jobs").url == "/jobs"


def test_page_needs_its_own_form(alice):
    client = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    answer = on_page(client)
    assert answer.status_code == 403
    assert b"This form came from another site or has grown old." in answer.content
    token = client.get("/login?next=/").context["csrf_token"]
    assert on_page(client, csrfmiddlewaretoken=str(token)).status_code == 302


def test_other_methods_are_refused(client):
    assert client.get("/api/login").headers["Allow"] == "POST"
    assert client.put("/login").status_code == 405


def test_no_cache_keeps_the_page(client):
    assert "no-store" in client.get("/login?next=/").headers["Cache-Control"]
