"""Speech as clients of the older TTS backend ask for it: its paths, its shapes, its sentences."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Query, Router

from accounts.idempotency import idempotent
from accounts.models import Scope
from accounts.tokens import Credential
from config import streaming
from config.errors import DomainError, Forbidden, NotFound
from config.http import next_link
from config.leases import Status
from config.paging import page
from config.schemas import BODY, errors, sound
from config.serving import file_response
from jobs import actions, links, sounds, sources
from jobs.audio import FORMATS
from jobs.listening import waiting
from jobs.models import Job
from jobs.schemas.tts import TtsIn, TtsJobIn, TtsJobOut, TtsJobRow, TtsJobsIn, TtsJobStarted, TtsOut
from jobs.sources import SourceUnknown

router = Router(tags=["jobs"])
READ = Credential(Scope.READ, Scope.SPEAK)
SPEAK = Credential(Scope.SPEAK)


class NoText(DomainError):
    code = "no_text"


class NotCompleted(DomainError):
    code = "not_completed"


@router.post("/tts/sync", auth=SPEAK, response={200: TtsOut, **errors(*BODY, 401, 404, 429)})
def speak_now(request: HttpRequest, data: TtsIn) -> dict[str, Any]:
    """Speak a text and wait for it, up to 60 seconds; after that it is 503 with the job's address, and goes on."""
    if not (data.text or "").strip():
        raise NoText("Write the text to speak.")
    try:
        source = sources.find(request.auth, voice_id=data.voice)
    except SourceUnknown as error:
        raise NotFound(error.message) from error
    with streaming.place():
        job = waiting.until_completed(actions.start_job(by=request.auth, text=data.text, voice_id=data.voice))
    spoken_by = {name: getattr(source, name) for name in ("voice_id", "engine", "sample_rate")}
    return {"duration": job.duration, "text": data.text, **spoken_by, "audio_url": links.signed_path(job)}


@router.post("/tts/jobs", auth=SPEAK, response={200: TtsJobStarted, **errors(*BODY, 401, 409, 429)})
@idempotent
def start_tts_job(request: HttpRequest, data: TtsJobIn) -> Job:
    """As `POST /api/jobs`; a language alone names the first voice that speaks it."""
    voice_id = data.voice_id or (sources.voice_of_language(data.language) if data.language else None)
    return linked(actions.start_job(by=request.auth, text=data.text, voice_id=voice_id))


@router.get("/tts/jobs", auth=READ, response={200: list[TtsJobRow], **errors(401, 403, 422)})
def tts_jobs(request: HttpRequest, query: Query[TtsJobsIn], response: HttpResponse) -> list[Job]:
    """Newest first; `Link` leads to the next page."""
    found = page(Job.objects.owned_by(request.auth).in_list(), cursor=query.cursor, limit=query.limit)
    if found.next:
        response["Link"] = next_link(request, found.next)
    return [linked(job) for job in found.items]


@router.get("/tts/jobs/{job_id}", auth=READ, response={200: TtsJobOut, **errors(401, 403, 404)})
def tts_job(request: HttpRequest, job_id: str) -> Job:
    """By its number or its `_id`. Somebody else's is 403 here."""
    return linked(find(request, job_id))


@router.get(
    "/tts/jobs/{job_id}/audio",
    auth=READ,
    response=errors(400, 401, 403, 404, 410),
    openapi_extra=sound(*(kind.content_type for kind in FORMATS.values())),
)
def tts_job_audio(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """The sound of a completed job; takes `Range`. Before that, and of a job that failed, it is 400."""
    job = find(request, job_id)
    if job.status != Status.COMPLETED:
        raise NotCompleted("Job not completed yet")
    return file_response(request, **asdict(sounds.of_job(job)))


def find(request: HttpRequest, job_id: str) -> Job:
    """One of the caller's jobs. These clients are told when a job is somebody else's."""
    jobs = Job.objects.with_id(job_id)
    if job := jobs.owned_by(request.auth).first():
        return job
    raise Forbidden("Access denied") if jobs.exists() else NotFound("Job not found")


def linked(job: Job) -> Job:
    """The job with the address of its sound as these clients fetch it: without a credential."""
    job.audio_link = links.signed_path(job) if job.is_ready else None
    return job
