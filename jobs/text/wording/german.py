"""German."""

import re
from functools import cache

from jobs.text.wording.language import Language
from jobs.text.wording.rules import any_of

MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November")
MONTHS += ("Dezember",)
WITH_N = frozenset(("am", "vom", "zum", "dem", "den", "bis", "ab", "seit", "beim"))  # "am zweiten Mai"
BEFORE_YEARS = ("Jahr", "Jahre", "Jahren", "Jahres", "seit", "anno", "Anno", "Sommer", "Winter", "Herbst", "Frühjahr")
ABBREVIATIONS = {
    "z. B.": "zum Beispiel",
    "z.B.": "zum Beispiel",
    "d. h.": "das heißt",
    "d.h.": "das heißt",
    "u. a.": "unter anderem",
    "u.a.": "unter anderem",
    "usw.": "und so weiter",
    "bzw.": "beziehungsweise",
    "ca.": "circa",
    "evtl.": "eventuell",
    "ggf.": "gegebenenfalls",
    "inkl.": "inklusive",
    "vgl.": "vergleiche",
    "Nr.": "Nummer",
    "Dr.": "Doktor",
    "Prof.": "Professor",
    "St.": "Sankt",
    "Std.": "Stunden",
    "Mio.": "Millionen",
    "Mrd.": "Milliarden",
}
UNITS = {
    "km/h": ("ein Kilometer pro Stunde", "Kilometer pro Stunde"),
    "km": ("ein Kilometer", "Kilometer"),
    "cm": ("ein Zentimeter", "Zentimeter"),
    "mm": ("ein Millimeter", "Millimeter"),
    "kg": ("ein Kilogramm", "Kilogramm"),
    "mg": ("ein Milligramm", "Milligramm"),
    "ml": ("ein Milliliter", "Milliliter"),
    "m²": ("ein Quadratmeter", "Quadratmeter"),
    "m³": ("ein Kubikmeter", "Kubikmeter"),
    "kW": ("ein Kilowatt", "Kilowatt"),
    "kWh": ("eine Kilowattstunde", "Kilowattstunden"),
    "GHz": ("ein Gigahertz", "Gigahertz"),
    "MHz": ("ein Megahertz", "Megahertz"),
    "MB": ("ein Megabyte", "Megabyte"),
    "GB": ("ein Gigabyte", "Gigabyte"),
    "°C": ("ein Grad Celsius", "Grad Celsius"),
    "Min.": ("eine Minute", "Minuten"),
    "Sek.": ("eine Sekunde", "Sekunden"),
}


@cache
def in_words(number: int, kind: str) -> str:
    from num2words import num2words

    return num2words(number, lang="de", to=kind)


def day(found: re.Match[str]) -> str:
    """ "am 22. November" with zweiundzwanzigsten, "der 22. November" with zweiundzwanzigste, else ...zwanzigster."""
    before = found["before"] or ""
    if not 1 <= int(found["day"]) <= 31:
        return found[0]
    word = before.strip().lower()
    ending = "n" if word in WITH_N else "" if word == "der" else "r"
    return f"{before}{in_words(int(found['day']), 'ordinal')}{ending} {found['month']}"


def year(found: re.Match[str]) -> str:
    """1984 as neunzehnhundertvierundachtzig; 2026 is read well."""
    return f"{found[1]} {in_words(int(found[2]), 'year')}"


LANGUAGE = Language(
    "de",
    MONTHS,
    date="{day}. {month} {year}",
    to="bis",
    one="ein",
    units=UNITS,
    abbreviations=ABBREVIATIONS,
    last=(
        (re.compile(rf"(?P<before>\b[^\W\d_]+ )?(?<![\w.,])(?P<day>\d\d?)\. (?P<month>{any_of(MONTHS)})\b"), day),
        (re.compile(rf"\b({any_of((*BEFORE_YEARS, *MONTHS))}) (1[1-9]\d\d)(?![\w%]|[.,:/–-]\d)"), year),
    ),
)
