"""Credentials that the database let in of late: what is left to go by while it is away.

Each lies in Redis for 15 minutes, and in this process for the case that Redis is away too; never its text. Whatever
makes a credential void, or moves its owner, has it forgotten.
"""

import datetime as dt
import functools
import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TypeVar

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from accounts.models import ApiKey, User
from config import queue, times
from config.errors import Unauthorized
from config.redis import CLIENT_OPTIONS, Away

logger = logging.getLogger(__name__)
R = TypeVar("R")
T = TypeVar("T")
KEPT_SECONDS = 15 * 60
REFRESH_SECONDS = 60.0  # between two times that this process says the same credential was seen
HELD_MAX = 10_000  # credentials in this process
ANSWER_SECONDS = 0.2  # that Redis has: the database may have used the request's time up already
away = Away(seconds=5.0)
START = "echodesk:remembered:"


@dataclass(frozen=True)
class Grant:
    """Whom a credential spoke for; an API key's says what it may do and until when (ISO 8601)."""

    user_id: str
    team_id: str
    scopes: tuple[str, ...] | None = None
    expires_at: str | None = None

    def user(self) -> User:
        """Good enough to be `by` where nothing more is asked of the database."""
        return User(pk=self.user_id, team_id=self.team_id)

    def key(self) -> ApiKey:
        """The same of an API key, to be checked as its row is."""
        expires_at = dt.datetime.fromisoformat(self.expires_at) if self.expires_at else None
        return ApiKey(user=self.user(), scopes=[*(self.scopes or ())], expires_at=expires_at)


def grant_of_user(user: User) -> Grant:
    return Grant(user.pk, user.team_id)


def grant_of_key(key: ApiKey) -> Grant:
    expires_at = key.expires_at.isoformat() if key.expires_at else None
    return Grant(key.user_id, key.user.team_id, tuple(key.scopes), expires_at)


def name_of_key(digest: str) -> str:
    return f"key:{digest}"


def name_of_token(jti: str) -> str:
    return f"token:{jti}"


# Where they lie


class Memory:
    """Of this process. When it is full, the one that was seen longest ago goes."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.grants: OrderedDict[str, tuple[float, Grant]] = OrderedDict()

    def put(self, name: str, grant: Grant) -> None:
        with self.lock:
            self.grants[name] = (time.monotonic(), grant)
            self.grants.move_to_end(name)
            if len(self.grants) > HELD_MAX:
                self.grants.popitem(last=False)

    def get(self, name: str, seconds: float) -> Grant | None:
        """The grant if it was put within so many seconds."""
        at, grant = self.grants.get(name, (0.0, None))
        return grant if grant and time.monotonic() - at < seconds else None

    def forget(self, *names: str) -> None:
        with self.lock:
            for name in names:
                self.grants.pop(name, None)

    def names_of(self, user_id: str) -> list[str]:
        with self.lock:
            return [name for name, (_, grant) in self.grants.items() if grant.user_id == user_id]


memory = Memory()


@functools.cache
def client(url: str) -> Redis:
    times_out = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    return Redis.from_url(url, **CLIENT_OPTIONS | times_out)


def asked(step: Callable[[Redis], R]) -> R:
    """What Redis says. RedisError while it is away."""
    if away.lasts:
        raise RedisError("Redis did not answer a moment ago.")
    try:
        return step(client(settings.REDIS_URL))
    except RedisError as error:
        away.begin()
        logger.warning("Credentials are remembered by this process alone: Redis is away (%s).", error)
        raise


def put(redis: Redis, name: str, grant: Grant) -> None:
    now, index = times.unix(times.now()), f"{START}user:{grant.user_id}"
    with redis.pipeline() as pipeline:
        pipeline.set(START + name, json.dumps(asdict(grant)), ex=KEPT_SECONDS)
        pipeline.zadd(index, {name: now})
        pipeline.zremrangebyscore(index, "-inf", now - KEPT_SECONDS)
        pipeline.expire(index, KEPT_SECONDS)
        pipeline.execute()


def get(redis: Redis, name: str) -> Grant | None:
    text = redis.get(START + name)
    return read(text) if text else None


def read(text: bytes) -> Grant:
    fields = json.loads(text)
    return Grant(**fields | {"scopes": None if fields["scopes"] is None else tuple(fields["scopes"])})


def delete(redis: Redis, *names: str) -> None:
    redis.delete(*(START + name for name in names))


def delete_all_of(redis: Redis, user_id: str) -> None:
    index = f"user:{user_id}"
    delete(redis, index, *(name.decode() for name in redis.zrange(START + index, 0, -1)))


# What the doors and the actions call


def verified(name: str, look: Callable[[], T], grant_of: Callable[[T], Grant]) -> T:
    """What `look` finds in the database, remembered under this name; a credential that it refuses is forgotten.

    Whoever revokes it between the look and the remembering has nothing to forget yet: a second look sees that.
    """
    try:
        found = look()
        grant = grant_of(found)
        if memory.get(name, REFRESH_SECONDS) != grant:
            remember(name, grant)
            if grant_of(look()) != grant:
                drop(name)
    except Unauthorized:
        drop(name)
        raise
    return found


def remember(name: str, grant: Grant) -> None:
    memory.put(name, grant)
    with suppress(RedisError):
        asked(lambda redis: put(redis, name, grant))


def drop(name: str) -> None:
    memory.forget(name)
    with suppress(RedisError):
        asked(lambda redis: delete(redis, name))


def recall(name: str) -> Grant | None:
    """The grant of a credential that was verified within the last 15 minutes."""
    try:
        return asked(lambda redis: get(redis, name))
    except RedisError:
        return memory.get(name, KEPT_SECONDS)


def forget_key(key: ApiKey) -> None:
    """A key that was revoked: called when the database has it."""
    name = name_of_key(key.digest)
    memory.forget(name)
    surely(lambda redis: delete(redis, name))


def forget(user: User) -> None:
    """All credentials of somebody whose tokens are void, who was shut out or who changed teams, once it is so."""
    memory.forget(*memory.names_of(user.pk))
    surely(lambda redis: delete_all_of(redis, user.pk))


def surely(step: Callable[[Redis], object]) -> None:
    """Asked however lately Redis did not answer."""
    try:
        step(queue.connection())
    except RedisError as error:
        logger.warning("Redis is away: what it remembers of a credential lasts up to 15 minutes (%s).", error)
