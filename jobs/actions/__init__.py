"""Every change of a job's state, by what it is about."""

from jobs.actions.end import cancel_job, cancel_jobs, delete_jobs
from jobs.actions.run import enqueue_waiting, requeue_lost, run_job
from jobs.actions.start import start_job
from jobs.actions.temp_audio import delete_sounds, purge_expired

__all__ = [
    "cancel_job",
    "cancel_jobs",
    "delete_jobs",
    "delete_sounds",
    "enqueue_waiting",
    "purge_expired",
    "requeue_lost",
    "run_job",
    "start_job",
]
