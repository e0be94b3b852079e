import base64
import datetime as dt
import json
import time

import jwt
import pytest
from django.test import Client

from accounts import tokens
from accounts.models import User
from config.ids import new_id

NOW = dt.datetime.now(dt.UTC)


def forge(user, *, key=None, algorithm="HS256", leave_out=(), **changed):
    """A token as ours, but for what is named."""
    claims = jwt.decode(tokens.issue(user), options={"verify_signature": False}) | changed
    claims = {name: value for name, value in claims.items() if name not in leave_out}
    return jwt.encode(claims, tokens.signing_key() if key is None else key, algorithm=algorithm)


def by_hand(user, header, **changed):
    """A token whose parts are ours but for what is named, with the signature of our own."""
    first, second, signature = tokens.issue(user).split(".")
    claims = json.loads(base64.urlsafe_b64decode(second + "==")) | changed
    parts = [json.dumps(part).encode() for part in (header, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), signature])


def get(credential, client=None):
    return (client or Client()).get("/api/jobs", headers={"authorization": credential})


def assert_refused(answer):
    assert (answer.status_code, answer.headers.get("WWW-Authenticate")) == (401, "Bearer")
    assert set(answer.json()) == {"detail", "code"}
    assert answer.json()["code"] == "not_signed_in"


def test_the_claims(alice):
    before, token, after = time.time(), tokens.issue(alice), time.time()
    claims = jwt.decode(token, options={"verify_signature": False})
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    assert set(claims) == {"sub", "iat", "exp", "iss", "aud", "jti", "ver"}
    assert (claims["sub"], claims["ver"]) == (alice.pk, 1)
    assert claims["exp"] - claims["iat"] == 30 * 24 * 3600
    assert int(before) <= claims["iat"] <= after
    assert claims["jti"] != jwt.decode(tokens.issue(alice), options={"verify_signature": False})["jti"]


def test_a_token_speaks_for_its_user(alice, job):
    assert get(f"Bearer {tokens.issue(alice)}").json()["items"][0]["job_id"] == job.job_id
    assert get(f"bearer  {tokens.issue(alice)}").status_code == 200
    assert get(f"Bearer {forge(alice)}").status_code == 200  # what follows fails by what is changed alone


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")  # of HS512
@pytest.mark.parametrize(
    "changed",
    [
        {"exp": NOW - dt.timedelta(seconds=5)},
        {"exp": "never"},
        {"iat": NOW + dt.timedelta(days=1)},
        {"nbf": NOW + dt.timedelta(days=1)},
        {"aud": "other"},
        {"aud": []},
        {"iss": "other"},
        {"ver": 2},
        {"ver": 0},
        {"ver": None},
        {"sub": "nonsense"},
        {"sub": ""},
        {"sub": 5},
        {"sub": None},
        {"sub": ["a" * 24]},
        {"sub": "a" * 24},
        {"sub": "alice@example.com"},
        *({"leave_out": [name]} for name in ("sub", "iat", "exp", "iss", "aud", "jti", "ver")),
        {"key": b"another secret that is long enough"},
        {"algorithm": "HS512"},
        {"algorithm": "none", "key": ""},
    ],
    ids=" ".join,
)
def test_a_token_that_is_not_quite_ours_is_refused(alice, changed):
    assert_refused(get(f"Bearer {forge(alice, **changed)}"))


def test_the_secret_key_itself_signs_no_token(alice, settings):
    assert_refused(get(f"Bearer {forge(alice, key=settings.SECRET_KEY)}"))


def test_another_installations_token_is_refused(alice, settings):
    token = tokens.issue(alice)
    settings.SECRET_KEY = "another" + settings.SECRET_KEY
    assert_refused(get(f"Bearer {token}"))


def test_a_tampered_token_is_refused(alice, bob):
    header = jwt.get_unverified_header(tokens.issue(alice))
    assert_refused(get(f"Bearer {by_hand(alice, header, sub=bob.pk)}"))
    assert_refused(get(f"Bearer {by_hand(alice, header | {'alg': 'none'})}"))
    first, second, _ = tokens.issue(alice).split(".")
    assert_refused(get(f"Bearer {first}.{second}."))
    assert_refused(get(f"Bearer {first}.{second}"))


def test_the_token_of_someone_inactive_or_gone_is_void(alice):
    token = tokens.issue(alice)
    User.objects.update(is_active=False)
    assert_refused(get(f"Bearer {token}"))
    User.objects.all().delete()
    assert_refused(get(f"Bearer {token}"))


def test_a_raised_token_version_voids_older_tokens(alice):
    token = tokens.issue(alice)
    User.objects.update(token_version=2)
    assert_refused(get(f"Bearer {token}"))
    alice.refresh_from_db()
    assert get(f"Bearer {tokens.issue(alice)}").status_code == 200


BAD_HEADERS = [
    {"authorization": "Bearer nonsense"},
    {"authorization": "Bearer"},
    {"authorization": "Bearer "},
    {"authorization": ""},
    {"authorization": "Bearer é\x80"},
    {"authorization": f"Bearer {'x' * 10_000}"},
    {"authorization": "Token abc"},
    {"authorization": f"Basic {base64.b64encode(b':key').decode()}"},
    {"x-api-key": "nonsense"},
    {"x-api-key": ""},
]


@pytest.mark.parametrize("headers", BAD_HEADERS, ids=str)
def test_a_bad_header_is_refused_and_no_session_rescues_it(page, alice, headers):
    assert_refused(Client().get("/api/jobs", headers=headers))
    assert_refused(page(alice).get("/api/jobs", headers=headers))
    assert_refused(page(alice).post("/api/jobs", headers=headers))


def test_without_a_credential_get_and_post_are_401(client, db):
    for answer in (client.get("/api/jobs"), client.post("/api/jobs"), client.post(f"/api/jobs/{new_id()}/cancel")):
        assert_refused(answer)


def test_the_session_opens_the_api_too(page, alice, job):
    assert page(alice).get("/api/jobs").json()["items"][0]["job_id"] == job.job_id


def test_with_the_session_a_change_needs_the_pages_token(alice, job):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    door = f"/api/jobs/{job.pk}/cancel"
    for headers in ({}, {"x-csrftoken": "a" * 32}):
        answer = client.post(door, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    job.refresh_from_db()
    assert job.status == "queued"
    client.cookies["csrftoken"] = "a" * 32
    assert client.post(door, headers={"x-csrftoken": "a" * 32}).status_code == 200


def test_with_a_token_a_change_needs_nothing_else(alice, bob, job):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    answer = client.post(f"/api/jobs/{job.pk}/cancel", headers={"authorization": f"Bearer {tokens.issue(alice)}"})
    assert (answer.status_code, answer.json()["user_id"]) == (200, alice.pk)


def test_a_token_opens_no_page(alice):
    headers = {"authorization": f"Bearer {tokens.issue(alice)}", "accept": "text/html"}
    assert Client().get("/jobs", headers=headers).url == "/login?next=/jobs"
