"""What work costs, as a ratio: on a slow or busy machine whatever it is compared with takes longer, too."""

import time
from collections.abc import Callable

ROUNDS = 100_000


def effort(work: Callable[[], object]) -> float:
    """The processor time of the work, in that of a million rounds of a plain loop: a tenth of a second or so."""
    before, spent, after = loop_seconds(), seconds(work), loop_seconds()
    return spent / (max(before, after) * 1_000_000 / ROUNDS)


def loop_seconds() -> float:
    return min(seconds(lambda: sum(number * number for number in range(ROUNDS))) for _ in range(3))


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, for this process."""
    started = time.process_time()
    work()
    return time.process_time() - started
