"""Meta's payload: what the `value` of a change says, one message or status at a time.

Whatever is in it, nothing here raises but `Unusable`: for an entry that can't be told from others or is of nobody.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from accounts.models import NAME_MAX_CHARACTERS
from config import times
from config.text import is_visible, one_line
from leads.models import FILE_NAME_MAX_CHARACTERS, MEDIA_KINDS, MessageKind, MessageStatus
from leads.whatsapp import numbers
from leads.whatsapp.contents import content_of, kind_of
from leads.whatsapp.failures import sentence_of
from leads.whatsapp.values import (
    NOTES,
    Json,
    cut,
    digest,
    identifier,
    moment_of,
    object_of,
    objects_of,
    storable,
    text_of,
)

OWN_COLUMNS = frozenset({"from", "id", "timestamp", "type"})  # of a message; the rest is metadata
OF_TEXT, OF_MEDIA = frozenset({"body"}), frozenset({"id", "mime_type", "sha256", "caption", "filename"})
STATUSES = {each.value: each for each in MessageStatus if each != MessageStatus.RECEIVED} | {
    "played": MessageStatus.READ  # of a voice note
}
DELETED = "deleted"
CODE_MAX_CHARACTERS, ERROR_MAX_CHARACTERS, TYPE_MAX_CHARACTERS = 40, 1_000, 255


class Unusable(ValueError):
    """An entry of which no row can be made. It says why, without what the entry says."""


@dataclass(frozen=True)
class Media:
    media_id: str
    declared_type: str
    sha256: str  # in hex
    file_name: str


@dataclass(frozen=True)
class Incoming:
    """A message of somebody."""

    meta_id: str
    sender: str
    name: str  # of the sender's profile
    at: dt.datetime
    kind: MessageKind
    content: str
    metadata: Json = field(default_factory=dict)
    media: Media | None = None


@dataclass(frozen=True)
class StatusNews:
    """What became of a message that was sent. `row_id`: its own here, when it was sent with that."""

    meta_id: str
    at: dt.datetime
    status: str
    error: str = ""
    error_code: str = ""
    row_id: str = ""


@dataclass(frozen=True)
class Edit:
    """Its sender has changed a message."""

    meta_id: str  # of the message that was changed
    at: dt.datetime
    content: str


@dataclass(frozen=True)
class Deletion:
    """A message was deleted for all."""

    meta_id: str
    at: dt.datetime


News = StatusNews | Edit | Deletion
NEWS: dict[str, type[News]] = {"status": StatusNews, "edit": Edit, "deletion": Deletion}


def as_json(news: News) -> Json:
    """To be kept until its message is here."""
    name = next(name for name, kind in NEWS.items() if isinstance(news, kind))
    return {"kind": name, **vars(news), "at": times.iso(news.at)}


def from_json(kept: Json) -> News:
    fields = dict(kept)
    return NEWS[fields.pop("kind")](**fields | {"at": dt.datetime.fromisoformat(fields["at"])})


def number_id_of(value: Any) -> str:
    """The id of the number that the change is about, '' without one."""
    return text_of(object_of(object_of(value).get("metadata")).get("phone_number_id"))


def error_codes_of(value: Any) -> list[str]:
    """Of what WhatsApp says went wrong with the number itself."""
    return [error_of(each)[0] for each in objects_of(object_of(value).get("errors"))]


def messages_of(value: Any) -> list[Json]:
    return objects_of(object_of(value).get("messages"))


def statuses_of(value: Any) -> list[Json]:
    return objects_of(object_of(value).get("statuses"))


def names_of(value: Any) -> dict[str, str]:
    """The names of the profiles, by number and by id."""
    return dict(profiles_of(object_of(value).get("contacts")))


def profiles_of(contacts: Any) -> Iterator[tuple[str, str]]:
    for contact in objects_of(contacts):
        name = one_line(text_of(object_of(contact.get("profile")).get("name")))[:NAME_MAX_CHARACTERS]
        for who in map(numbers.normal, (contact.get("wa_id"), contact.get("user_id"))):
            if who and is_visible(name):
                yield who, name


def read_message(message: Json, names: dict[str, str], arrived: dt.datetime) -> Incoming | Edit | Deletion:
    """A message, or what an entry among the messages says of another one."""
    name = text_of(message.get("type"))
    at, note = moment_of(message.get("timestamp"), arrived)
    inside = object_of(message.get(name))
    if name == "revoke":
        return Deletion(original_id(inside), at)
    if name == "edit":
        return Edit(original_id(inside), at, edited_content(inside))
    return incoming(name, message, names, at, note)


def incoming(name: str, message: Json, names: dict[str, str], at: dt.datetime, note: str) -> Incoming:
    sender = sender_of(message)
    meta_id = identifier(message.get("id"))
    if not (sender and meta_id):
        raise Unusable("A message without an id or a sender.")
    kind = kind_of(name)
    content, cut_note = cut(content_of(name, message))
    notes = [each for each in (note, cut_note) if each]
    metadata = {**rest_of(name, message), **({NOTES: notes} if notes else {})}
    media = media_of(object_of(message.get(name))) if kind in MEDIA_KINDS else None
    return Incoming(meta_id, sender, names.get(sender, ""), at, kind, content, storable(metadata), media)


def sender_of(message: Json) -> str:
    found = (numbers.normal(message.get(each)) for each in ("from", "from_user_id", "user_id"))
    return next(filter(None, found), "")


def original_id(inside: Json) -> str:
    if meta_id := identifier(inside.get("original_message_id")):
        return meta_id
    raise Unusable("A change of a message that is not named.")


def edited_content(edit: Json) -> str:
    message = object_of(edit.get("message"))
    return cut(content_of(text_of(message.get("type")), message))[0]


def rest_of(name: str, message: Json) -> Json:
    """All that has no column. Its type too, when its kind does not tell."""
    rest = {key: value for key, value in message.items() if key not in OWN_COLUMNS}
    kind = kind_of(name)
    if isinstance(inside := rest.get(name), dict):
        columns = OF_MEDIA if kind in MEDIA_KINDS else OF_TEXT if kind == MessageKind.TEXT else frozenset()
        rest[name] = {key: value for key, value in inside.items() if key not in columns}
        if not rest[name]:
            del rest[name]
    return rest if name == kind else {"type": name, **rest}


def media_of(file: Json) -> Media | None:
    media_id = identifier(file.get("id"))
    if not media_id:
        return None
    declared = one_line(text_of(file.get("mime_type")))[:TYPE_MAX_CHARACTERS]
    file_name = one_line(text_of(file.get("filename")))[:FILE_NAME_MAX_CHARACTERS]
    return Media(media_id, declared, digest(file.get("sha256")), file_name)


def read_status(status: Json, arrived: dt.datetime) -> StatusNews | Deletion:
    meta_id, name = identifier(status.get("id")), text_of(status.get("status"))
    at, _ = moment_of(status.get("timestamp"), arrived)
    if not meta_id:
        raise Unusable("A status without an id.")
    if name == DELETED:
        return Deletion(meta_id, at)
    if name not in STATUSES:
        raise Unusable("A status that is not known.")
    code, sentence = error_of(next(iter(objects_of(status.get("errors"))), {})) if name == "failed" else ("", "")
    row_id = text_of(status.get("biz_opaque_callback_data"))
    return StatusNews(meta_id, at, STATUSES[name].value, sentence, code, row_id)


def error_of(error: Json) -> tuple[str, str]:
    """Its code, and a sentence that says what to do about it, or the most telling of its own."""
    details = text_of(object_of(error.get("error_data")).get("details"))
    said = details or text_of(error.get("message")) or text_of(error.get("title"))
    code = one_line(text_of(error.get("code")))[:CODE_MAX_CHARACTERS]
    return code, sentence_of(code, one_line(said)[:ERROR_MAX_CHARACTERS])
