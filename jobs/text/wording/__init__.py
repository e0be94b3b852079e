"""How numbers, dates, units and abbreviations are said where an engine doesn't say them as people do.

A form that is not recognised surely stays as it is. `spoken` sentences are worded, `shown` ones never. English has
modules of its own; of another language a table says what is different (`Language`), and its row here names it.
"""

import re
from collections.abc import Callable
from functools import cache

from django.utils.module_loading import import_string

from jobs.text.languages import main_code
from jobs.text.wording import everywhere

LANGUAGES = {
    "de": "jobs.text.wording.german.LANGUAGE",
    "es": "jobs.text.wording.romance.SPANISH",
    "fr": "jobs.text.wording.romance.FRENCH",
    "it": "jobs.text.wording.romance.ITALIAN",
    "nl": "jobs.text.wording.dutch.LANGUAGE",
    "pt": "jobs.text.wording.romance.PORTUGUESE",
}
MONEY_ONLY = ("fi", "pl", "ru", "uk")


@cache
def of(language: str) -> Callable[[str], str]:
    """The wording for a code such as "en_US"; what has none gets what is the same in all languages."""
    code = main_code(language)
    if code == "en":
        from jobs.text.wording import english

        return english.wording(language)
    if code not in LANGUAGES and code not in MONEY_ONLY:
        return everywhere.wording
    from jobs.text.wording.language import Language, wording

    return wording(import_string(LANGUAGES[code]) if code in LANGUAGES else Language(code))


def unfinished(language: str) -> re.Pattern[str] | None:
    """What shows that a sentence goes on, of its last words and the first character after them."""
    if main_code(language) == "en":
        from jobs.text.wording.english import names

        return names.UNFINISHED
    return None
