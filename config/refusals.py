"""How refusals go out, as JSON or as a page, whichever door was knocked at; Django's error handlers are here."""

import sys
from typing import Any

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from pymongo.errors import ConnectionFailure
from redis.exceptions import RedisError

from config.errors import Broken, DomainError, Forbidden, NotFound, Unavailable
from config.http import is_api

NOT_HERE = NotFound("There is nothing at this address, or it isn't yours.")


def refusal(error: DomainError, *, errors: list[dict[str, Any]] | None = None, **headers: str) -> JsonResponse:
    """A refusal as the API's JSON; `errors` has an entry for each field of a 422."""
    more = {} if errors is None else {"errors": errors}
    body = {"detail": error.message, "code": error.code, **more}
    return JsonResponse(body, status=error.status, headers=headers_of(error) | headers)


def refuse(request: HttpRequest, error: DomainError, **headers: str) -> HttpResponse:
    """A refusal in the shape of the door that was knocked at."""
    if is_api(request):
        return refusal(error, **headers)
    response = render(request, "error.html", {"error": error}, status=error.status)
    for name, value in (headers_of(error) | headers).items():
        response[name] = value
    return response


def headers_of(error: DomainError) -> dict[str, str]:
    retry = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return retry | ({"WWW-Authenticate": "Bearer"} if error.status == 401 else {})


def outage(error: BaseException | None) -> Unavailable | None:
    """What a database or a queue that can't be reached is to the client; MongoDB's own error is inside Django's."""
    causes = (error, getattr(error, "__cause__", None))
    if any(isinstance(cause, OperationalError | InterfaceError | ConnectionFailure) for cause in causes):
        return Unavailable("The database is away. Try again in a few seconds.")
    return Unavailable("The queue is away. Try again in a few seconds.") if isinstance(error, RedisError) else None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        return refuse(
            request, DomainError("This installation is not known under this name. ALLOWED_HOSTS lists its names.")
        )
    return refuse(request, DomainError("This request can't be read."))


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
        return refusal(Broken("Something broke here. It is in the log; try again later."))
    return render(request, "500.html", status=500)
