"""Changing what can be changed of a job: its title, and how long its sound is kept."""

from accounts.models import User
from config.errors import NotFound
from jobs.actions import kept_audio
from jobs.actions.prepare import made_title
from jobs.models import Job


def change_job(*, by: User, job: Job, title: str | None = None, keep: bool | None = None) -> None:
    """Change what is given; an empty title is made of the text. The sound comes first, for that may be refused."""
    if keep is not None:
        (kept_audio.keep_sound if keep else kept_audio.release_sound)(by=by, job=job)
    if title is not None and not job.change({}, title=title.strip() or made_title(job.text)):
        raise NotFound("This job was deleted in the meantime.")
