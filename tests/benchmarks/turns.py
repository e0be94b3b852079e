"""What acts take, done turn by turn: a busy moment of the machine then slows all of them."""

import statistics
import time
from collections.abc import Callable
from typing import Any


def milliseconds(act: Callable[..., object], *given: object) -> float:
    started = time.perf_counter()
    act(*given)
    return (time.perf_counter() - started) * 1000


def in_turns(rounds: int, *acts: tuple[Any, ...]) -> list[float]:
    """The median milliseconds of each, done turn by turn."""
    taken = [[milliseconds(*act) for act in acts] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]
