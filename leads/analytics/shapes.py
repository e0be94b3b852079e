"""How counts go out: as lists of what is counted and how often."""

from collections import Counter
from typing import Any

TOP = 10


def by_number(counter: Counter[Any]) -> list[tuple[Any, int]]:
    """The most frequent first, ties by name."""
    return sorted(((name, number) for name, number in counter.items() if number), key=lambda pair: (-pair[1], pair[0]))


def top(counter: Counter[Any]) -> list[dict[str, Any]]:
    return entries(by_number(counter)[:TOP])


def most(counter: Counter[Any]) -> list[dict[str, Any]]:
    return entries(by_number(counter))


def by_name(counter: Counter[Any]) -> list[dict[str, Any]]:
    return entries(sorted((name, number) for name, number in counter.items() if number))


def entries(pairs: list[tuple[Any, int]]) -> list[dict[str, Any]]:
    return [{"_id": name, "count": number} for name, number in pairs]


def percent(part: int, whole: int) -> float:
    """With two decimals; 0 of nothing."""
    return round(100 * part / whole, 2) if whole else 0.0


def seconds(milliseconds: float | None) -> float:
    return round((milliseconds or 0) / 1000, 3)
