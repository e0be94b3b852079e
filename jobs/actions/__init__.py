"""Every change of a job's state, by what it is about."""

from jobs.actions.cached_sounds import delete_cached, tidy_cache
from jobs.actions.callbacks import call_back, catch_up, enqueue_due
from jobs.actions.change import change_job
from jobs.actions.end import cancel_job, cancel_jobs, delete_job, delete_jobs
from jobs.actions.kept_audio import keep_the_rest
from jobs.actions.run import enqueue_waiting, requeue_lost, run_job
from jobs.actions.segments import (
    clear_forgotten_segments,
    enqueue_waiting_segments,
    requeue_lost_segments,
    run_segment,
)
from jobs.actions.selected import cancel_selected, delete_selected
from jobs.actions.start import retry_job, start_job, start_jobs
from jobs.actions.temp_audio import delete_sounds, purge_expired

__all__ = [
    "call_back",
    "cancel_job",
    "cancel_jobs",
    "cancel_selected",
    "catch_up",
    "change_job",
    "clear_forgotten_segments",
    "delete_cached",
    "delete_job",
    "delete_jobs",
    "delete_selected",
    "delete_sounds",
    "enqueue_due",
    "enqueue_waiting",
    "enqueue_waiting_segments",
    "keep_the_rest",
    "purge_expired",
    "requeue_lost",
    "requeue_lost_segments",
    "retry_job",
    "run_job",
    "run_segment",
    "start_job",
    "start_jobs",
    "tidy_cache",
]
