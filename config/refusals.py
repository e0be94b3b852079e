"""How refusals go out, as JSON or as a page, whichever door was knocked at; Django's error handlers are here."""

import logging
import sqlite3
import sys
from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from redis.exceptions import RedisError

from config.breaker import is_away
from config.errors import DISK_FULL, Broken, DomainError, Forbidden, NotFound, Unavailable, disk_sentence
from config.files import STORAGE_ERRORS
from config.http import is_api, is_openai

logger = logging.getLogger(__name__)
OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
NOT_HERE = NotFound("There is nothing at this address, or it isn't yours.")


def refuse(
    request: HttpRequest, error: DomainError, *, errors: list[dict[str, Any]] | None = None, **headers: str
) -> HttpResponse:
    """A refusal in the shape of the door that was knocked at; `errors` has an entry for each field of a 422."""
    if is_openai(request):
        response = openai_refusal(error, errors or [])
    elif is_api(request):
        response = refusal(error, errors)
    else:
        response = render(request, "error.html", {"error": error}, status=error.status)
    for name, value in (headers_of(error) | headers).items():
        response[name] = value
    return response


def refusal(error: DomainError, errors: list[dict[str, Any]] | None) -> JsonResponse:
    more = {} if errors is None else {"errors": errors}
    return JsonResponse({"detail": error.message, "code": error.code, **more}, status=error.status)


def openai_refusal(error: DomainError, errors: list[dict[str, Any]]) -> JsonResponse:
    """As OpenAI's clients read it; they know no 422. `param` is the field."""
    status = 400 if error.status == 422 else error.status
    kind = "server_error" if status >= 500 else OPENAI_TYPES.get(status, "invalid_request_error")
    field = next((str(part) for part in errors[0]["loc"][1:] if part), None) if errors else None
    body = {"message": error.message, "type": kind, "param": field, "code": error.code}
    return JsonResponse({"error": body}, status=status)


def headers_of(error: DomainError) -> dict[str, str]:
    retry = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return {**error.headers, **retry, **({"WWW-Authenticate": "Bearer"} if error.status == 401 else {})}


def outage(error: BaseException | None) -> Unavailable | None:
    """What a store that can't be reached, or is full, is to the client; MongoDB's own error is inside Django's."""
    causes = (error, getattr(error, "__cause__", None))
    if any(getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL for cause in causes):
        return Unavailable(DISK_FULL)
    if is_away(error):
        return Unavailable("The database is away. Try again in a few seconds.")
    if isinstance(error, STORAGE_ERRORS):
        return Unavailable("The storage is away. Try again in a few seconds.")
    if message := disk_sentence(error):
        logger.error("The storage can't be written: %s", error)
        return Unavailable(message)
    return Unavailable("The queue is away. Try again in a few seconds.") if isinstance(error, RedisError) else None


def unread(error: Exception) -> DomainError | None:
    """A body that did not come in whole or has too many parts: Django reads it late, in the middle of a view."""
    if isinstance(error, TooManyFilesSent | TooManyFieldsSent | RequestDataTooBig):
        return DomainError("The request has too many parts. Send one file at a time, and nothing else beside it.")
    if isinstance(error, UnreadablePostError | MultiPartParserError):
        return DomainError("The request did not arrive whole. Send it again.")
    return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        return refuse(
            request, DomainError("This installation is not known under this name. ALLOWED_HOSTS lists its names.")
        )
    return refuse(request, unread(exception) or DomainError("This request can't be read."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, Forbidden("Your account may not do this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refuse(
        request, Forbidden("This form came from another site or has grown old. Reload the page and try again.")
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, NOT_HERE)


def server_error(request: HttpRequest) -> HttpResponse:
    if away := outage(sys.exc_info()[1]):
        return refuse(request, away)
    if is_api(request):
        return refuse(request, Broken("Something broke here. It is in the log; try again later."))
    return render(request, "500.html", status=500)
