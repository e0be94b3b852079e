"""When each sentence of a job is heard, as JSON or as subtitles."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Query, Router

from accounts.models import Scope
from accounts.tokens import Credential
from config.schemas import errors
from jobs import sentences, sounds
from jobs.api.jobs import find
from jobs.schemas.timings import TimingsIn, TimingsOut
from jobs.sentences import SUBTITLES

router = Router(tags=["jobs"], by_alias=True)
FILES = {
    kind.content_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
    for kind in SUBTITLES.values()
}


@router.get(
    "/api/jobs/{job_id}/timings",
    auth=Credential(Scope.READ, Scope.SPEAK),
    response={200: TimingsOut, **errors(401, 403, 404, 409, 422)},
    openapi_extra={"responses": {200: {"content": FILES}}},
)
def job_timings(
    request: HttpRequest, job_id: str, query: Query[TimingsIn], response: HttpResponse
) -> HttpResponse | dict[str, Any]:
    """When each sentence is heard: JSON, or with `?format=srt` or `vtt` a file of subtitles. It stays when the sound
    expires. 409 `conflict` while there is no sound, `no_timings` for a job of another system or an older version.
    """
    job = find(request, job_id)
    said, kind = sentences.of_job(job), SUBTITLES.get(query.format)
    answer = HttpResponse(kind.write(said), content_type=kind.content_type) if kind else response
    answer["Content-Disposition"] = content_disposition_header(kind is not None, sounds.file_name(job, query.format))
    if kind:
        return answer
    return {"pk": job.pk, "job_id": job.job_id, "duration": job.duration, "sentences": said}
