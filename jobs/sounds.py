"""Where a job's finished sound is."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage

from config.errors import Conflict, Gone
from config.leases import Status
from jobs.audio import FORMATS
from jobs.models import Job, TempAudio

UNSAFE = re.compile(r"[^\w .,()'-]+")
GONE = "The sound has expired: it is kept for 24 hours. Speak the text again."


@dataclass(frozen=True)
class Sound:
    path: Path
    content_type: str
    filename: str


def of_job(job: Job) -> Sound:
    """The file of a completed job. Conflict while there is none, Gone when it has expired."""
    if job.is_open:
        raise Conflict("The sound is not ready yet. Wait until the job is completed.")
    if job.status != Status.COMPLETED:
        raise Conflict(f"There is no sound: this job was {job.status}.")
    row = TempAudio.objects.filter(audio_id=job.audio_id).first()
    if job.is_expired or row is None or not default_storage.exists(row.path):
        raise Gone(GONE)
    name = " ".join(UNSAFE.sub(" ", job.title).split()).strip(" .") or f"job-{job.job_id}"
    return Sound(Path(default_storage.path(row.path)), row.content_type, f"{name}.{FORMATS[job.format].extension}")
