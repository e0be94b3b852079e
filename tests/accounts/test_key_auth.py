"""API keys as credentials: in which header, for which endpoints, until when, and what is noted of their use."""

import base64
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts import tokens
from accounts.actions import keys, users
from accounts.models import ApiKey, AuditEntry, Event, Scope, UsageDay, User
from config import times
from tests.conftest import PASSWORD

NOON = dt.datetime(2030, 1, 31, 12, tzinfo=dt.UTC)
READING = {Scope.READ, Scope.SPEAK, Scope.ALL}
SPEAKING = {Scope.SPEAK, Scope.ALL}
LISTENING = {Scope.READ, Scope.SPEAK, Scope.VOICES, Scope.ALL}
UNKNOWN = "a" * 24
DOORS = [
    ("GET", "/api/jobs", READING),
    ("GET", f"/api/jobs/{UNKNOWN}", READING),
    ("GET", f"/api/jobs/{UNKNOWN}/audio", READING),
    ("POST", "/api/jobs", SPEAKING),
    ("POST", f"/api/jobs/{UNKNOWN}/cancel", SPEAKING),
    ("POST", "/v1/audio/speech", SPEAKING),
    ("GET", "/v1/models", LISTENING),
    ("GET", "/api/voices", LISTENING),
    ("GET", "/voices", LISTENING),
    ("GET", "/api/keys", set()),
    ("POST", "/api/keys", set()),
    ("DELETE", f"/api/keys/{UNKNOWN}", set()),
]


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def move(self, **delta):
        self.now += dt.timedelta(**delta)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(times, "now", clock)
    return clock


@pytest.fixture
def key(alice):
    return keys.create_key(by=alice, name="Program")[0]


@pytest.fixture
def text(alice):
    return keys.create_key(by=alice, name="Program", scopes=[Scope.READ])[1]


def basic(user_name, password):
    return "Basic " + base64.b64encode(f"{user_name}:{password}".encode()).decode()


def get(**headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().get("/api/jobs", headers=headers)


def assert_void(answer):
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def used():
    return list(AuditEntry.objects.filter(event=Event.KEY_USED).order_by("created_at"))


@pytest.mark.parametrize("scope", Scope.values)
@pytest.mark.parametrize(("method", "path", "allowed"), DOORS, ids=[f"{method} {path}" for method, path, _ in DOORS])
def test_each_scope_at_each_kind_of_door(alice, method, path, allowed, scope):
    _, text = keys.create_key(by=alice, name="Program", scopes=[scope])
    answer = Client().generic(method, path, headers={"x-api-key": text})
    assert (answer.status_code == 403) == (scope not in allowed), answer.content
    if answer.status_code == 403:
        assert (answer.json().get("error") or answer.json())["code"] == "missing_scope"


def test_the_refusal_says_what_is_missing(alice):
    _, text = keys.create_key(by=alice, name="Program", scopes=[Scope.VOICES])
    assert get(x_api_key=text).json()["detail"] == "This needs an API key with the scope read or speak."


def test_in_each_header(text):
    assert get(x_api_key=text).status_code == 200
    assert get(x_api_key=f" {text} ").status_code == 200
    assert get(authorization=f"Bearer {text}").status_code == 200
    assert get(authorization=f"bearer   {text}").status_code == 200
    for user_name in ("", "alice@example.com", "anybody", "né", "api"):
        assert get(authorization=basic(user_name, text)).status_code == 200


@pytest.mark.parametrize(
    "credential",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic YQ",
        "Basic /w==",
        "Basic é",
        "Basic " + "x" * 10_000,
        basic("a", ""),
        "Basic OkE=",
    ],
)
def test_malformed_basic(alice, credential):
    assert_void(get(authorization=credential))


def test_basic_takes_keys_and_no_passwords_or_tokens(alice, text):
    assert_void(get(authorization=basic("alice@example.com", PASSWORD)))
    assert_void(get(authorization=basic("alice@example.com", tokens.issue(alice))))
    assert_void(get(authorization=basic(text, "")))


def test_a_token_is_no_api_key(alice):
    assert_void(get(x_api_key=tokens.issue(alice)))


def test_of_two_headers_authorization_decides(alice, charlie, text, job):
    assert_void(get(authorization="Bearer nonsense", x_api_key=text))
    assert_void(get(authorization="", x_api_key=text))
    answer = get(authorization=f"Bearer {tokens.issue(charlie)}", x_api_key=text)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t.swapcase(), lambda t: t[:11], lambda t: "ed_"]
)
def test_a_tampered_key(text, change):
    assert_void(get(x_api_key=change(text)))
    assert_void(get(authorization=f"Bearer {change(text)}"))


def test_a_key_ends_when_it_said(alice, clock):
    _, text = keys.create_key(by=alice, name="Program", expires_at=NOON + dt.timedelta(hours=1))
    clock.move(minutes=59, seconds=59)
    assert get(x_api_key=text).status_code == 200
    clock.move(seconds=1)
    assert_void(get(x_api_key=text))


def test_a_revoked_key(alice, text):
    keys.revoke_key(by=alice, key=ApiKey.objects.get())
    assert_void(get(x_api_key=text))


def test_the_key_of_a_disabled_account_rests(bob, alice, text):
    users.change_user(by=bob, user=alice, is_active=False)
    assert_void(get(x_api_key=text))
    users.change_user(by=bob, user=alice, is_active=True)
    assert get(x_api_key=text).status_code == 200


def test_the_key_of_a_deleted_account(alice, text):
    User.objects.filter(pk=alice.pk).delete()
    assert_void(get(x_api_key=text))


def test_a_void_key_is_401_where_a_scope_would_be_missing_too(alice, text):
    ApiKey.objects.update(scopes=[Scope.DESK], expires_at=times.now())
    assert_void(get(x_api_key=text))


def test_a_key_opens_no_page(text):
    answer = Client().get("/jobs", headers={"x-api-key": text, "authorization": f"Bearer {text}"})
    assert answer.url.startswith("/login")


def test_last_used_is_noted_once_a_minute(key, clock):
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (61, 60), (120, 120)):
        clock.now = NOON + dt.timedelta(seconds=seconds)
        key.refresh_from_db()
        keys.note_use(key=key, address="")
        key.refresh_from_db()
        assert key.last_used_at == NOON + dt.timedelta(seconds=noted)


def test_the_trail_says_once_a_day_that_a_key_was_used(key, clock, alice):
    moves = {"first": {}, "soon": {"minutes": 5}, "late": {"hours": 11, "minutes": 54, "seconds": 30}}
    moves |= {"after midnight": {"seconds": 40}, "later": {"hours": 3}}
    seen = []
    for move in moves.values():
        clock.move(**move)
        key.refresh_from_db()
        keys.note_use(key=key, address="198.51.100.7")
        seen.append(len(used()))
    assert seen == [1, 1, 1, 2, 2]
    entry = used()[0]
    assert (entry.user, entry.words, entry.address) == (alice, f"Program ({key.prefix}…)", "198.51.100.7")


def test_every_call_is_counted(text, alice):
    for _ in range(3):
        get(x_api_key=text)
    get(x_api_key="nonsense")
    assert UsageDay.objects.get(user=alice).key_calls == 3


def test_a_refused_key_is_not_noted_as_used(alice):
    _, text = keys.create_key(by=alice, name="Program", scopes=[Scope.DESK])
    assert get(x_api_key=text).status_code == 403
    assert not used()


@pytest.mark.django_db(transaction=True)
def test_parallel_use_is_noted_once_and_counted_each_time(alice):
    _, text = keys.create_key(by=alice, name="Program")

    def call(number):
        try:
            return get(x_api_key=text).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(24))) == [200] * 24
    assert len(used()) == 1
    assert UsageDay.objects.get(user=alice).key_calls == 24
