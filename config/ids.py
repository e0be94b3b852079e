"""Ids: an ObjectId as 24 hex digits, the same on both databases, in URLs, JSON, Redis and the admin."""

import hashlib
import re
import uuid
from typing import Any

from bson import ObjectId
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import register_converter
from django.utils.functional import cached_property

OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NUMBER = re.compile(r"[0-9]{1,18}")


def new_id() -> str:
    return str(ObjectId())


def from_uuid(text: str) -> str:
    """The ObjectId of an old system's UUID: always the same one."""
    return hashlib.sha256(uuid.UUID(text).bytes).hexdigest()[:24]


def from_number(team_id: str, table: str, number: int) -> str:
    """The ObjectId of a row that an old system numbered: always the same one for a team, and another for another."""
    return hashlib.sha256(f"{team_id}/{table}/{number}".encode()).hexdigest()[:24]


def parse_id(text: str) -> str:
    """The id that a client means: 24 hex digits, or an old system's 36-character UUID. ValueError for anything else."""
    if OBJECT_ID.fullmatch(text):
        return text.lower()
    if UUID.fullmatch(text):
        return from_uuid(text)
    raise ValueError("An id has 24 hex digits.")


class ObjectIdField(models.AutoField):
    """The primary key of every model: made by us before the row is saved, `_id` in the database, a str in Python."""

    description = "ObjectId"
    db_returning = False
    empty_strings_allowed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_column", "_id")
        kwargs.setdefault("default", new_id)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_column", None)
        kwargs.pop("default", None)
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "CharField"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "objectId" if connection.vendor == "mongodb" else "char(24)"

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return self.db_type(connection)

    def cast_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return self.db_type(connection)

    @cached_property
    def validators(self) -> list[Any]:
        return [*self.default_validators, *self._validators]  # without the integer range of AutoField

    def to_python(self, value: Any) -> str | None:
        return value if value is None else str(value)

    def get_prep_value(self, value: Any) -> str | None:
        value = models.Field.get_prep_value(self, value)
        return value if value is None else str(value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        is_stored_as_object_id = connection.vendor == "mongodb" and isinstance(value, str) and ObjectId.is_valid(value)
        return ObjectId(value) if is_stored_as_object_id else value

    def from_db_value(self, value: Any, *args: Any) -> str | None:
        return self.to_python(value)


class ObjectIdConverter:
    """`<object_id:...>` in a page's URL: an id or an old UUID; anything else is 404."""

    regex = f"(?:{OBJECT_ID.pattern}|{UUID.pattern.replace('(', '(?:')})"

    def to_python(self, value: str) -> str:
        return parse_id(value)

    def to_url(self, value: str) -> str:
        return value


register_converter(ObjectIdConverter, "object_id")
