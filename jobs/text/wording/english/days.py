"""Dates, times, years and decades in English."""

import datetime as dt
import re
from functools import cache, partial

from jobs.text.wording.rules import Rule, any_of

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SHORT_MONTHS = {name[:3]: name for name in MONTHS if name != "May"} | {"Sept": "September"}
SHORT_DAYS = {"Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday"}
SHORT_DAYS |= {"Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday"}
VERBS = ("March", "May")  # in "May 5 people enter?" no month is meant
DECADES = {"0": "hundreds", "1": "tens", "2": "twenties", "3": "thirties", "4": "forties", "5": "fifties"}
DECADES |= {"6": "sixties", "7": "seventies", "8": "eighties", "9": "nineties"}
BEFORE_YEARS = "in since until till by from to of after before between and during around circa year born founded"
BEFORE_YEARS += " established copyright early mid late spring summer autumn fall winter"
BEFORE_DECADES = ("the", "early", "mid", "late", "my", "your", "his", "her", "our", "their")  # 20s alone are seconds
YEAR = r"1[1-9]\d\d|20[1-9]\d"
AFTER_YEAR = r"(?![\w%°$€£]|[.,:/]\d|-\d| ?%| (?:[a-z]+s|people|men|women|children)\b)"  # it counts: "in 1984 cases"
LENGTH = r" (?:min|hour|long|mark|video|song|track|pace)"  # "a 3:00 video" is no time of day
MONTH = any_of(MONTHS)


def ordinal(number: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ends.get(number % 10, 'th')}"


def year(digits: str) -> str:
    """1984 as nineteen eighty-four; 2007 and what is no year of ours stay."""
    return in_words(int(digits), "year") if re.fullmatch(YEAR, digits) else digits


@cache
def in_words(number: int, kind: str) -> str:
    from num2words import num2words

    return num2words(number, to=kind)


def date(found: re.Match[str], numbers: tuple[str, str, str], *, month_first: bool) -> str:
    """A year, a month and a day as people say them; as it was found when there is no such day."""
    try:
        day = dt.date(*map(int, numbers))
    except ValueError:
        return found[0]
    number, month = ordinal(day.day), MONTHS[day.month - 1]
    said = f"{month} {number}, " if month_first else f"the {number} of {month}, "
    return said + year(f"{day.year:04}")


def with_slashes(found: re.Match[str], *, month_first: bool) -> str:
    """11/22/2026 and 22/11/2026 are sure; of 1/2/2026 the language decides which is the month."""
    first, second = found[1], found[2]
    is_month_first = int(second) > 12 or (month_first and int(first) <= 12)
    month, day = (first, second) if is_month_first else (second, first)
    return date(found, (found[3], month, day), month_first=month_first)


def time(found: re.Match[str]) -> str:
    """9:05 as 9 oh 5, 9:00 as 9 o'clock, 14:00 as 14 hundred; 14:30 is read well."""
    hour, minute = int(found[1]), found[2]
    if hour > 23 or minute > "59":
        return found[0]
    if minute == "00":
        return on_the_hour(found, hour)
    return (
        f"{hour} oh {minute[1]}{found['half'] or ''}" if minute[0] == "0" else f"{hour}:{minute}{found['half'] or ''}"
    )


def on_the_hour(found: re.Match[str], hour: int) -> str:
    if found["half"]:
        return f"{hour}{found['half']}"
    if not hour:
        return found[0]
    return f"{hour} o'clock" if hour <= 12 else f"{hour} hundred"


def day_of_month(found: re.Match[str]) -> str:
    """November 22 as November 22nd; "March 5 miles" stays."""
    month, day, rest = found["month"], int(found["day"]), found["rest"] or ""
    if not 1 <= day <= 31 or (month in VERBS and found["next"] is None and not rest):
        return found[0]
    return f"{month} {ordinal(day)}" + (f", {year(rest[-4:])}" if rest else "")


def day_before_month(found: re.Match[str]) -> str:
    day = int(found["day"])
    if not 1 <= day <= 31:
        return found[0]
    return f"the {ordinal(day)} of {found['month']}" + (f" {year(found['year'])}" if found["year"] else "")


def decade(found: re.Match[str]) -> str:
    """1990s as nineteen nineties, 1800s as eighteen hundreds, 2000s as two thousands."""
    century, ten = found[1], found[2]
    return "two thousands" if century + ten == "200" else f"{in_words(int(century), 'cardinal')} {DECADES[ten]}"


def rules(*, month_first: bool) -> tuple[Rule, ...]:
    """`month_first`: as Americans say dates, and mean 1/2/2026."""
    return (
        (
            re.compile(r"(?<![\w.,/-])(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?\b"),
            r"\1 at \2",
        ),
        (
            re.compile(r"(?<![\w.,/-])(\d{4})-(\d\d)-(\d\d)(?![\w/-]|\.\d)"),
            lambda found: date(found, (found[1], found[2], found[3]), month_first=month_first),
        ),
        (
            re.compile(r"(?<![\w.,/-])(\d\d?)\.(\d\d?)\.((?:18|19|20)\d\d)(?![\w/-]|\.\d)"),
            lambda found: date(found, (found[3], found[2], found[1]), month_first=month_first),
        ),
        (
            re.compile(r"(?<![\w.,/-])(\d\d?)/(\d\d?)/(\d{4})(?![\w/-]|\.\d)"),
            partial(with_slashes, month_first=month_first),
        ),
        (
            re.compile(rf"\b({any_of(SHORT_MONTHS)})(?:\.|\b) ?(?=\d\d?(?:st|nd|rd|th)?\b(?![:.]\d))"),
            lambda found: f"{SHORT_MONTHS[found[1]]} ",
        ),
        (
            re.compile(rf"(?<=\d )({any_of(SHORT_MONTHS)})\b\.?(?= \d{{4}}|[,;)]|$)"),
            lambda found: SHORT_MONTHS[found[1]],
        ),
        (
            re.compile(
                rf"\b(?P<month>{MONTH}) (?P<day>\d\d?)(?:st|nd|rd|th)?(?![\w%°$€£/]|[.,:]\d|-\d|–\d)"
                r"(?P<rest>,? \d{4}\b(?!-))?(?P<next>(?=[,.;:!?)]|$))?"
            ),
            day_of_month,
        ),
        (
            re.compile(
                rf"(?<![\w.,:/$€£–-])(?:[Tt]he )?(?P<day>\d\d?) (?P<month>{MONTH})\b(?: (?P<year>\d{{4}})\b(?!-))?"
            ),
            day_before_month,
        ),
        (re.compile(r"(\d(?:st|nd|rd|th))\s?–\s?(?=\d{1,3}(?:st|nd|rd|th)\b)"), r"\1 to "),
        (re.compile(r"(?<![\w:.,])(\d\d?:\d\d(?: ?[ap]\.?m\b\.?)?)\s?[–-]\s?(?=\d\d?:\d\d(?![\w:]))"), r"\1 to "),
        (
            re.compile(
                rf"(?<![\w:.,/-])(\d\d?):(\d\d)(?P<half> ?[ap]\.?m\b\.?)?(?![\w:/]|[.,]\d| o.clock|{LENGTH})",
                re.IGNORECASE,
            ),
            time,
        ),
        (re.compile(r"(?<![\w.,$€£])(1[1-9]|20)(\d)0['’]?s\b"), decade),
        (
            re.compile(rf"(?<!\w)((?:{any_of(BEFORE_DECADES)})[ -]|['’‘])['’‘]?([2-9])0['’]?s\b", re.IGNORECASE),
            lambda found: found[1].strip("'’‘") + DECADES[found[2]],
        ),
    )


WEEKDAYS: tuple[Rule, ...] = (
    (
        re.compile(rf"\b({any_of(SHORT_DAYS)})\.?\s?[–-]\s?({any_of(SHORT_DAYS)})\b"),
        lambda found: f"{SHORT_DAYS[found[1]]} to {SHORT_DAYS[found[2]]}",
    ),
    (re.compile(rf"\b({any_of(set(SHORT_DAYS.values()))})\s?–\s?(?={any_of(set(SHORT_DAYS.values()))})"), r"\1 to "),
)
YEAR_RANGES: tuple[Rule, ...] = (
    (
        re.compile(r"(?<![\w.,$€£:/–-])(1[1-9]\d\d|20\d\d)\s?[–-]\s?(1[1-9]\d\d|20\d\d)(?![\w%/–-]|[.,:]\d)"),
        lambda found: f"{year(found[1])} to {year(found[2])}" if found[1] < found[2] else found[0],
    ),
)
YEARS: tuple[Rule, ...] = (
    (
        re.compile(
            rf"(?<![\w-])(?<!\d )((?:{any_of(BEFORE_YEARS.split())}|{MONTH})[ ]|©\s?|\()({YEAR}){AFTER_YEAR}",
            re.IGNORECASE,
        ),
        lambda found: found[1] + year(found[2]),
    ),
)
