"""What a lead may be made of: everything that can be said without asking the database."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypedDict

from accounts.actions import users
from accounts.models import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS, normalise_email
from config.errors import Unprocessable
from config.text import one_line, plain_lines
from leads.incoming import check_object, check_session_id, check_text, check_time
from leads.models import (
    BAR,
    FIELD_MAX_CHARACTERS,
    INTEREST_MAX_CHARACTERS,
    MESSAGE_MAX_CHARACTERS,
    TAG_MAX_CHARACTERS,
    TAGS_MAX,
    LeadStatus,
)

LINES = {
    "name": NAME_MAX_CHARACTERS,
    "company": FIELD_MAX_CHARACTERS,
    "interest": INTEREST_MAX_CHARACTERS,
    "phone": FIELD_MAX_CHARACTERS,
    "job_title": FIELD_MAX_CHARACTERS,
    "budget": FIELD_MAX_CHARACTERS,
    "timeline": FIELD_MAX_CHARACTERS,
    "source": FIELD_MAX_CHARACTERS,
}
REQUIRED = ("name", "email", "company", "interest")
TELLING = ("name", "email", "company", "phone")  # who it is: leads/likeness.py


class LeadFields(TypedDict, total=False):
    name: str
    email: str
    company: str
    interest: str
    phone: str
    job_title: str
    budget: str
    timeline: str
    message: str
    status: str
    source: str
    session_id: str
    timestamp: dt.datetime  # when it came up
    tags: list[str]
    metadata: dict[str, Any]


def checked(fields: LeadFields) -> dict[str, Any]:
    """The fields as plain JSON. Unprocessable for what a row doesn't take, with the field."""
    return {field: check(field, value) for field, value in fields.items()}


def check(field: str, value: Any) -> Any:
    if field in LINES:
        return check_line(field, value)
    return CHECKS[field](value)


def check_line(field: str, text: str) -> str:
    line = one_line(check_text(text.strip(), field, most=LINES[field]))
    if not line and field in REQUIRED:
        raise Unprocessable(f"Say the lead's {field}.", field=field)
    return line


def check_email(text: str) -> str:
    email = normalise_email(text)
    if len(email) > EMAIL_MAX_CHARACTERS:
        raise Unprocessable(f"An e-mail has at most {EMAIL_MAX_CHARACTERS} characters.", field="email")
    users.check_email(email)
    return email


def check_message(text: str) -> str:
    return check_text(plain_lines(text).strip(), "message", most=MESSAGE_MAX_CHARACTERS)


def check_status(status: str) -> str:
    if status not in LeadStatus.values:
        raise Unprocessable(f"There is no such status. Choose one of: {', '.join(LeadStatus.values)}.", field="status")
    return LeadStatus(status).value


def check_tags(tags: Iterable[str], *, field: str = "tags", whose: str = "A lead") -> list[str]:
    """Each tag once, in lower case: so they are found alike on both databases."""
    kept = list(dict.fromkeys(one_line(tag).lower() for tag in tags))
    if not all(1 <= len(tag) <= TAG_MAX_CHARACTERS and not {",", BAR} & {*tag} for tag in kept):
        word = field.removesuffix("s")
        message = f"A {word} has 1 to {TAG_MAX_CHARACTERS} characters, no comma and no {BAR}."
        raise Unprocessable(message, field=field)
    if len(kept) > TAGS_MAX:
        raise Unprocessable(f"{whose} has at most {TAGS_MAX} {field}.", field=field)
    return kept


CHECKS = {
    "email": check_email,
    "message": check_message,
    "status": check_status,
    "session_id": lambda session_id: check_session_id(session_id) if session_id else "",
    "timestamp": lambda moment: check_time(moment, "timestamp"),
    "tags": check_tags,
    "metadata": lambda metadata: check_object(metadata, "metadata"),
}


def compared_again(changes: Iterable[str]) -> dict[str, int]:
    """The column that has a lead compared with the others again, when one of these changes tells who it is."""
    return {"compared": 0} if set(TELLING) & set(changes) else {}


def tag_line(tags: Iterable[str]) -> str:
    """The tags as the row keeps them; none make an empty one."""
    line = BAR.join(tags)
    return f"{BAR}{line}{BAR}" if line else ""
