"""Rate limits: fixed windows counted in Redis, in this process while Redis is away."""

import functools
import logging
import math
import time
from collections.abc import Callable
from typing import TypeVar

import limits
from django.conf import settings
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from config.errors import TooMany
from config.redis import CLIENT_OPTIONS, Away

logger = logging.getLogger(__name__)
R = TypeVar("R")
away = Away(seconds=2.0)
GRANULARITIES = {"s": "second", "m": "minute", "h": "hour", "d": "day"}
WORDS = {
    "sign_in": "Too many tries to sign in",
    "sign_in_address": "Too many tries to sign in from your address",
    "register": "Too many new accounts from your address",
    "reset": "Too many requests for a new password",
    "invite": "Too many invitations by mail",
    "upload": "Too many uploads",
    "speech": "Too many requests for speech",
    "assistant": "Too many questions to the assistant",
}


@functools.cache
def parse(rate: str) -> limits.RateLimitItem | None:
    """A rate as config.env checked it: `n/s`, `n/m`, `n/h`, `n/d`, or `off`."""
    if rate == "off":
        return None
    count, granularity = rate.split("/")
    return limits.parse(f"{count}/{GRANULARITIES[granularity]}")


@functools.cache
def in_redis(url: str) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(redis_storage(url))


def redis_storage(url: str) -> Storage:
    uri = url.replace("unix://", "redis+unix://", 1)
    return storage_from_string(uri, key_prefix="echodesk:limits", **CLIENT_OPTIONS)


@functools.cache
def in_process() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())


def counted(step: Callable[[FixedWindowRateLimiter], R]) -> R:
    if away.lasts:
        return step(in_process())
    try:
        return step(in_redis(settings.REDIS_URL))
    except RedisError as error:
        away.begin()
        logger.warning("Rate limits are counted in this process: Redis is away (%s).", error)
        return step(in_process())


def hit(rule: str, key: str, *, cost: int = 1) -> None:
    """Count `cost` against the rule for this key, or nothing: TooMany says how long to wait."""
    item = parse(settings.RATES[rule])
    if item is None or counted(lambda limiter: is_counted(limiter, item, rule, key, cost=cost)):
        return
    reset = counted(lambda limiter: limiter.get_window_stats(item, rule, key).reset_time)
    wait = max(1, round(reset - time.time()))
    words = f"{wait} seconds" if wait < 100 else f"{math.ceil(wait / 60)} minutes"
    advice = f"Wait {words} and try again."
    if cost > item.amount:
        advice = f"Send {item.amount} at once, or fewer; {cost} are never taken."
    raise TooMany(f"{WORDS[rule]}. {advice}", retry_after=wait)


def is_counted(limiter: FixedWindowRateLimiter, item: limits.RateLimitItem, *names: str, cost: int) -> bool:
    """Whether it fits. Many at once that do not fit use nothing up: one of them may fit still."""
    if cost == 1:
        return limiter.hit(item, *names)
    if not limiter.test(item, *names, cost=cost):
        return False
    if limiter.hit(item, *names, cost=cost):
        return True
    limiter.hit(item, *names, cost=-cost)  # somebody else was counted between the two
    return False


def give_back(rule: str, key: str) -> None:
    """Undo one hit."""
    if item := parse(settings.RATES[rule]):
        counted(lambda limiter: limiter.hit(item, rule, key, cost=-1))


def clear(rule: str, key: str) -> None:
    """Forget all hits of this key."""
    if item := parse(settings.RATES[rule]):
        counted(lambda limiter: limiter.clear(item, rule, key))
