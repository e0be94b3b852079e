"""Ranges of which one number is each: how long conversations are, and how often somebody speaks in them."""

from bisect import bisect
from collections.abc import Sequence

LENGTHS = (0, 30, 60, 120, 300, 600, 1_800)  # seconds with which each range begins; the last one is open
TURNS = (0, 1, 2, 4, 8, 16)  # events of the user


def begin_of(ranges: Sequence[int], value: float) -> int:
    """With which number the range begins that the value is in."""
    return ranges[max(bisect(ranges, value) - 1, 0)]


def ends_of(ranges: Sequence[int]) -> dict[int, int | None]:
    """Of each range before which number it ends; the last one does not."""
    return dict(zip(ranges, (*ranges[1:], None), strict=True))
