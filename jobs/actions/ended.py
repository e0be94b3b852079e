"""What is done when a job has ended, completed or failed for good. Nothing of it may fail the job."""

import logging

from config import hooks
from jobs.actions import callbacks, segments
from jobs.figures import this_moment
from jobs.models import Job

logger = logging.getLogger(__name__)
STEPS = (segments.clear, callbacks.call_after_end, this_moment.count_ended)


def job_ended(*, job: Job) -> None:
    """To be called once by whoever ended the job; its text may not have been read."""
    for step in (*STEPS, *hooks.job_ends):
        try:
            step(job)
        except Exception:
            logger.exception("After %s had ended, a step failed: %s", job, step)
