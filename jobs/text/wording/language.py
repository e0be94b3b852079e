"""What every language but English needs of one to be worded: a table, of which any part may be empty."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from jobs.text.wording.everywhere import beside_addresses
from jobs.text.wording.rules import Rule, any_of, apply

CODES = {"€": "EUR", "$": "USD", "£": "GBP", "EUR": "EUR", "USD": "USD", "GBP": "GBP"}
AMOUNT = r"(?P<whole>\d{1,3}(?:[.\s\u202f]\d{3}){1,3}|\d{1,9})(?:,(?P<cents>\d\d))?"
SIGN = any_of(CODES)
NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"


class Language(NamedTuple):
    """`code` is that of num2words, which knows what money is called. `units` and `abbreviations` have what is written
    and what is said, units with their article and of many; `to` is said between the ends of a range.
    """

    code: str
    months: tuple[str, ...] = ()
    date: str = "{day} {month} {year}"
    to: str = ""
    one: str = ""  # euro or dollar, where the figure is read as when counting ("eins")
    units: Mapping[str, tuple[str, str]] = {}
    abbreviations: Mapping[str, str] = {}
    first: tuple[Rule, ...] = ()  # what is looked for before all other
    last: tuple[Rule, ...] = ()


def wording(language: Language) -> Callable[[str], str]:
    rules = (*language.first, *abbreviations(language), *dates(language), *money(language), *ranges(language))
    rules = (*rules, *units(language), *language.last)
    return lambda text: beside_addresses(text, lambda part: apply(rules, part))


def abbreviations(language: Language) -> tuple[Rule, ...]:
    said = language.abbreviations
    if not said:
        return ()
    return ((re.compile(rf"(?<![\w.])(?:{any_of(said)})(?!\w)"), lambda found: said[found[0]] + stop(found)),)


def stop(found: re.Match[str]) -> str:
    """The stop of an abbreviation at the end ends its sentence too."""
    return "." if found.end() == len(found.string) and found[0].endswith(".") else ""


def dates(language: Language) -> tuple[Rule, ...]:
    """22.11.2026, 22/11/2026 and 2026-11-22, when there is such a day."""
    if not language.months:
        return ()

    def say(found: re.Match[str], day: str, month: str, year: str) -> str:
        try:
            date = dt.date(int(year), int(month), int(day))
        except ValueError:
            return found[0]
        return language.date.format(day=date.day, month=language.months[date.month - 1], year=year)

    return (
        (
            re.compile(r"(?<![\w.,/-])(\d\d?)([./])(\d\d?)\2(\d{4})(?![\w/-]|\.\d)"),
            lambda found: say(found, found[1], found[3], found[4]),
        ),
        (
            re.compile(r"(?<![\w.,/-])(\d{4})-(\d\d)-(\d\d)(?![\w/-]|\.\d)"),
            lambda found: say(found, found[3], found[2], found[1]),
        ),
    )


def money(language: Language) -> tuple[Rule, ...]:
    """3,50 € and $5: the sign after the number, as it is said."""
    from num2words import CONVERTER_CLASSES

    converter = CONVERTER_CLASSES[language.code]

    def say(found: re.Match[str]) -> str:
        if CODES[found["sign"]] not in converter.CURRENCY_FORMS:
            return found[0]
        forms, parts = converter.CURRENCY_FORMS[CODES[found["sign"]]]
        whole, cents = int(re.sub(r"\D", "", found["whole"])), int(found["cents"] or 0)
        number = language.one if whole == 1 and language.one and CODES[found["sign"]] != "GBP" else whole
        said = f"{number} {converter.pluralize(whole, forms)}"
        return f"{said} {cents} {converter.pluralize(cents, parts)}" if cents else said

    end = r"(?![\w]|[.,]\d)"
    return (
        (re.compile(rf"(?<![\w.,-]){AMOUNT}\s?(?P<sign>{SIGN})(?!\w)"), say),
        (re.compile(rf"(?<![\w.,-])(?P<sign>[€$£])\s?{AMOUNT}{end}"), say),
    )


def ranges(language: Language) -> tuple[Rule, ...]:
    if not language.to:
        return ()
    pattern = rf"(?<![\w.,/–-])({NUMBER})\s?–\s?(?={NUMBER}(?![\w–/-]*[–/-]))"
    return ((re.compile(pattern), rf"\1 {language.to} "),)


def units(language: Language) -> tuple[Rule, ...]:
    names = language.units
    if not names:
        return ()
    pattern = rf"(?<![\w.,/])(?P<number>{NUMBER})\s?(?P<unit>{any_of(names)})(?![\w²³/])"

    def say(found: re.Match[str]) -> str:
        one, many = names[found["unit"]]
        return one if found["number"] == "1" else f"{found['number']} {many}"

    return ((re.compile(pattern), say),)
