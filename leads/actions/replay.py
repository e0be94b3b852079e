"""What waits in the journal is done: in order, once, and never against a database that is away."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts.models import User
from config import breaker
from config.db import STORE_ERRORS, is_transient
from config.errors import DomainError, NotFound, Unavailable
from config.hooks import Sweep
from leads import records
from leads.actions import events, joining, lead_erasing, leads, sessions
from leads.actions.session_rows import Overtaken
from leads.actions.whatsapp import deliveries, erasing
from leads.journal import erased, forgetting, gate, keeping, refused, writer
from leads.journal.reading import Backlog, Entry
from leads.records import Damaged, Kind, Record

logger = logging.getLogger(__name__)
RUN_SECONDS = 2.0  # of one run of the sweeper, which has other work
LAST_SECONDS = 1.0  # more, for the last few, while writers are kept from asking
LAST_FEW = 20
SLOW_SECONDS = 20.0  # that a record has which took too long: the database answered others then, so it is not away
LOOK_SECONDS = 5.0  # between two looks while nothing is known to wait
WRITERS: dict[Kind, Callable[[Record], object]] = {
    Kind.LEAD: leads.write_lead,
    Kind.LEAD_DELETED: leads.erase_deleted,
    Kind.LEADS_MERGED: joining.merge_again,
    Kind.EVENTS: events.write_events,
    Kind.SESSION: sessions.write_session,
    Kind.SESSION_CHANGE: sessions.write_change,
    Kind.WEBHOOK: deliveries.write_delivery,
    Kind.CONTACT_ERASED: erasing.erase_again,
    Kind.LEAD_ERASED: lead_erasing.erase_again,
}


@dataclass
class Replayed:
    """What became of the records that waited."""

    done: int = 0
    refused: int = 0
    left: int = 0
    is_elsewhere: bool = False  # another process is at it


class Seen:
    """What this process knows of the files, so that a look reads only what is new."""

    backlog = Backlog(Path())
    looked_at = 0.0
    slow = 0  # the arrival of the record at which the last run ended


def sweep() -> None:
    """A replay when something waits; else now and then a look for what a writer that was killed has left."""
    if not Path(settings.JOURNAL_DIR).is_dir():
        return
    if gate.marker().exists() or time.monotonic() - Seen.looked_at >= LOOK_SECONDS:
        try:
            replay()
        except OSError as error:
            logger.error("The journal can't be replayed: %s", error)


def replay(*, seconds: float = RUN_SECONDS) -> Replayed:
    """Do what waits, oldest first, until nothing does, the time is over or the database is away."""
    with gate.one_at_a_time() as is_ours:
        return Run(seconds).go() if is_ours else Replayed(is_elsewhere=True)


class Run:
    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.result = Replayed()
        self.is_hasty = False  # writers are kept from asking
        if Seen.backlog.folder != (folder := Path(settings.JOURNAL_DIR)):
            Seen.backlog = Backlog(folder)

    def go(self) -> Replayed:
        if not gate.marker().exists():
            if not self.look(at_all=False):
                return self.result
            gate.close()  # a process that is gone has left something: nothing may overtake it now
        if self.catch_up():
            self.finish()
        self.result.left = len(self.look())
        return self.result

    def look(self, *, at_all: bool = True) -> list[Entry]:
        Seen.looked_at = time.monotonic()
        entries = Seen.backlog.look(at_all=at_all)
        self.deletions = Seen.backlog.deletions
        return entries

    def catch_up(self) -> bool:
        """Whether so little waits that the rest can be done while writers are kept from asking."""
        waiting = self.look()
        while waiting:
            if not self.work(waiting):
                return False
            is_nearly_done = len(waiting) <= LAST_FEW
            waiting = self.look()
            if is_nearly_done:
                break
        return len(waiting) <= LAST_FEW

    def finish(self) -> None:
        with gate.held(), breaker.limited(LAST_SECONDS + breaker.STRIDE_SECONDS):
            self.until, self.is_hasty = time.monotonic() + LAST_SECONDS, True
            if self.work(self.look()):
                gate.open_up()

    def work(self, waiting: list[Entry]) -> bool:
        """Whether all of them are done with."""
        if breaker.is_open():
            return not waiting
        return all(time.monotonic() < self.until and self.take(entry) for entry in waiting)

    def take(self, entry: Entry) -> bool:
        """Whether the record is done with: in the database, or put aside."""
        try:
            line = entry.line()
        except (Damaged, OSError):
            return False  # its writer took it back: the next look will show
        seconds = SLOW_SECONDS if entry.arrival == Seen.slow and not self.is_hasty else 0
        is_over, reason = (True, "") if self.is_deleted(line) else write(line, seconds)
        if not is_over:
            Seen.slow = entry.arrival
            return False
        note(entry, line, reason)
        Seen.backlog.forget(entry)
        self.result.refused += bool(reason)
        self.result.done += not reason
        return True

    def is_deleted(self, line: bytes) -> bool:
        """Whether it makes a lead that was deleted since: who was to note that it is done was killed, for example."""
        try:
            return bool(self.deletions) and records.is_deleted(records.read(line), self.deletions)
        except Damaged:
            return False


def note(entry: Entry, line: bytes, reason: str) -> None:
    """Put aside what was refused, and mark the record as done."""
    if reason:
        refused.put_aside(entry, line, reason)
    try:
        writer.mark_done(entry.path, entry.arrival)
    except OSError as error:
        logger.warning("A record is done, and will be done again: %s", error)


def write(line: bytes, seconds: float = 0) -> tuple[bool, str]:
    """Do what a line says: whether it is done with, and why it can't be done. What may succeed later isn't.

    `seconds` that MongoDB has for it; without them MONGODB_TIMEOUT.
    """
    try:
        with breaker.limited(seconds):
            write_record(records.read(line))
    except Unavailable as error:
        logger.warning("A record waits on: %s", error.message)
        return False, ""
    except DomainError as error:
        logger.warning("A record of the journal is refused: %s", error.message)
        return True, error.message
    except STORE_ERRORS as error:
        return not may_pass(error), str(error) or repr(error)
    except Exception as error:
        logger.exception("A record of the journal can't be done")
        return True, repr(error)
    return True, ""


def write_record(record: Record) -> None:
    if not User.objects.filter(team=record.team_id, deleted_at=None).exists():
        raise NotFound("Nobody is left in its team.")
    if wanted := erased.wanted(record):
        WRITERS[Kind(record.kind)](wanted)


def may_pass(error: Exception) -> bool:
    """Whether the record may succeed later: the database is away or was busy."""
    if breaker.is_away(error):
        breaker.trip(error)
        return True
    if is_transient(error) or isinstance(error, Overtaken):
        logger.info("A record waits on after a conflict: %s", error)
        return True
    logger.error("A record can't be done: %s", error)
    return False


SWEEPS = (  # of a machine with a journal of its own; the sweeper's too
    Sweep(every=1, run=sweep),
    Sweep(every=5, run=forgetting.sweep),
    Sweep(every=60, run=keeping.compress_finished),
    Sweep(every=3600, run=keeping.purge),
)


def replay_refused() -> Replayed:
    """Try again what was put aside."""
    with gate.one_at_a_time() as is_ours:
        if not is_ours:
            return Replayed(is_elsewhere=True)
        result = Replayed()
        for path in refused.files():
            again(path, result)
        return result


def again(path: Path, result: Replayed) -> None:
    """One file of refused records: those that are still refused stay, with their new reason."""
    left, is_away = [], False
    for aside in refused.read(path).values():
        is_over, reason = (False, "") if is_away else write(aside.line)
        is_away = not is_over
        if is_over and not reason:
            result.done += 1
            continue
        left.append(aside.because(reason if is_over else ""))
        result.refused += is_over
        result.left += not is_over
    refused.rewrite(path, left)
