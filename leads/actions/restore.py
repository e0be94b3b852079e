"""What the journal keeps is done again, for a database that has lost rows."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from config.errors import Conflict, Unavailable
from leads.actions import replay
from leads.journal import checking, gate, history, stored
from leads.journal.erased import Erasures
from leads.journal.history import Line
from leads.records import Damaged, Kind, Record, is_deleted

OUTCOMES = ("records", "restored", "known", "deleted", "refused", "waiting", "damaged")
OF_SESSIONS = (Kind.SESSION, Kind.SESSION_CHANGE)
AWAY = "The database is away. Run the same again when it is back: what was restored stays."
Report = Callable[[str], object]  # told why a record can't be restored


class Restore:
    """Do what is missing, oldest first. What was deleted later stays deleted; what is there stays as it is."""

    def __init__(self, *, since: dt.datetime | None = None, report: Report, progress: Callable[[int], object]) -> None:
        self.since = int(since.timestamp() * 1e9) if since else 0
        self.report, self.progress = report, progress
        self.counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
        self.changed_at: dict[tuple[str, str], dt.datetime | None] = {}  # of the sessions that we wrote: before that

    def run(self) -> Counter[str]:
        """How many records there are of each outcome. What comes in meanwhile waits behind them.

        Unavailable when the database goes away, Conflict while another process is at the files.
        """
        with gate.one_at_a_time() as is_ours:
            if not is_ours:
                raise Conflict(checking.BUSY)
            gate.close()
            self.deletions, self.skipped = history.deletions(), history.waiting()
            self.erasures = Erasures(history.erasures())
            self.aside = history.put_aside()
            for line in history.lines(self.damage):
                if line.arrival >= self.since:
                    self.counts["records"] += 1
                    self.counts[self.outcome(line)] += 1
                    self.progress(self.counts["records"])
        return self.counts

    def damage(self, path: Path, number: int) -> None:
        self.counts["damaged"] += 1
        self.report(f"line {number} of {path.name} is damaged")

    def outcome(self, line: Line) -> str:
        if line.arrival in self.skipped:
            return "waiting"
        if line.arrival in self.aside:
            return "refused"
        try:
            return self.restored(line)
        except (Damaged, ValueError, KeyError) as error:
            self.report(f"the record of {line.arrival} can't be read: {error!r}")
            return "refused"

    def restored(self, line: Line) -> str:
        record = self.erasures.left_of(found := line.record())
        if record is None or is_deleted(found, self.deletions):
            return "deleted"
        if self.is_there(record):
            return "known"
        for key in sessions_of(record) - self.changed_at.keys():
            self.changed_at[key] = stored.session_changed_at(*key)
        is_over, reason = replay.write(record.line(), replay.SLOW_SECONDS)
        if not is_over:
            raise Unavailable(AWAY)
        if reason:
            self.report(f"{record.kind} {record.id}: {reason}")
            return "refused"
        return "restored"

    def is_there(self, record: Record) -> bool:
        key = (record.team_id, record.data.get("session_id", ""))
        if record.kind in OF_SESSIONS and key in self.changed_at:
            changed_at = self.changed_at[key]
            return bool(changed_at) and changed_at >= record.at
        return stored.is_stored(record)


def sessions_of(record: Record) -> set[tuple[str, str]]:
    """The team and id of each session that doing the record may write."""
    entries = record.data.get("events") or [record.data]
    return {(record.team_id, session_id) for entry in entries if (session_id := entry.get("session_id"))}
