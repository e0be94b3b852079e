"""English: the wordings in the order in which they are looked for; most have a table that is easily made longer."""

import re
from collections.abc import Callable
from functools import cache

from jobs.text.wording.english import amounts, days, names, numerals
from jobs.text.wording.everywhere import beside_addresses
from jobs.text.wording.rules import Rule, apply

NAME = re.compile(r"[./–IVX]")
DIGIT = re.compile(r"[0-9½-¾²³⁰-⁹]")


@cache
def wording(language: str) -> Callable[[str], str]:
    """For a code such as "en_US", whose people say the month before the day."""
    always = (*names.RULES, *days.WEEKDAYS)
    with_digits: tuple[Rule, ...] = (
        *numerals.TELEPHONES,
        *days.rules(month_first=language.lower() in ("en", "en_us", "en-us")),
        *names.NUMBERED,
        *days.YEAR_RANGES,
        *amounts.RULES,
        *numerals.RULES,
        *days.YEARS,
    )

    def say(text: str) -> str:
        text = apply(always, text) if NAME.search(text) else text
        return apply(with_digits, text) if DIGIT.search(text) else text

    return lambda text: beside_addresses(text, say, slash=" slash ")
