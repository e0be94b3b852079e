"""The sweeper: runs what the apps want done again and again, whatever else is away."""

import logging
import signal
import threading
import time
from collections.abc import Iterable

from django.db import close_old_connections
from redis.exceptions import RedisError

from config import breaker, hooks, queue
from config.db import STORE_ERRORS
from config.redis import SWEEPER_KEYS, own_name

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 0.5
BEAT_SECONDS = 5
BEAT_TTL_SECONDS = 300  # the sweeper says that it lives between two sweeps, and one may take minutes


def sweep_until(stopped: threading.Event, sweeps: Iterable[hooks.Sweep] = hooks.sweeps) -> None:
    """While the database is away nothing is run: each sweep would wait for it, and be late when it is back."""
    due, next_beat = dict.fromkeys(sweeps, 0.0), 0.0
    while not stopped.wait(PAUSE_SECONDS):
        if time.monotonic() >= next_beat:
            beat()
            next_beat = time.monotonic() + BEAT_SECONDS
        for sweep in sweeps:
            if time.monotonic() >= due[sweep] and not breaker.is_open():
                run(sweep)
                due[sweep] = time.monotonic() + sweep.every


def beat() -> None:
    """Say that this sweeper lives, for `config.alive`."""
    try:
        queue.connection().set(SWEEPER_KEYS + own_name("sweeper"), 1, ex=BEAT_TTL_SECONDS)
    except RedisError as error:
        logger.debug("No sign of life: Redis is away (%s).", error)


def run(sweep: hooks.Sweep) -> None:
    """One sweep. What goes wrong is logged, and the next one tries again."""
    close_old_connections()
    try:
        sweep.run()
    except STORE_ERRORS as error:
        if not breaker.is_away(error):
            logger.exception("A sweep failed: %s", sweep.run)
            return
        breaker.trip(error)
    except Exception:
        logger.exception("A sweep failed: %s", sweep.run)


def sweep_until_signal(sweeps: Iterable[hooks.Sweep] = hooks.sweeps) -> None:
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    sweep_until(stopped, sweeps)
