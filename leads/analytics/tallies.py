"""Counts that add up over days, in memory and as JSON."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Key = str | int
Columns = Sequence[Sequence[Any]]  # names, and their numbers
NOTHING: Columns = ((), ())


@dataclass
class Tally:
    """Numbers, numbers by name within groups, and the longest and shortest of something in milliseconds."""

    numbers: Counter[str] = field(default_factory=Counter)
    groups: defaultdict[str, Counter[Key]] = field(default_factory=lambda: defaultdict(Counter))
    longest: int | None = None
    shortest: int | None = None

    def __bool__(self) -> bool:
        """Whether anything was counted."""
        return any(self.numbers.values())

    def count(self, group: str, name: Key, number: int = 1) -> None:
        """Empty names are nobody's."""
        if name != "" and number:
            self.groups[group][name] += number

    def measure(self, milliseconds: int) -> None:
        self.numbers["milliseconds"] += milliseconds
        self.bound(milliseconds, milliseconds)

    def bound(self, longest: int | None, shortest: int | None) -> None:
        self.longest = max((each for each in (self.longest, longest) if each is not None), default=None)
        self.shortest = min((each for each in (self.shortest, shortest) if each is not None), default=None)

    def add(self, data: dict[str, Any]) -> None:
        """Add what `as_json` gave."""
        add_columns(self.numbers, data.get("numbers", NOTHING))
        for group, columns in data.get("groups", ()):
            add_columns(self.groups[group], columns)
        self.bound(data.get("longest"), data.get("shortest"))

    def as_json(self) -> dict[str, Any]:
        """Names in order and their numbers beside them, for names are data: MongoDB takes no dots in a document's own.

        Two flat lists are read three times as fast as pairs, and most of the work on a year's figures is reading them.
        """
        return {
            "numbers": columns_of(self.numbers),
            "groups": [[group, columns_of(self.groups[group])] for group in sorted(self.groups) if self.groups[group]],
            "longest": self.longest,
            "shortest": self.shortest,
        }


def add_columns(counter: Counter[Any], columns: Columns) -> None:
    known = counter.get
    for name, number in zip(*columns, strict=True):
        counter[name] = known(name, 0) + number


def columns_of(counter: Counter[Any]) -> list[list[Any]]:
    names = [name for name in sorted(counter) if counter[name]]
    return [names, [counter[name] for name in names]]
