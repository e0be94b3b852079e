"""What tells an open page, without the database, that nothing is new: marks in Redis.

Each team has a mark, another word whenever a lead comes in or moves. A browser whose person was looked up lately has a
pass, which says the team and lets in to nothing but "nothing is new". Without Redis pages ask the database, less often.
"""

import functools
import logging
import secrets
from dataclasses import dataclass

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from config.redis import CLIENT_OPTIONS, Away

logger = logging.getLogger(__name__)
START = "echodesk:news:"
ANSWER_SECONDS = 0.2  # that Redis has: whoever writes a lead waits for it
PASS_SECONDS = 60  # after which a browser's person is looked up again
# A mark is raised within the transaction of what it tells. As long after it the rows are looked at, again and again,
# for they may come in late, or not at all.
HOT_SECONDS = 5
MARK_SECONDS = 24 * 3600
away = Away(seconds=5.0)


@dataclass(frozen=True)
class Mark:
    """`word` is "" while Redis is away; a hot one says little: rows may be on their way."""

    word: str = ""
    is_hot: bool = True


@functools.cache
def client(url: str) -> Redis:
    times_out = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    return Redis.from_url(url, **CLIENT_OPTIONS | times_out)


def raise_mark(team_id: str) -> None:
    """Something of the team's leads has changed. It never fails."""
    if away.lasts:
        return
    try:
        with client(settings.REDIS_URL).pipeline(transaction=False) as pipeline:
            pipeline.set(key(team_id), secrets.token_hex(6), ex=MARK_SECONDS)
            pipeline.set(hot_key(team_id), 1, px=int(HOT_SECONDS * 1000))
            pipeline.execute()
    except RedisError as error:
        begin_away(error)


def mark_for(browser: str) -> Mark | None:
    """Of the team of the person who uses it; None when that is not known, or Redis is away."""
    if away.lasts or not browser:
        return None
    try:
        team_id = client(settings.REDIS_URL).get(pass_key(browser))
        return read(team_id.decode()) if team_id else None
    except RedisError as error:
        begin_away(error)
        return None


def let_in(browser: str, team_id: str) -> Mark:
    """Give a browser its pass, and the team a mark if it has none. The mark: an empty one while Redis is away."""
    if away.lasts:
        return Mark()
    try:
        with client(settings.REDIS_URL).pipeline(transaction=False) as pipeline:
            pipeline.set(pass_key(browser), team_id, ex=PASS_SECONDS)
            pipeline.set(key(team_id), secrets.token_hex(6), ex=MARK_SECONDS, nx=True)
            pipeline.execute()
        return read(team_id)
    except RedisError as error:
        begin_away(error)
        return Mark()


def read(team_id: str) -> Mark:
    word, hot = client(settings.REDIS_URL).mget(key(team_id), hot_key(team_id))
    return Mark(word.decode() if word else "", hot is not None)


def begin_away(error: RedisError) -> None:
    away.begin()
    logger.info("Open pages ask the database what is new: Redis is away (%s).", error)


def key(team_id: str) -> str:
    return f"{START}team:{team_id}"


def hot_key(team_id: str) -> str:
    return f"{START}hot:{team_id}"


def pass_key(browser: str) -> str:
    return f"{START}pass:{browser}"
