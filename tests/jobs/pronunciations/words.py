"""Words of a dictionary."""

from typing import Any

from accounts.models import User
from jobs.actions import pronunciations
from jobs.models import Pronunciation

ADDRESS, PAGE = "/api/pronunciations", "/pronunciations"


def add(user: User, word: str = "SQL", said: str = "sequel", **fields: Any) -> Pronunciation:
    """`said` is IPA between slashes, or other words."""
    return pronunciations.add(by=user, word=word, **pronunciations.as_said(said), **fields)


def dictionary() -> dict[str, str]:
    return {entry.word: entry.said for entry in Pronunciation.objects.order_by("pk")}
