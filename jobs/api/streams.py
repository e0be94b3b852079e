"""A job's sound, heard while it is made."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from ninja import Router

from accounts.models import Scope
from accounts.tokens import Credential
from config.errors import Conflict, DomainError
from config.schemas import errors, sound
from config.serving import file_response
from config.streaming import Stream
from jobs import sounds, sources
from jobs.api.jobs import find
from jobs.audio import FORMATS
from jobs.listening import ears, live
from jobs.models import Job

router = Router(tags=["jobs"])


@router.get(
    "/api/jobs/{job_id}/stream",
    auth=Credential(Scope.READ, Scope.SPEAK),
    response=errors(401, 403, 404, 409, 410),
    openapi_extra=sound(*(kind.content_type for kind in FORMATS.values())),
)
def job_stream(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """The sound from its first byte on, each sentence as it is made; of a completed job the file, which takes `Range`.

    `flac` and `aac` can't be heard before they are ready. A job that fails or is cancelled ends the sound where it is:
    `GET /api/jobs/{id}` tells.
    """
    job = find(request, job_id)
    if not job.is_open:
        return file_response(request, **asdict(sounds.of_job(job)))
    if job.format not in live.FORMATS:
        raise Conflict(f"{job.format} can't be heard before it is ready. Wait until the job is completed.")
    content_type, headers = FORMATS[job.format].content_type, live_headers(job) | rate(job)
    return StreamingHttpResponse(Stream(ears.listen(job)), content_type=content_type, headers=headers)


def live_headers(job: Job) -> dict[str, str]:
    """nginx would hold the beginning back; the job's id leads to why a sound has ended too soon."""
    return {"Cache-Control": "private, no-store", "X-Accel-Buffering": "no", "X-Job-Id": job.pk}


def rate(job: Job) -> dict[str, str]:
    """The rate of raw samples, where it is known before they are made: that of a voice model is not."""
    if not FORMATS[job.format].is_raw or job.sample_rate:
        return sounds.rate_of(job)
    try:
        known = sources.of_job(job).sample_rate
    except DomainError:
        return {}
    return {"X-Sample-Rate": str(known)} if known else {}
