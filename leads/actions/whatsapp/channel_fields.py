"""What a channel may be made of: names, numbers, secrets, and how its assistant answers."""

import re
from typing import Any, TypedDict

from accounts.models import NAME_MAX_CHARACTERS, User
from config import sealed
from config.errors import Unprocessable
from config.ids import OBJECT_ID
from config.text import forbidden_character, one_line
from leads.models import (
    CONTEXT_MESSAGES_MAX,
    FALLBACK_MAX_CHARACTERS,
    NUMBER_ID_MAX_CHARACTERS,
    SECRET_MAX_CHARACTERS,
    Speaking,
)
from voices.models import PERSONA_MAX_CHARACTERS, Echo

NUMBER_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{NUMBER_ID_MAX_CHARACTERS}}}")  # Meta has digits, gateways beside it more
SECRET = re.compile(r"[!-~]+")  # it travels in a header
APP_SECRET = re.compile(r"[0-9a-f]{32}")  # as Meta makes them
SECRETS = {"token": "access token", "app_secret": "app secret", "verify_token": "verify token"}


class ChannelFields(TypedDict, total=False):
    name: str
    phone_number_id: str  # Meta's, in digits
    token: str
    app_secret: str
    verify_token: str
    echo: str | None  # the id of one of the person's own
    persona: str
    fallback: str
    replies: bool
    speaking: str
    context_messages: int
    takes_leads: bool


def checked(by: User, fields: ChannelFields) -> dict[str, Any]:
    """The columns to write; secrets are sealed. Unprocessable for what can't be taken, with the field."""
    checks = {
        "name": check_name,
        "phone_number_id": check_number_id,
        "persona": lambda text: check_text("persona", text, PERSONA_MAX_CHARACTERS),
        "fallback": check_fallback,
        "speaking": check_speaking,
        "context_messages": check_context,
    }
    found: dict[str, Any] = {}
    for field, value in fields.items():
        if field in SECRETS:
            found[f"sealed_{field}"] = sealed.seal(check_secret(field, value))
        elif field == "echo":
            found |= find_echo(by, value)
        else:
            found[field] = checks[field](value) if field in checks else value
    return found


def check_name(name: str) -> str:
    name = one_line(name)
    if not 1 <= len(name) <= NAME_MAX_CHARACTERS or forbidden_character(name):
        raise Unprocessable(f"Name the channel, in up to {NAME_MAX_CHARACTERS} characters.", field="name")
    return name


def check_number_id(number_id: str) -> str:
    number_id = number_id.strip()
    if not NUMBER_ID.fullmatch(number_id):
        message = "Enter the phone number id, as Meta shows it under API Setup. It is not the number itself."
        raise Unprocessable(message, field="phone_number_id")
    return number_id


def check_secret(field: str, text: str) -> str:
    text = text.strip()
    if len(text) > SECRET_MAX_CHARACTERS or not SECRET.fullmatch(text):
        message = f"Enter the {SECRETS[field]} as Meta shows it: one line of letters, digits and signs, without spaces."
        raise Unprocessable(message, field=field)
    return text


def looks_odd(app_secret: str) -> bool:
    """Whether it is none of Meta's making; somebody else's Cloud API may make others."""
    return not APP_SECRET.fullmatch(app_secret.strip())


def check_text(field: str, text: str, most: int) -> str:
    if len(text) > most:
        message = f"The {field} has {len(text):,} characters; at most {most:,} are kept."
        raise Unprocessable(message, field=field)
    if character := forbidden_character(text):
        message = f"The {field} holds a character that is not taken ({character}). Remove it."
        raise Unprocessable(message, field=field)
    return text


def check_fallback(text: str) -> str:
    text = text.strip()
    if not text:
        raise Unprocessable("Write what is answered when no language model does.", field="fallback")
    return check_text("fallback", text, FALLBACK_MAX_CHARACTERS)


def check_speaking(speaking: str) -> str:
    if speaking not in Speaking.values:
        message = f"Choose when replies are spoken: {', '.join(Speaking.values)}."
        raise Unprocessable(message, field="speaking")
    return speaking


def check_context(count: int) -> int:
    if not 1 <= count <= CONTEXT_MESSAGES_MAX:
        message = f"Choose how many messages the assistant reads, from 1 to {CONTEXT_MESSAGES_MAX}."
        raise Unprocessable(message, field="context_messages")
    return count


def find_echo(by: User, echo_id: str | None) -> dict[str, Any]:
    """The echo, and whose it is: what it speaks counts as theirs."""
    if not echo_id:
        return {"echo": None, "owner": by}
    echo = Echo.objects.owned_by(by).filter(pk=echo_id).first() if OBJECT_ID.fullmatch(echo_id) else None
    if echo is None:
        raise Unprocessable("You have no echo with this id. Choose another one.", field="echo")
    return {"echo": echo, "owner": by}
