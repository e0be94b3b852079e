"""What stops working in this app when a row of a lower one goes."""

from collections.abc import Iterator

from jobs.models import Job
from voices.models import Voice, VoiceModel


def waiting_jobs(row: object) -> Iterator[str]:
    """The jobs, of whoever, that a voice or a voice model has still to speak; an echo's jobs go on without it."""
    if isinstance(row, VoiceModel):
        jobs = Job.objects.filter(model_id=row.model_id)
    elif isinstance(row, Voice):
        jobs = Job.objects.filter(voice_id=row.voice_id)
    else:
        return
    if count := jobs.open().count():
        yield "1 job that waits or is being made will fail." if count == 1 else sentence(count)


def sentence(count: int) -> str:
    return f"{count:,} jobs that wait or are being made will fail."
