"""What the schemas of every app share: times, errors, lists."""

import datetime as dt
from typing import Annotated, Any, Generic, TypeVar

from ninja import Field, Schema
from pydantic import AfterValidator, PlainSerializer, StringConstraints

from config import times
from config.ids import parse_id
from config.paging import PAGE_ROWS, PAGE_ROWS_MAX
from config.text import forbidden_character

T = TypeVar("T")


def without_forbidden(text: str) -> str:
    if character := forbidden_character(text):
        raise ValueError(f"The character {character} is not taken here. Remove it.")
    return text


Time = Annotated[dt.datetime, PlainSerializer(times.iso, return_type=str)]
Id = Annotated[str, AfterValidator(parse_id)]
Text = Annotated[str, StringConstraints(max_length=320), AfterValidator(without_forbidden)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(without_forbidden)]


class Error(Schema):
    detail: str = Field(description="A sentence a person can act on.")
    code: str


class Problem(Schema):
    loc: list[str | int]
    msg: str
    type: str


class Invalid(Error):
    errors: list[Problem]


def errors(*statuses: int) -> dict[int, Any]:
    """The `response=` entries of the refusals that an endpoint may answer with; a store may always be away."""
    return {status: Invalid if status == 422 else Error for status in (*statuses, 503)}


BODY = (400, 403, 411, 413, 415, 422)  # what any body may be refused with, and a session without its token


def sound(*content_types: str) -> dict[str, Any]:
    """The `openapi_extra=` of an endpoint that answers with a file and takes Range."""
    content = {name: {"schema": {"type": "string", "format": "binary"}} for name in content_types}
    whole, part = {"description": "The sound", "content": content}, {"description": "A part of it", "content": content}
    return {"responses": {200: whole, 206: part, 416: {"description": "It has no such part"}}}


class PageIn(Schema):
    limit: int = Field(PAGE_ROWS, ge=1, le=PAGE_ROWS_MAX)
    cursor: str | None = Field(None, max_length=200, description="`next` of the page before.")


class PageOut(Schema, Generic[T]):
    items: list[T]
    next: str | None
