"""What was left out of a text, told of its job."""

import unicodedata
from collections import Counter
from typing import TypedDict

UNSPOKEN_MAX_CHARACTERS = 20


class Unspoken(TypedDict):
    """A character, its name in Unicode, and how often the text has it."""

    character: str
    name: str
    count: int


def listed(unspoken: Counter[str]) -> list[Unspoken]:
    """The 20 most frequent; of as many the one that came first is first."""
    common = unspoken.most_common(UNSPOKEN_MAX_CHARACTERS)
    return [Unspoken(character=each, name=named(each), count=count) for each, count in common]


def named(character: str) -> str:
    return unicodedata.name(character, f"U+{ord(character):04X}")
