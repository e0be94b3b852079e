"""Whether all that the journal keeps is whole, and in the database."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from config.errors import Conflict
from leads.journal import gate, history, stored
from leads.journal.erased import Erasures
from leads.journal.history import Line
from leads.records import Damaged, Record, is_deleted

Note = Callable[[str, str], object]  # told what was found, "damaged" or "missing", and where or which
BUSY = "The journal is being replayed, compressed or restored. Try again in a moment."


class Check:
    """One walk through all files. It holds the journal meanwhile, so that no file goes under it."""

    def __init__(self, note: Note, progress: Callable[[int], object]) -> None:
        self.note, self.progress = note, progress
        self.counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))

    def run(self) -> Counter[str]:
        """How many records there are of each outcome. Conflict while another process is at the files."""
        with gate.one_at_a_time() as is_ours:
            if not is_ours:
                raise Conflict(BUSY)
            self.deletions, self.waiting = history.deletions(), history.waiting()
            self.erasures = Erasures(history.erasures())
            self.aside = history.put_aside()
            for line in history.lines(self.damage):
                self.counts["records"] += 1
                self.progress(self.counts["records"])
                self.counts[self.outcome(line)] += 1
        return self.counts

    def damage(self, path: Path, number: int) -> None:
        self.counts["damaged"] += 1
        self.note("damaged", f"line {number} of {path.name}")

    def outcome(self, line: Line) -> str:
        if line.arrival in self.waiting:
            return "waiting"
        if line.arrival in self.aside:
            return "refused"
        try:
            record = line.record()
            return self.found(record)
        except (Damaged, ValueError, KeyError) as error:
            self.note("unreadable", f"{line.arrival}: {error!r}")
            return "unreadable"

    def found(self, record: Record) -> str:
        if is_deleted(record, self.deletions) or not (left := self.erasures.left_of(record)):
            return "deleted"
        if stored.is_stored(left):
            return "stored"
        if not stored.has_people(record):
            return "deleted"
        self.note("missing", f"{record.kind} {record.id} of {record.at:%Y-%m-%d %H:%M:%S} UTC")
        return "missing"


OUTCOMES = ("records", "stored", "waiting", "refused", "deleted", "missing", "damaged", "unreadable")
