import base64
import datetime as dt

import pytest
from django.test import Client

from accounts import remembered, tokens
from accounts.actions import deletion, invitations, keys, members, passwords, teams, users
from accounts.models import ApiKey, Scope, User
from config import breaker, queue, times
from tests.accounts.conftest import join_team_of
from tests.conftest import PASSWORD

DOOR = "/api/sessions"  # takes what comes while the database is away


@pytest.fixture
def text(alice):
    return keys.create_key(by=alice, name="Program", scopes=[Scope.DESK])[1]


def see(*credentials):
    """Each is used once, with the database there."""
    for credential in credentials:
        assert get(credential).status_code == 200, credential


def get(credential):
    return Client().get(DOOR, headers={"authorization": f"Bearer {credential}"})


def knock(credential, **headers):
    return Client().post(
        DOOR, {}, content_type="application/json", headers={"authorization": f"Bearer {credential}", **headers}
    )


def codes(outage, *credentials):
    """What they get while the database is away."""
    outage.begin()
    try:
        return [knock(credential).status_code for credential in credentials]
    finally:
        outage.end()


@pytest.fixture(params=["redis", "memory"])
def store(request):
    """Redis, or with Redis away this process."""
    if request.param == "redis":
        request.getfixturevalue("redis")
    return request.param


def test_what_was_seen_is_let_in_and_nothing_else(store, alice, text, outage):
    token, other_token = tokens.issue(alice), tokens.issue(alice)
    _, other_text = keys.create_key(by=alice, name="Other")
    see(token, text)
    assert codes(outage, token, text, other_token, other_text) == [202, 202, 503, 503]


@pytest.mark.parametrize(("door", "field"), [("/api/login", "token"), ("/auth/login", "access_token")])
def test_a_token_counts_as_seen_from_the_sign_in_on(store, alice, outage, door, field):
    person = {"email": alice.email, "password": PASSWORD}
    token = Client().post(door, person, content_type="application/json").json()[field]
    assert codes(outage, token) == [202]


def test_another_process_remembers_too(redis, alice, text, outage):
    token = tokens.issue(alice)
    see(token, text)
    remembered.memory.grants.clear()
    assert codes(outage, token, text) == [202, 202]


def test_when_redis_goes_away_too(redis, alice, text, outage):
    see(text)
    redis.stop()
    assert codes(outage, text) == [202]


@pytest.mark.parametrize("headers", [{"x-api-key": "{}"}, {"authorization": "Basic {}"}])
def test_in_each_header(redis, text, outage, headers):
    see(text)
    values = {"x-api-key": text, "authorization": base64.b64encode(f"anybody:{text}".encode()).decode()}
    headers = {name: value.format(values[name]) for name, value in headers.items()}
    outage.begin()
    assert Client().post(DOOR, {}, content_type="application/json", headers=headers).status_code == 202


def test_neither_the_key_nor_the_token_lies_in_redis(redis, alice, text):
    token = tokens.issue(alice)
    see(token, text)
    held = queue.connection()
    names = list(held.scan_iter("echodesk:remembered:*"))
    assert len(names) == 3  # and who owns them
    everything = b" ".join([*names, *(held.get(name) or b"" for name in names if held.type(name) == b"string")])
    for secret in (text, text[3:20], token, token.rpartition(".")[2], alice.email):
        assert secret.encode() not in everything
    assert all(0 < held.ttl(name) <= 15 * 60 for name in names)


def test_it_lasts_a_quarter_of_an_hour(text, outage, monkeypatch):
    see(text)
    now = remembered.time.monotonic()
    monkeypatch.setattr(remembered.time, "monotonic", lambda: now + 14 * 60)
    assert codes(outage, text) == [202]
    monkeypatch.setattr(remembered.time, "monotonic", lambda: now + 15 * 60)
    assert codes(outage, text) == [503]


def test_a_missing_scope_stays_403(store, alice, outage):
    _, reading = keys.create_key(by=alice, name="Reads", scopes=[Scope.READ])
    assert get(reading).status_code == 200
    outage.begin()
    answer = knock(reading)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


def test_a_key_that_was_only_refused_is_known_as_well(redis, alice, outage):
    _, speaking = keys.create_key(by=alice, name="Speaks", scopes=[Scope.SPEAK])
    assert get(speaking).status_code == 403
    assert codes(outage, speaking) == [403]


def test_a_key_that_expires_meanwhile_is_401(store, alice, outage, monkeypatch):
    _, text = keys.create_key(by=alice, name="Brief", expires_at=times.now() + dt.timedelta(minutes=5))
    see(text)
    later = times.now() + dt.timedelta(minutes=6)
    monkeypatch.setattr(times, "now", lambda: later)
    assert codes(outage, text) == [401]


def test_a_forged_or_expired_token_is_401(alice, outage, monkeypatch):
    monkeypatch.setattr(tokens, "LIFETIME", dt.timedelta(seconds=-1))
    expired = tokens.issue(alice)
    assert codes(outage, "nonsense", expired) == [401, 401]


def test_a_revoked_key(store, alice, text, outage):
    see(text)
    keys.revoke_key(by=alice, key=ApiKey.objects.get())
    assert codes(outage, text) == [503]


def change_password(alice):
    passwords.change_password(by=alice, old=PASSWORD, new="other breeze 42")


def reset_password(alice):
    passwords.reset_password(user=alice, new="other breeze 42")


def close_account(alice):
    deletion.close_account(by=alice, password=PASSWORD)


def disable(alice):
    users.change_user(by=User.objects.get(email="bob@example.com"), user=alice, is_active=False)


def accept_invitation(alice):
    _, url = invitations.invite(by=User.objects.get(email="bob@example.com"))
    invitations.accept_invitation(by=alice, token=url)


@pytest.mark.parametrize("change", [change_password, reset_password, close_account, disable, accept_invitation])
def test_whoever_changes_is_forgotten(store, bob, alice, charlie, text, outage, change):
    token, others = tokens.issue(alice), tokens.issue(charlie)
    see(token, text, others)
    change(alice)
    assert codes(outage, token, text, others) == [503, 503, 202]


@pytest.mark.parametrize(
    "change",
    [
        lambda alice, mate: members.change_member(by=alice, member=mate, is_active=False),
        lambda alice, mate: members.remove_member(by=alice, member=mate),
        lambda alice, mate: teams.leave_team(by=mate),
    ],
    ids=["disabled", "removed", "left"],
)
def test_whoever_leaves_the_team_is_forgotten(store, alice, outage, change):
    mate = join_team_of(alice, "mate")
    token, hers = tokens.issue(mate), tokens.issue(alice)
    see(token, hers)
    change(alice, mate)
    assert codes(outage, token, hers) == [503, 202]


def test_a_key_that_stays_after_a_password_change_is_remembered_again(redis, alice, text, outage):
    see(text)
    change_password(alice)
    see(text)
    assert codes(outage, text) == [202]


def test_what_the_database_refuses_is_forgotten(redis, alice, text, outage):
    """Whoever revoked it may not have reached Redis."""
    see(text)
    ApiKey.objects.all().delete()
    assert get(text).status_code == 401
    assert codes(outage, text) == [503]


def test_a_revocation_between_the_look_and_the_remembering_counts(redis, alice, text, outage, monkeypatch):
    remember = remembered.remember

    def late(name, grant):
        keys.revoke_key(by=alice, key=ApiKey.objects.get())
        remember(name, grant)

    monkeypatch.setattr(remembered, "remember", late)
    assert get(text).status_code == 401
    assert codes(outage, text) == [503]


def test_a_move_between_the_look_and_the_remembering_counts(redis, bob, alice, outage, monkeypatch):
    remember, token = remembered.remember, tokens.issue(alice)

    def late(name, grant):
        monkeypatch.setattr(remembered, "remember", remember)
        accept_invitation(alice)
        remember(name, grant)

    monkeypatch.setattr(remembered, "remember", late)
    get(token)
    assert codes(outage, token) == [503]


def test_it_is_told_once_a_minute(redis, text, monkeypatch):
    told = []
    put = remembered.put
    monkeypatch.setattr(remembered, "put", lambda *args: (told.append(1), put(*args)))
    now = remembered.time.monotonic()
    for seconds, times_told in ((0, 1), (30, 1), (59, 1), (61, 2), (90, 2)):
        monkeypatch.setattr(remembered.time, "monotonic", lambda seconds=seconds: now + seconds)
        see(text)
        assert len(told) == times_told


def test_a_process_holds_so_many(alice, monkeypatch):
    monkeypatch.setattr(remembered, "HELD_MAX", 3)
    issued = [tokens.issue(alice) for _ in range(5)]
    see(*issued)
    assert len(remembered.memory.grants) == 3


def test_the_owners_index_does_not_grow_for_ever(redis, alice, monkeypatch):
    start = times.now()
    for minutes in (0, 10, 20):
        monkeypatch.setattr(times, "now", lambda minutes=minutes: start + dt.timedelta(minutes=minutes))
        remembered.remember(f"token:{minutes}", remembered.grant_of_user(alice))
    assert queue.connection().zcard(f"echodesk:remembered:user:{alice.pk}") == 2


def test_redis_that_does_not_answer_is_not_asked_again_at_once(text, monkeypatch, caplog):
    see(text)
    see(*[text] * 3)
    assert sum("Redis is away" in message for message in caplog.messages) == 1


def test_a_use_is_neither_noted_nor_counted_while_the_database_is_away(redis, text, outage):
    see(text)
    outage.begin()
    knock(text)
    asked = outage.questions
    assert breaker.is_open()
    for _ in range(3):
        assert knock(text).status_code == 202
    assert outage.questions == asked
