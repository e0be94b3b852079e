"""The doors that take what must not be lost, also while the database is away.

@router.post("/api/leads", auth=IngestCredential(Scope.DESK), ...)
@ingest
def create_lead(request, ...): ...
"""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.decorators import decorate_view

from config import breaker

View = Callable[..., Any]


def ingest(endpoint: View) -> View:
    """Stands right under the router's decorator. Sign-in and endpoint together wait for the database a limited time."""
    return decorate_view(bounded)(endpoint)


def bounded(run: View) -> View:
    """Ninja's whole handling of a request."""

    @functools.wraps(run)
    def within(request: HttpRequest, **values: Any) -> HttpResponse:
        request.is_ingest = True
        with breaker.limited():
            return run(request, **values)

    return within
