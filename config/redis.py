"""How we call Redis: with short time-outs, because a request never waits long for it. And where signs of life lie."""

import os
import socket
import time

from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_SECONDS = 1.0
# One more try: a connection of the pool may be left from before Redis was restarted.
CLIENT_OPTIONS = {
    "socket_timeout": TIMEOUT_SECONDS,
    "socket_connect_timeout": TIMEOUT_SECONDS,
    "retry": Retry(NoBackoff(), 1),
}
WORKER_KEYS = "echodesk:worker:"  # one for each living worker; they expire soon after its last heartbeat
SWEEPER_KEYS = "echodesk:sweeper:"


def own_name(part: str, pid: int | str = "") -> str:
    """What a process of this host is called as that part; this one without a `pid`."""
    return f"{part}-{socket.gethostname()}-{pid or os.getpid()}"


class Away:
    """For so many seconds after Redis did not answer it is not asked: one that hangs holds nobody up twice."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.until = seconds, 0.0

    @property
    def lasts(self) -> bool:
        return time.monotonic() < self.until

    def begin(self) -> None:
        self.until = time.monotonic() + self.seconds

    def end(self) -> None:
        self.until = 0.0
