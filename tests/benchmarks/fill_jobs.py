"""Stores many completed jobs in an installation's own database, in a process with its settings.

    python -m tests.benchmarks.fill_jobs ROWS RANK

One row in ten belongs to somebody else, and 20 of the first account wait. It prints the cursor of the page after so
many rows (RANK) of the first account, or nothing when it has fewer.
"""

import datetime as dt
import os
import sys
from secrets import token_urlsafe

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from accounts.actions import users  # noqa: E402
from accounts.models import User  # noqa: E402
from config import times  # noqa: E402
from config.leases import Status  # noqa: E402
from config.paging import encode  # noqa: E402
from jobs.models import Job  # noqa: E402

CHUNK = 10_000
WAITING = 20
TEXT = "The harbour wakes before the sun, and the ropes creak. " * 5
TIMINGS = {"queued": 0.012, "synthesis": 0.311, "encoding": 0.021, "total": 0.35, "first_audio": 0.05}


def fill(rows: int, rank: int) -> None:
    first = User.objects.get()
    other = users.create_user(email="other@example.com", password=token_urlsafe(), name="Other")
    end = times.now()
    for start in range(0, rows, CHUNK):
        jobs = [
            made(number, other if number % 10 == 9 else first, end - dt.timedelta(seconds=number))
            for number in range(start, min(start + CHUNK, rows))
        ]
        Job.objects.bulk_create(jobs, batch_size=500)
        for job in jobs:
            if job.user_id == first.pk and (rank := rank - 1) == 0:
                print(encode(job))


def made(number: int, user: User, created_at: dt.datetime) -> Job:
    is_waiting = number < WAITING
    done = {} if is_waiting else {"progress": 100, "duration": 17.3, "size_bytes": 763_000, "completed_at": created_at}
    return Job(
        user=user,
        job_id=number + 1,
        title=f"Harbour {number}",
        text=TEXT,
        characters=len(TEXT),
        voice_id="en_US-demo-low",
        format="wav",
        status=Status.QUEUED if is_waiting else Status.COMPLETED,
        created_at=created_at,
        timings=TIMINGS,
        peaks=[50] * 120,
        **done,
    )


if __name__ == "__main__":
    fill(int(sys.argv[1]), int(sys.argv[2]))
