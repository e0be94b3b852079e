"""What is left of a webhook without what it says of somebody."""

import json
from collections.abc import Callable
from typing import Any

from leads.whatsapp import numbers
from leads.whatsapp.payload import sender_of
from leads.whatsapp.values import Json, objects_of

IsErased = Callable[[str], bool]  # told a number or an id, as `numbers.normal` gives them
OF_CONTACT = ("wa_id", "user_id")
OF_STATUS = ("recipient_id", "recipient_user_id")


def without(body: str, is_erased: IsErased) -> str:
    """The JSON list of values without the messages, statuses and profiles of whoever is erased; '' for nothing left.

    The same text when it says nothing of them.
    """
    try:
        values = json.loads(body)
    except ValueError:
        return body
    left = [each for value in objects_of(values) if (each := without_person(value, is_erased))]
    return body if left == values else json.dumps(left, separators=(",", ":")) if left else ""


def without_person(value: Json, is_erased: IsErased) -> Json:
    """{} when nothing else is in it."""
    tests: dict[str, Callable[[Json], bool]] = {
        "messages": lambda message: is_erased(sender_of(message)),
        "statuses": lambda status: names(status, OF_STATUS, is_erased),
        "contacts": lambda contact: names(contact, OF_CONTACT, is_erased),
    }
    lists = {name: kept(value[name], test) for name, test in tests.items() if isinstance(value.get(name), list)}
    if all(lists[name] == value[name] for name in lists):
        return value
    rest = value | {name: entries for name, entries in lists.items() if entries}
    for name in [name for name, entries in lists.items() if not entries]:
        del rest[name]
    return rest if any(name in rest for name in ("messages", "statuses", "errors")) else {}


def kept(entries: list[Any], is_gone: Callable[[Json], bool]) -> list[Any]:
    return [entry for entry in entries if not (isinstance(entry, dict) and is_gone(entry))]


def names(entry: Json, columns: tuple[str, ...], is_erased: IsErased) -> bool:
    """Whether one of the columns names somebody who is erased."""
    return any(is_erased(number) for column in columns if (number := numbers.normal(entry.get(column))))
