"""Events of a job, as Server-Sent Events: how far it is, and how it ended."""

from collections.abc import Generator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Router, Schema

from accounts.models import Scope
from accounts.tokens import Credential
from config.leases import Status
from config.schemas import errors
from config.streaming import Stream
from jobs.api.jobs import find
from jobs.listening import progress
from jobs.models import Job
from jobs.schemas.events import DeletedJob, Progress
from jobs.schemas.jobs import JobOut

router = Router(tags=["jobs"], by_alias=True)
RETRY_MILLISECONDS = 3_000  # after which a client that lost its connection comes again
END = "end"  # the id of the last event; a client that comes again with it has nothing to wait for
KEEP_ALIVE = b":\n\n"
EVENTS = {
    "responses": {
        200: {"description": "Events", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
        204: {"description": "It has ended, and the client knows that already"},
    }
}


@router.get(
    "/api/jobs/{job_id}/events",
    auth=Credential(Scope.READ, Scope.SPEAK),
    response=errors(401, 403, 404),
    openapi_extra=EVENTS,
)
def job_events(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """Server-Sent Events: `progress` at once and with each step, then `completed` or `failed` with the Job.

    A cancelled job ends with `failed` and its `status`, one that is deleted with `failed` and the status `deleted`.
    """
    job = find(request, job_id)
    if request.headers.get("Last-Event-ID") == END and not job.is_open:
        return HttpResponse(status=204)  # which tells an EventSource not to come again
    response = StreamingHttpResponse(Stream(parts(job)), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # nginx would hold events back until it has some kilobytes
    return response


def parts(job: Job) -> Generator[bytes, None, None]:
    is_open = True
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    for moved in progress.follow(job):
        if moved is None:
            yield KEEP_ALIVE
        elif is_open := moved.is_open:
            yield event("progress", str(moved.completed_chunks), Progress.from_orm(moved))
    yield deleted(job) if is_open else ended(job)


def ended(job: Job) -> bytes:
    """The whole Job, as `GET /api/jobs/{id}` gives it."""
    row = Job.objects.filter(pk=job.pk).defer("peaks", "sentences").first()
    if row is None:
        return deleted(job)
    return event("completed" if row.status == Status.COMPLETED else "failed", END, JobOut.from_orm(row))


def deleted(job: Job) -> bytes:
    return event("failed", END, DeletedJob(job_id=job.job_id))


def event(name: str, event_id: str, data: Schema) -> bytes:
    return f"id: {event_id}\nevent: {name}\ndata: {data.model_dump_json(by_alias=True)}\n\n".encode()
