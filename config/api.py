"""The JSON API: one NinjaAPI, one router for each app, one authenticator, one shape of errors."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from accounts import tokens
from accounts.api import router as accounts
from accounts.team_api import router as team
from config import VERSION
from config.errors import DomainError, Unauthorized, Unprocessable, WrongType
from config.health import router as health
from config.refusals import NOT_HERE, outage, refuse, unread
from jobs.api import audiobooks, events, jobs, metrics, openai, pronunciations, streams, studio, timings, tts
from leads.api import (
    ai_chat,
    analytics,
    exports,
    lead_data,
    leads,
    reports,
    sessions,
    transcripts,
    webhook,
    webhooks,
    whatsapp,
)
from voices.api import audio_files, echos, references, voice_models, voices


class ObjectParser(Parser):
    """A schema in which nothing is needed would take a list, or a number, for an object without fields."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body = super().parse_body(request)
        if not isinstance(body, dict):
            raise Unprocessable("Send a JSON object: names and values in braces.")
        return body


api = NinjaAPI(
    title="Echodesk",
    version=VERSION,
    description="Speech, voices and conversations. Sign in with a token: `Authorization: Bearer <token>`.",
    auth=tokens.Credential(),
    parser=ObjectParser(),
    docs_url="/api/docs",
    openapi_url="/api/openapi.json",
    urls_namespace="api",
)
nouns = (voices, voice_models, references, echos, audio_files)
speech = (jobs, audiobooks, events, streams, timings, pronunciations, studio, tts, openai, metrics)
desk = (exports, leads, lead_data, transcripts, sessions, analytics, reports, webhook, whatsapp, ai_chat, webhooks)
for router in (health, accounts, team, *(each.router for each in (*nouns, *speech, *desk))):
    api.add_router("", router)


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    if isinstance(error, Unprocessable):
        errors = [{"loc": [error.source, *error.within, error.field], "msg": error.message, "type": error.code}]
        return refuse(request, error, errors=errors)
    return refuse(request, error)


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refuse(request, Unauthorized("Sign in first: send a token or use the page's session."))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return refuse(request, NOT_HERE)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422 for a body; a malformed id in the path is an address that doesn't exist."""
    if error.errors[0]["loc"][0] == "path":
        return refuse(request, NOT_HERE)
    errors = [problem(entry) for entry in error.errors]
    field = ".".join(str(part) for part in errors[0]["loc"][1:])
    message = f"{errors[0]['msg'].rstrip('.')}."
    return refuse(request, Unprocessable(f"{field}: {message}" if field else message), errors=errors)


def problem(error: dict[str, Any]) -> dict[str, Any]:
    """One entry of `errors`: where, without the name that the body has in our code, what, and of which type."""
    source, *field = error["loc"]
    message = error["msg"].removeprefix("Value error, ")
    return {"loc": [source, *(field[1:] if source == "body" else field)], "msg": message, "type": error["type"]}


@api.exception_handler(HttpError)
@api.exception_handler(RawPostDataException)
def broken_body(request: HttpRequest, error: Exception) -> HttpResponse:
    if request.content_type not in ("", "application/json"):
        return refuse(request, WrongType("Send JSON, with Content-Type: application/json."))
    if isinstance(error.__cause__, Unprocessable):
        return refused(request, error.__cause__)
    return refuse(request, DomainError("The body can't be read. Send JSON in UTF-8."))


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    if refused := outage(error) or unread(error):
        return refuse(request, refused)
    raise error
