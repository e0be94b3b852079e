"""Where a job's finished sound is."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files.storage import default_storage

from config.errors import Conflict, Gone
from config.leases import Status
from jobs.audio import FORMATS
from jobs.models import Job, TempAudio

UNSAFE = re.compile(r"[^\w .,()'-]+")
LOST = "The sound is gone from the storage. Speak the text again."
FOLDER, HOUR = "temp", "%Y%m%d%H"  # of temporary sound; a folder of it is deleted by its name
GONE = "The sound has expired: it is kept for 24 hours. Speak the text again."


@dataclass(frozen=True)
class Sound:
    name: str  # in the storage
    content_type: str
    filename: str
    headers: dict[str, str]  # what the bytes do not say themselves


def of_job(job: Job) -> Sound:
    """The file of a completed job. Conflict while there is none, Gone when it has expired."""
    check_made(job)
    name = path_of(job)
    if not name or not default_storage.exists(name):
        raise Gone(LOST if job.kept_path else GONE)
    return Sound(name, FORMATS[job.format].content_type, file_name(job), rate_of(job))


def check_made(job: Job) -> None:
    """Conflict unless its sound was made, whatever has become of it since."""
    if job.is_open:
        raise Conflict("The sound is not ready yet. Wait until the job is completed.")
    if job.status != Status.COMPLETED:
        raise Conflict(f"There is no sound: this job was {job.status}.")


def temporary_name(now: dt.datetime, file: str) -> str:
    """The name in the storage of a file that goes with its hour."""
    return f"{FOLDER}/{now:{HOUR}}/{file}"


def path_of(job: Job) -> str:
    """The name in the storage of a sound that is kept or has not expired; '' for none."""
    if job.kept_path or not job.is_ready:
        return job.kept_path
    return TempAudio.objects.filter(audio_id=job.audio_id).values_list("path", flat=True).first() or ""


def rate_of(job: Job) -> dict[str, str]:
    return {"X-Sample-Rate": str(job.sample_rate)} if FORMATS[job.format].is_raw and job.sample_rate else {}


def file_name(job: Job, extension: str = "") -> str:
    """What a person's computer calls the sound, or with an extension another file of the job."""
    name = " ".join(UNSAFE.sub(" ", job.title).split()).strip(" .") or f"job-{job.job_id}"
    return f"{name}.{extension or FORMATS[job.format].extension}"


def files_of(job: Job) -> Iterator[tuple[str, str]]:
    """The name and the place of a job's sound while it is kept."""
    if name := path_of(job):
        yield file_name(job), name
