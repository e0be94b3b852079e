"""Sound while it is made: a Redis stream for each job, which its worker writes and its listeners read.

An entry holds the bytes that one sentence has added to the file. Its id is `<attempt>-<count>`: Redis refuses what an
older attempt writes after a newer one has begun. What no longer lies in the stream lies in parts in the storage.
"""

import functools
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import redis
from django.conf import settings
from redis.exceptions import RedisError

from config.leases import Status
from config.redis import CLIENT_OPTIONS
from jobs.models import Job

KEYS = "echodesk:live:"
FORMATS = ("wav", "mp3", "opus", "pcm")  # whose bytes, once written, stay as they are but for sizes in front
START = "0-0"  # the id before every other
BLOCK_MILLISECONDS = 2_000  # that a listener waits in one go; only then it learns that its client has left
TIMEOUT_SECONDS = 5.0  # for Redis to answer it, well above that
AWAY_SECONDS = 1.0  # between two tries while Redis is away
ENTRIES = 16  # read at once


@dataclass(frozen=True)
class Entry:
    """What a sentence has added to the file, or that the attempt is over."""

    id: str
    number: int  # of the sentence from 1 on; 0 is what stands before the sound, one more than the last what comes after
    at: int  # bytes before it in the file
    data: bytes
    ended: str = ""  # the job's state then; `at` is the size of the file

    @property
    def attempt(self) -> int:
        return int(self.id.partition("-")[0])

    @property
    def end(self) -> int:
        return self.at + len(self.data)

    @property
    def is_whole(self) -> bool:
        """Whether the job is completed, and its file has `at` bytes."""
        return self.ended == Status.COMPLETED

    def fields(self) -> dict[str, str | int | bytes]:
        return {"n": self.number, "at": self.at, "data": self.data, "ended": self.ended}


@dataclass(frozen=True)
class Part:
    """A file in the storage with consecutive sentences, from the first one's number on; `ends` of each in that file."""

    name: str
    first: int
    at: int  # bytes before it in the job's file
    ends: list[int]

    def to_json(self) -> str:
        return json.dumps(vars(self))

    @property
    def last(self) -> int:
        return self.first + len(self.ends) - 1


@functools.cache
def reader() -> redis.Redis:
    """The client of those who wait: one for the process, with a pool of connections."""
    return redis.Redis.from_url(settings.REDIS_URL, **CLIENT_OPTIONS | {"socket_timeout": TIMEOUT_SECONDS})


def stream_key(job: Job) -> str:
    return KEYS + job.pk


def parts_key(job: Job, attempt: int) -> str:
    return f"{KEYS}{job.pk}:{attempt}"


def attempt_of(job: Job) -> int:
    """The attempt that began when the job says it has started, in milliseconds."""
    return round(job.started_at.timestamp() * 1000)


def news(job: Job, after: str) -> list[Entry]:
    """The entries after this id; none after two seconds of silence, or a second later while Redis is away."""
    try:
        found = reader().xread({stream_key(job): after}, count=ENTRIES, block=BLOCK_MILLISECONDS)
    except RedisError:
        time.sleep(AWAY_SECONDS)
        return []
    return [entry(entry_id, fields) for _, entries in found for entry_id, fields in entries]


def entry(entry_id: bytes, fields: Mapping[bytes, bytes]) -> Entry:
    number, at = int(fields[b"n"]), int(fields[b"at"])
    return Entry(entry_id.decode(), number, at, fields[b"data"], fields[b"ended"].decode())


def parts(job: Job, attempt: int) -> Iterable[Part]:
    """Of one attempt, in order; none while Redis is away."""
    try:
        return [Part(**json.loads(text)) for text in reader().lrange(parts_key(job, attempt), 0, -1)]
    except RedisError:
        return []
