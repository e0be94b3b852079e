"""When people talk: the conversations of each hour of the week, as a table whose colours say what its numbers do."""

from collections.abc import Mapping
from dataclasses import dataclass

from leads.pages.addresses import address
from leads.pages.bars import WEEKDAYS

HOURS = 24
LEVELS = 5  # of colour, for what is there; nothing is 0


@dataclass(frozen=True)
class HeatCell:
    count: int
    level: int
    address: str


@dataclass(frozen=True)
class HeatRow:
    weekday: str
    cells: list[HeatCell]
    total: int
    address: str


@dataclass(frozen=True)
class Heat:
    rows: list[HeatRow]
    busiest: str
    hours: range = range(HOURS)


def heat(by_hour: Mapping[int, int], asked: dict[str, str]) -> Heat:
    """`by_hour`: 0 to 167, from Monday's first hour on, in UTC; at least one of them is counted."""
    top = max(by_hour.values())
    rows = [row(day, by_hour, top, address("conversations", asked, weekday=f"{day + 1}")) for day in range(7)]
    return Heat(rows, busiest(by_hour, top))


def row(day: int, by_hour: Mapping[int, int], top: int, where: str) -> HeatRow:
    counts = [by_hour.get(HOURS * day + hour, 0) for hour in range(HOURS)]
    cells = [HeatCell(count, level(count, top), f"{where}&hour={hour}") for hour, count in enumerate(counts)]
    return HeatRow(WEEKDAYS[day], cells, sum(counts), where)


def level(count: int, top: int) -> int:
    """0 for nothing, then 1 to LEVELS; at the busiest hour the last one."""
    return -(-LEVELS * count // top)


def busiest(by_hour: Mapping[int, int], top: int) -> str:
    """In words, the first one of the week: Monday from 09:00 to 10:00."""
    day, hour = divmod(min(each for each, count in by_hour.items() if count == top), HOURS)
    return f"{WEEKDAYS[day]} from {hour:02}:00 to {(hour + 1) % HOURS:02}:00"
