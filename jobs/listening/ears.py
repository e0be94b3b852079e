"""Listening to a job from its first byte on, while it is made and after."""

import logging
from collections.abc import Generator, Iterable

from django.core.files.storage import default_storage

from config.db import STORE_ERRORS
from config.errors import Unavailable
from config.files import STORAGE_ERRORS
from config.leases import Status
from jobs import sounds
from jobs.listening import live, waiting
from jobs.listening.live import Entry, Part
from jobs.models import Job

logger = logging.getLogger(__name__)
CHUNK_BYTES = 64 * 1024
Sound = Generator[bytes, None, None]


class NotWhole(Unavailable):
    """The rest of a sound that somebody listens to can't be given."""

    code = "not_whole"


def listen(job: Job) -> Sound:
    """The bytes of the job's sound, and `b""` every two seconds at least while there are no new ones.

    All but the sizes in front are as in the finished file. JobFailed, JobCancelled or NotWhole when it ends too soon.
    """
    ear, after = Ear(job), live.START
    while True:
        entries = live.news(job, after)
        for entry in entries:
            yield from ear.take(entry)
            after = entry.id
        last = entries[-1] if entries else None
        if last and last.is_whole and ear.has_all(last):
            return
        if (not last or last.ended) and (made := look(job)):
            yield from ear.rest(made, last)
            return
        yield b""


def look(job: Job) -> Job | None:
    """The job when it is completed, None while it is open or can't be looked at. Raises when there will be no sound."""
    try:
        row = waiting.look(job)
    except STORE_ERRORS as error:
        logger.warning("%s can't be looked at: %s", job, error)
        return None
    waiting.check_sound(row)
    return row if row.status == Status.COMPLETED else None


class Ear:
    """What one listener has heard: all sentences up to a number, and where in the file the next one begins."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._attempt = 0
        self._heard = -1  # 0 is what stands before the sound
        self._offset: int | None = 0  # None: in the file of this attempt it is not known

    def take(self, entry: Entry) -> Sound:
        """What it has not heard yet up to this entry. Another attempt goes on with the first sentence not yet heard."""
        if entry.ended:
            return
        if entry.attempt != self._attempt:
            yield from self._turn(entry)
        if entry.number > self._heard + 1:
            yield from self._catch_up(live.parts(self._job, self._attempt))
        if entry.number <= self._heard + 1:
            yield from self._hear(entry.number, entry.data, entry.end)

    def has_all(self, last: Entry) -> bool:
        return (self._attempt, self._offset) == (last.attempt, last.at)

    def rest(self, job: Job, last: Entry | None) -> Sound:
        """The end of the finished file. NotWhole when it is another attempt's, of which nothing was heard."""
        attempt = last.attempt if last and last.is_whole else live.attempt_of(job)
        if self._heard >= 0 and (self._attempt != attempt or self._offset is None):
            raise NotWhole("This sound was made once more. Listen to it again.")
        try:
            with default_storage.open(sounds.of_job(job).name) as file:
                file.seek(self._offset)
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except (*STORE_ERRORS, *STORAGE_ERRORS, OSError) as error:
            logger.warning("The rest of %s can't be given: %s", job, error)
            raise NotWhole("The storage is away. Listen again in a few seconds.") from error

    def _turn(self, entry: Entry) -> Sound:
        """Towards another attempt. Its pages of Ogg have another number, so that they need what stands before them."""
        self._attempt, self._offset = entry.attempt, None if self._heard >= 0 else 0
        if self._job.format == "opus" and self._heard >= 0:
            if entry.number == 0:
                yield entry.data
            for part in live.parts(self._job, self._attempt):
                if part.first == 0:
                    yield read(part)[: part.ends[0]]

    def _catch_up(self, parts: Iterable[Part]) -> Sound:
        """What lies in the storage already. When it is lost the listener waits for the finished file."""
        for part in parts:
            if part.first <= self._heard + 1 <= part.last:
                data, start = read(part), 0
                for number, end in enumerate(part.ends if data else [], part.first):
                    yield from self._hear(number, data[start:end], part.at + end)
                    start = end

    def _hear(self, number: int, data: bytes, end: int) -> Sound:
        """Give a sentence if it is the next one; of the one before it is worth knowing where it ends."""
        is_next = number == self._heard + 1
        if is_next or number == self._heard:
            self._heard, self._offset = number, end
        if is_next and data:
            yield data


def read(part: Part) -> bytes:
    """The bytes of a part, none when it is gone: its job has ended."""
    try:
        with default_storage.open(part.name) as file:
            return file.read()
    except (*STORAGE_ERRORS, OSError) as error:
        logger.info("%s can't be read: %s", part.name, error)
        return b""
