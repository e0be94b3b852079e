"""`Idempotency-Key`: an endpoint that starts work does so once, however often the same request comes.

@router.post("/api/jobs", ...)
@idempotent
def start_job(request, ...): ...
"""

import functools
import hashlib
import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from ninja.decorators import decorate_view
from ninja.operation import Operation
from ninja.utils import contribute_operation_callback

from accounts.actions import idempotency
from accounts.models import IDEMPOTENCY_KEY_MAX_CHARACTERS, IdempotencyKey
from config import breaker
from config.db import STORE_ERRORS
from config.errors import Unprocessable

logger = logging.getLogger(__name__)
HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A name of your choice for this request: sent again with it within 24 hours, it is not done again "
    "but answered as before. 409 `idempotency_mismatch` with another body, `in_progress` while the first is answered.",
    "schema": {"type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY_MAX_CHARACTERS},
}
View = Callable[..., Any]


def idempotent(endpoint: View) -> View:
    """Stands under the router's decorator. The endpoint runs after sign-in, and after a JSON body is validated."""

    @functools.wraps(endpoint)
    def once(request: HttpRequest, **values: Any) -> Any:
        if HEADER not in request.headers:
            return endpoint(request, **values)
        names = {"by": request.auth, "door": endpoint.__name__, "key": key_of(request), "digest": digest_of(request)}
        row = claim(request, names)
        if row is None:
            request.record_id = idempotency.record_id(**names)
        elif row.is_answered:
            return replay(row)
        else:
            request.idempotency_row = row
        return endpoint(request, **values)

    decorate_view(settled)(once)
    contribute_operation_callback(once, document)
    return once


def claim(request: HttpRequest, names: dict[str, Any]) -> IdempotencyKey | None:
    """The request's row; None while the database is away, at a door that takes requests nevertheless."""
    if getattr(request, "is_ingest", False):
        return breaker.ask(lambda: idempotency.claim(**names))
    return idempotency.claim(**names)


def record_id(request: HttpRequest) -> str:
    """The id under which the request is journaled, the same however often it is sent; "" where its row sees to that."""
    return getattr(request, "record_id", "")


def settled(run: View) -> View:
    """Ninja's whole handling of a request: its answer is remembered as it goes out."""

    @functools.wraps(run)
    def within(request: HttpRequest, **values: Any) -> HttpResponse:
        response = None
        try:
            response = run(request, **values)
        finally:
            if row := getattr(request, "idempotency_row", None):
                settle(row, response)
        return response

    return within


def settle(row: IdempotencyKey, response: HttpResponse | None) -> None:
    """The work is done or refused by now: a database that is away changes nothing about it."""
    try:
        if response is not None and 200 <= response.status_code < 300:
            location = response.headers.get("Location", "")
            idempotency.answer(row=row, status=response.status_code, body=response.content, location=location)
        else:
            idempotency.free(row=row)
    except STORE_ERRORS as error:
        logger.warning("The answer to %s is not remembered: %s", row, error)


def replay(row: IdempotencyKey) -> HttpResponse:
    headers = {REPLAYED: "true"} | ({"Location": row.location} if row.location else {})
    content_type = "application/json; charset=utf-8"
    return HttpResponse(idempotency.body_of(row), status=row.status, content_type=content_type, headers=headers)


def document(operation: Operation) -> None:
    extra = operation.openapi_extra or {}
    operation.openapi_extra = extra | {"parameters": [*extra.get("parameters", []), PARAMETER]}


def key_of(request: HttpRequest) -> str:
    key = request.headers[HEADER].strip()
    if 1 <= len(key) <= IDEMPOTENCY_KEY_MAX_CHARACTERS and key.isascii() and key.isprintable():
        return key
    message = f"An {HEADER} has 1 to {IDEMPOTENCY_KEY_MAX_CHARACTERS} printable ASCII characters."
    raise Unprocessable(message, field=HEADER, source="header")


def digest_of(request: HttpRequest) -> str:
    """Of the address and the body. Of a form its fields and files count: what parts them is new with each request."""
    digest = hashlib.sha256(request.path.encode() + b"\0")
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    digest.update(json.dumps(sorted(request.POST.lists())).encode())
    for field, files in sorted(request.FILES.lists()):
        for file in files:
            add_file(digest, field, file)
    return digest.hexdigest()


def add_file(digest: Any, field: str, file: UploadedFile) -> None:
    """Read from the disk part by part; whoever takes the file next finds it at its beginning."""
    digest.update(json.dumps([field, file.name, file.size]).encode())
    for part in file.chunks():
        digest.update(part)
    file.seek(0)
