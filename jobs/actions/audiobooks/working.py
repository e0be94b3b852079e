"""What a worker does with an audiobook."""

from config import work
from config.leases import Lease
from jobs.actions.audiobooks import binding, reading
from jobs.models import Audiobook, Step

STEPS = {Step.READ: reading.read, Step.BIND: binding.bind}


def work_on_audiobook(*, audiobook: Audiobook) -> None:
    """Read it or bind it, unless somebody else does. It goes on from there, has failed, or is queued again."""
    work.run(audiobook, take_step)


def take_step(lease: Lease[Audiobook]) -> None:
    STEPS[Step(lease.row.step)](lease)
