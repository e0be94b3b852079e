"""How we call Redis: with short time-outs, because a request never waits long for it."""

from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_SECONDS = 1.0
# One more try: a connection of the pool may be left from before Redis was restarted.
CLIENT_OPTIONS = {
    "socket_timeout": TIMEOUT_SECONDS,
    "socket_connect_timeout": TIMEOUT_SECONDS,
    "retry": Retry(NoBackoff(), 1),
}
