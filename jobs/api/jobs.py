from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.responses import Status

from accounts.idempotency import idempotent
from accounts.models import Scope
from accounts.tokens import Credential
from config.paging import Page, page
from config.schemas import BODY, PageOut, errors, sound
from config.serving import file_response
from jobs import actions, sounds
from jobs.audio import FORMATS
from jobs.models import Job
from jobs.schemas.jobs import JobChangesIn, JobIn, JobOut, JobRow, JobsIn, JobsStartIn, JobsStartOut

router = Router(tags=["jobs"], by_alias=True)
READ, SPEAK = Credential(Scope.READ, Scope.SPEAK), Credential(Scope.SPEAK)


@router.post("/api/jobs", auth=SPEAK, response={202: JobOut, **errors(*BODY, 401, 409, 429)})
@idempotent
def start_job(request: HttpRequest, data: JobIn, response: HttpResponse) -> Status:
    job = actions.start_job(by=request.auth, **data.dict(exclude_none=True))
    response["Location"] = f"/api/jobs/{job.pk}"
    return Status(202, job)


@router.post("/api/jobs/batch", auth=SPEAK, response={202: JobsStartOut, **errors(*BODY, 401, 409, 429)})
@idempotent
def start_jobs(request: HttpRequest, data: JobsStartIn) -> Status:
    """Many texts that nobody waits for: all are queued, or none is. They count as so many requests for speech."""
    entries = [entry.dict(exclude_none=True) for entry in data.jobs]
    return Status(202, {"jobs": actions.start_jobs(by=request.auth, entries=entries)})


@router.get("/api/jobs", auth=READ, response={200: PageOut[JobRow], **errors(401, 403, 422)})
def jobs(request: HttpRequest, query: Query[JobsIn]) -> Page[Job]:
    rows = Job.objects.owned_by(request.auth).matching(status=query.status, voice_id=query.voice_id, q=query.q)
    return page(rows.in_list(), cursor=query.cursor, limit=query.limit)


@router.get("/api/jobs/{job_id}", auth=READ, response={200: JobOut, **errors(401, 403, 404)})
def job(request: HttpRequest, job_id: str) -> Job:
    """By its `_id` or its number."""
    return find(request, job_id)


@router.patch("/api/jobs/{job_id}", auth=SPEAK, response={200: JobOut, **errors(*BODY, 401, 404, 409, 410)})
def change_job(request: HttpRequest, job_id: str, data: JobChangesIn) -> Job:
    """Its title, and whether its sound is kept. `expires_at` of a kept sound is `null`."""
    job = find(request, job_id)
    actions.change_job(by=request.auth, job=job, **data.dict())
    return job


@router.delete("/api/jobs/{job_id}", auth=SPEAK, response={204: None, **errors(401, 403, 404, 409)})
def delete_job(request: HttpRequest, job_id: str) -> Status:
    """With its sound. A job that waits or is being made is cancelled first."""
    actions.delete_job(by=request.auth, job=find(request, job_id))
    return Status(204, None)


@router.post("/api/jobs/{job_id}/cancel", auth=SPEAK, response={200: JobOut, **errors(401, 403, 404, 409)})
def cancel_job(request: HttpRequest, job_id: str) -> Job:
    job = find(request, job_id)
    actions.cancel_job(by=request.auth, job=job)
    return job


@router.post("/api/jobs/{job_id}/retry", auth=SPEAK, response={200: JobOut, **errors(401, 403, 404, 409, 429)})
def retry_job(request: HttpRequest, job_id: str) -> Job:
    """Queue a job again that failed or was cancelled."""
    job = find(request, job_id)
    actions.retry_job(by=request.auth, job=job)
    return job


@router.get(
    "/api/jobs/{job_id}/audio",
    auth=READ,
    response=errors(401, 403, 404, 409, 410),
    openapi_extra=sound(*(kind.content_type for kind in FORMATS.values())),
)
def job_audio(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """The sound; takes `Range`, and `?download=1` to save it. `X-Sample-Rate` is the rate of PCM, in Hz."""
    return file_response(request, **asdict(sounds.of_job(find(request, job_id))))


def find(request: HttpRequest, job_id: str) -> Job:
    """Its sentences are read with it only where they are asked for."""
    return get_object_or_404(Job.objects.owned_by(request.auth).with_id(job_id).defer("sentences"))
