"""Work that one process at a time holds: a row with a state, a token and a heartbeat.

Whoever works on a row renews its lease while work goes on. A row whose heartbeat is older than LEASE_SECONDS has lost
its worker; the sweeper queues it again. Every write of a holder names its token: one who lost the row changes nothing.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db import DatabaseError, connection, models
from django.db.models import F

from config import times
from config.comparing import Compared
from config.ids import new_id

logger = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 3
LEASE_SECONDS = 10
STILL_SECONDS = 60  # without a finished step for this long, the lease is left to run out
ATTEMPTS_MAX = 3
WORKER_LOST = "worker_lost"  # the cause of a failure after so many attempts


class Status(models.TextChoices):
    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (Status.QUEUED, Status.PROCESSING)


class LeasedQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def lost(self) -> Self:
        """Rows whose worker has not been heard of."""
        before = times.now() - dt.timedelta(seconds=LEASE_SECONDS)
        return self.filter(status=Status.PROCESSING, heartbeat_at__lt=before)

    def waiting(self, *, seconds: float) -> Self:
        """Rows queued at least this long ago, oldest first."""
        before = times.now() - dt.timedelta(seconds=seconds)
        return self.filter(status=Status.QUEUED, created_at__lt=before).order_by("created_at", "pk")


class Leased(Compared):
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    lease_token = models.CharField(max_length=24, default="", blank=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    cause = models.CharField(max_length=40, blank=True, help_text="Of a failure, as a code")
    created_at = models.DateTimeField(default=times.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    task: ClassVar[str]  # that works on a row, by its dotted name
    advice: ClassVar[str] = "Try again."  # when the work has failed for no reason of its own
    shared_by: ClassVar[str] = ""  # the column of their owner, when a queue is shared fairly: config/sharing.py
    afresh: ClassVar[dict[str, Any]] = {"started_at": None}  # what a row has again when it goes back to the queue

    class Meta:
        abstract = True

    @property
    def queue(self) -> str:
        """Where it waits for a worker."""
        return "bulk"

    @property
    def owner(self) -> str:
        """Whose share of the queue it takes; '' when none is shared."""
        return str(getattr(self, self.shared_by)) if self.shared_by else ""

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def move(self, old: Iterable[str], new: str, **fields: Any) -> bool:
        """Change the status if it still is one of `old`; False when somebody got there first."""
        return self.change({"status__in": list(old)}, status=new, **fields)


L = TypeVar("L", bound=Leased)


class LeaseLost(Exception):
    """The row was cancelled or is held by another process; stop without writing."""


class Lease(Generic[L]):
    """The right to work on `row`; as a context it beats in a thread beside the work."""

    def __init__(self, row: L) -> None:
        self.row = row
        self._token = row.lease_token
        self._ended = threading.Event()
        self._last_step = time.monotonic()
        self._thread = threading.Thread(target=self._beat, name=f"lease-{row.pk}", daemon=True)

    @classmethod
    def claim(cls, row: L) -> "Lease[L] | None":
        """Take a queued row; None when it is not queued any more."""
        now = times.now()
        fields = {"status": Status.PROCESSING, "lease_token": new_id(), "heartbeat_at": now, "started_at": now}
        if not row.change({"status": Status.QUEUED}, attempts=F("attempts") + 1, **fields):
            return None
        row.attempts += 1
        return cls(row)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()

    def step(self, **fields: Any) -> None:
        """A step of the work is done: write `fields`, with a heartbeat. LeaseLost when the row is no longer ours."""
        self._last_step = time.monotonic()
        self._write(heartbeat_at=times.now(), **fields)

    def note_step(self, *, ahead: float = 0.0) -> None:
        """A part of a long step is done: the lease is renewed on. Looks nothing up, and may be called in any thread.

        With `ahead` the next part may take so many seconds more.
        """
        self._last_step = time.monotonic() + ahead

    def check(self) -> None:
        """A step of the work is done that leaves nothing to write. LeaseLost when the row is no longer ours."""
        self._last_step = time.monotonic()
        if not type(self.row).objects.filter(pk=self.row.pk, **self._held()).exists():
            raise self._lost()

    def complete(self, **fields: Any) -> None:
        self.end(Status.COMPLETED, completed_at=times.now(), **fields)

    def fail(self, sentence: str, *, cause: str) -> None:
        self.end(Status.FAILED, completed_at=times.now(), error=sentence, cause=cause)

    def hand_back(self) -> None:
        """Queue the row again as if it had not been tried."""
        self.end(Status.QUEUED, attempts=F("attempts") - 1, **self.row.afresh)

    def end(self, status: str, **fields: Any) -> None:
        """Leave the row in `status`. LeaseLost when it is no longer ours."""
        self._write(status=status, lease_token="", heartbeat_at=None, **fields)

    def _held(self) -> dict[str, Any]:
        return {"status": Status.PROCESSING, "lease_token": self._token}

    def _lost(self) -> LeaseLost:
        return LeaseLost(f"{self.row} is no longer held here.")

    def _write(self, **fields: Any) -> None:
        if not self.row.change(self._held(), **fields):
            raise self._lost()

    def _beat(self) -> None:
        """Runs in the thread, with a database connection of its own."""
        try:
            while not self._ended.wait(HEARTBEAT_SECONDS):
                if time.monotonic() - self._last_step < STILL_SECONDS:
                    self._renew()
        except LeaseLost:
            logger.info("%s was taken away.", self.row)
        finally:
            connection.close()

    def _renew(self) -> None:
        try:
            self._write(heartbeat_at=times.now())
        except DatabaseError as error:
            logger.warning("No heartbeat for %s: %s", self.row, error)


def requeue_lost(rows: LeasedQuerySet) -> list[Leased]:
    """Queue again what has lost its worker; what was tried too often fails. Gives the rows of both kinds."""
    return [row for row in rows.lost() if release(row)]


def release(row: Leased) -> bool:
    """Take a row from the worker that held it; False when that worker or another sweeper was first."""
    held = {"status": Status.PROCESSING, "lease_token": row.lease_token, "heartbeat_at": row.heartbeat_at}
    if row.attempts < ATTEMPTS_MAX:
        return row.change(held, status=Status.QUEUED, lease_token="", heartbeat_at=None, **row.afresh)
    sentence = f"The worker stopped in the middle of it, {ATTEMPTS_MAX} times. {row.advice}"
    failed = {"status": Status.FAILED, "completed_at": times.now(), "error": sentence, "cause": WORKER_LOST}
    return row.change(held, lease_token="", **failed)
