"""Jobs as they have just ended, and heartbeats of workers, without anybody at work."""

import json

from config import queue
from jobs.figures import this_moment


def ended(job, **fields):
    """The job as it has just ended, counted."""
    for name, value in ({"status": "completed", "attempts": 1} | fields).items():
        setattr(job, name, value)
    this_moment.count_ended(job)


def completed(job, *, queued=0.3, synthesis=0.5, first_audio=0.4, duration=10.0):
    timings = {"queued": queued, "synthesis": synthesis, "first_audio": first_audio}
    ended(job, duration=duration, timings=timings)


def beat(name, **said):
    queue.connection().set(queue.WORKER_KEYS + name, json.dumps(said), ex=queue.HEARTBEAT_TTL_SECONDS)
