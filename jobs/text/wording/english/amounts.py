"""Money, measures, ranges and fractions in English."""

import re

from jobs.text.wording.english.currencies import CURRENCIES, SIGNS, Currency
from jobs.text.wording.english.units import APART_ONLY, UNITS
from jobs.text.wording.rules import Rule, any_of

NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,15})(?:\.\d{1,9})?"
SHORT_SCALES = {"k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion", "tn": "trillion"}
SCALES = ("hundred", "thousand", "million", "billion", "trillion")


FRACTIONS = {
    "1/2": "one half",
    "1/3": "one third",
    "2/3": "two thirds",
    "1/4": "one quarter",
    "3/4": "three quarters",
    "1/5": "one fifth",
    "2/5": "two fifths",
    "3/5": "three fifths",
    "4/5": "four fifths",
    "1/8": "one eighth",
    "3/8": "three eighths",
    "5/8": "five eighths",
    "7/8": "seven eighths",
}
SIGN_FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5"}
SIGN_FRACTIONS |= {"⅘": "4/5", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
COUNTED = ("page", "step", "part", "slide", "chapter", "round", "day", "item", "figure", "track", "episode")
COUNTED += ("age", "aged", "line", "verse", "week", "month", "year", "grade", "level", "row", "lesson", "question")
PERIODS = {"mo": "month", "yr": "year", "hr": "hour", "h": "hour", "min": "minute", "pp": "person"}
WHOLE_PERIODS = ("second", "minute", "hour", "day", "night", "week", "month", "quarter", "year")
WHOLE_PERIODS += ("person", "head", "user", "seat", "kg", "lb", "mile", "ton", "piece")
PERIODS |= {word: word for word in WHOLE_PERIODS}
POWERS = {"²": " squared", "³": " cubed"}
WRITTEN_UNITS = str.maketrans({"μ": "µ", "2": "²", "3": "³"})
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def money(found: re.Match[str]) -> str:
    """$3.50 as 3 dollars and 50 cents, €1.2m as 1.2 million euros, "a $5 bill" with one dollar."""
    currency, number = CURRENCIES[found["sign"]], found["number"]
    scale = found["scale"] or SHORT_SCALES.get((found["short"] or "").lower(), "")
    before = "minus " if found["minus"] else ""
    if scale:
        return f"{before}{number} {scale} {currency.one if found['hyphen'] else currency.many}"
    return before + coins(currency, number, is_kind=found["kind"] is not None)


def coins(currency: Currency, number: str, *, is_kind: bool = False) -> str:
    whole, _, rest = number.partition(".")
    if is_kind:
        return f"{number} {currency.one}"
    if len(rest) != 2 or not currency.cents:
        return f"{number} {currency.one if number == '1' else currency.many}"
    said = [f"{int(rest)} {currency.cent if rest == '01' else currency.cents}"] if rest != "00" else []
    if whole.strip("0") or not said:
        said.insert(0, f"{whole} {currency.one if whole == '1' else currency.many}")
    return " and ".join(said)


def measure(found: re.Match[str]) -> str:
    """5 km as 5 kilometers, a 5-km run with 5-kilometer."""
    number, between, unit = found["number"], found["between"], found["unit"].translate(WRITTEN_UNITS)
    if unit in APART_ONLY and between not in (" ", "\u00a0"):
        return found[0]
    one, many = UNITS[unit]
    return f"{number}{between or ' '}{one if number == '1' or between == '-' else many}"


def hyphen_range(found: re.Match[str]) -> str:
    """5-10 as 5 to 10, when it goes up and no name stands before it ("Boeing 737-800")."""
    name = found["name"] or ""
    is_name = name[:1].isupper() and name.lower().rstrip("s. ") not in COUNTED
    low, high = found["low"], found["high"]
    goes_up = float(low) < float(high) and len(low.partition(".")[2]) == len(high.partition(".")[2])
    return f"{name}{low} to {high}" if goes_up and not is_name else found[0]


def fraction(found: re.Match[str]) -> str:
    whole, word = found["whole"], FRACTIONS[SIGN_FRACTIONS.get(found["part"], found["part"])]
    return f"{whole} and {word.replace('one half', 'a half')}" if whole else word


def raised(found: re.Match[str]) -> str:
    sign = found[1]
    return POWERS.get(sign) or f" to the power of {sign.translate(RAISED).replace('-', 'minus ')}"


UNIT = any_of(sorted({*UNITS, *(unit.replace("µ", "μ") for unit in UNITS), "km2", "m2", "cm2", "m3", "cm3", "ft2"}))
SIGN, NAMES = any_of(SIGNS), CURRENCIES.keys() - set(SIGNS)
AMOUNT = rf"(?P<number>{NUMBER})(?:(?P<hyphen>-)?[ ]?(?P<scale>{any_of(SCALES)})\b|(?P<short>[kKmMbB]|mn|bn|tn)\b)?"
KIND = r"(?P<kind>(?=[ -](?:bill|note|coin|stamp)s?\b))?"
COMPARED, WITH = r"(?:(?<=\d)|(?<=\b[a-z])|(?<= squared))", r"(?=-?\d|[a-z]\b)"  # but "File > Open" is a way
RULES: tuple[Rule, ...] = (
    (re.compile(r"(?<![^\s(])~ ?(?=[$€£]?\d)"), "about "),
    (re.compile(r"(?<![^\s(\[“\"'$€£-])\.(?=\d)"), "0."),
    (
        re.compile(rf"(?:(?<=\d)|(?<=\d[kKmM]))/({any_of(PERIODS)})\b(?![/\w])"),
        lambda found: f" per {PERIODS[found[1]]}",
    ),
    (
        re.compile(rf"(?<![\w$€£])(?P<sign>{SIGN}) ?({NUMBER})[kKmM]?\s?[–-]\s?(?=(?:{SIGN}) ?\d)"),
        lambda found: f"{found[0].rstrip(' –-')} to ",
    ),
    (re.compile(rf"(?<![\w$€£])({SIGN}) ?({NUMBER})\s?[–-]\s?(?=\d)"), r"\2 to \1"),
    (re.compile(rf"(?P<minus>(?<!\w)[-−])?(?<![\w$€£])(?P<sign>{SIGN}) ?{AMOUNT}(?![\w]|[.,]\d){KIND}"), money),
    (
        re.compile(
            rf"(?<![\w.,])(?P<minus>[-−])?{AMOUNT} ?(?P<sign>[€£₽₺₪₴]|(?<= )(?:{any_of(NAMES)})\b)"
            rf"(?!\w){KIND}"
        ),
        money,
    ),
    (re.compile(rf"(?<![\w.,/–-])({NUMBER})\s?–\s?(?={NUMBER}(?![\w–/-]*[–/-]))"), r"\1 to "),
    (
        re.compile(
            r"(?P<name>\b[^\W\d_]+\.? )?(?<![\w.,/–-])(?P<low>\d{1,3}(?:\.\d{1,2})?)-(?P<high>\d{1,3}(?:\.\d{1,2})?)"
            rf"(?![–/-]|[.,:]\d)(?=(?:{UNIT}|%)?(?:[\s.,;:!?)]|$))"
        ),
        hyphen_range,
    ),
    (
        re.compile(
            rf"(?<![\w.,/])(?P<number>{NUMBER})(?P<between>[ \u00a0-]?)(?P<unit>{UNIT})(?![\w²³⁰-⁹/°])(?:\.(?= [a-z]))?"
        ),
        measure,
    ),
    (re.compile(rf"\b((?:{any_of(COUNTED)}) \d{{1,4}})/(\d{{1,4}})\b(?![/.,]\d)", re.IGNORECASE), r"\1 of \2"),
    (
        re.compile(
            rf"(?<![\w.,/$€£\[])(?:(?P<whole>\d{{1,3}})(?:[ -]|(?=[½-¾⅐-⅞])))?"
            rf"(?P<part>{any_of(FRACTIONS)}|[{''.join(SIGN_FRACTIONS)}])(?![\w/]|[.,]\d)"
        ),
        fraction,
    ),
    (re.compile(r"(?<=\d) \* (?=\d)"), " times "),
    (re.compile(r"(?:(?<=\b[A-Za-z])|(?<=(?<!\d\d)\d)|(?<=\)))([²³]|⁻?[⁰¹⁴-⁹²³]{1,3})(?!\w)"), raised),
    (re.compile(rf"{COMPARED} < {WITH}"), " is less than "),
    (re.compile(rf"{COMPARED} > {WITH}"), " is greater than "),
)
