"""Telephone numbers, versions, addresses of machines and Roman numerals in English."""

import re

from jobs.text.wording.english.days import ordinal
from jobs.text.wording.rules import Rule, any_of

PHONE_DIGITS = 8  # with the country's
DIALLED = ("call", "phone", "telephone", "tel", "tel.", "dial", "fax", "mobile", "ring", "text")
RULERS = (
    "Albert|Alexander|Benedict|Carl|Catherine|Charles|Christian|Clement|Constantine|Darius|Edward|"
    "Elizabeth|Felipe|Ferdinand|Francis|Frederick|Friedrich|George|Gregory|Gustav|Haakon|Harald|Henry|"
    "Innocent|Ivan|James|John|Juan|Leo|Leopold|Louis|Margrethe|Mary|Napoleon|Nicholas|Olav|Otto|Paul|"
    "Pedro|Peter|Philip|Pius|Ptolemy|Ramesses|Ramses|Richard|Rudolf|Theodosius|Umberto|Urban|Victoria|"
    "Wilhelm|William|Xerxes"
)
NUMBERED_BY_ROMANS = (
    "Act|Appendix|Article|Book|Bowl|Canto|Chapter|Class|Division|Figure|Level|Part|Phase|Scene|Section|"
    "Stage|Table|Tier|Title|Type|Volume|War"
)
LONG_ROMAN = r"(?=[IVXL]{2})(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
STOP = r"[.,;:!?)\]–—]|$"  # "Part I." has a number, "the part I like" has none
AFTER_ONE = r" (?:of|and|to|errors?|diabetes|trials?|stud(?:y|ies))\b"
ALONE = r"(?!\w|[-/’'.]\w)"
VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}


def roman(numeral: str) -> int:
    values = [VALUES[letter] for letter in numeral]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def digits(text: str) -> str:
    """A telephone number digit by digit, with a rest between its groups."""
    groups = re.findall(r"\d+", text)
    said = ", ".join(" ".join(group) for group in groups)
    return f"plus {said}" if text.startswith("+") else said


def abroad(found: re.Match[str]) -> str:
    """With its country; +123 and +0200 are none."""
    return digits(found[0]) if len(re.findall(r"\d", found[0])) >= PHONE_DIGITS else found[0]


def dotted(found: re.Match[str]) -> str:
    """3.11.7 as 3 point 11 point 7, 192.168.0.1 with dots; 1.234.567 may be a number."""
    parts = found["parts"].split(".")
    version = "version " if found["v"] else ""
    if not version and (len(parts) == 2 or len(parts[-1]) == 4 or all(len(part) == 3 for part in parts[1:])):
        return found[0]
    return version + (" dot " if len(parts) == 4 else " point ").join(parts)


TELEPHONES: tuple[Rule, ...] = (
    (re.compile(r"(?<![\w.,])\+[1-9](?:[ /-]?\(?\d{1,5}\)?){2,7}(?!\w|[.,]\d)"), abroad),
    (re.compile(r"(?<![\w.,-])\(\d{3}\) ?\d{3}[ -]\d{4}(?![\w-])"), lambda found: digits(found[0])),
    (re.compile(r"(?<![\w.,-])(?:1-)?\d{3}-\d{3}-\d{4}(?![\w-])"), lambda found: digits(found[0])),
    (
        re.compile(
            rf"(?<!\w)((?:{any_of(DIALLED)})(?:(?: us| me)?(?: at| on)|:)? )(\d{{3,4}}[ -]\d{{3,4}})(?![\w-])",
            re.IGNORECASE,
        ),
        lambda found: found[1] + digits(found[2]),
    ),
)
RULES: tuple[Rule, ...] = (
    (
        re.compile(r"(?<![\w.,/-])(?P<v>v\.? ?|[Vv]ersion )?(?P<parts>\d{1,5}(?:\.\d{1,5}){1,4})(?![\w%]|[.,/-]\d)"),
        dotted,
    ),
    (re.compile(r"(?<![\w&/])#(?=\d)"), "number "),
    (re.compile(r"№ ?(?=\d)"), "number "),
    (re.compile(r"(?<![\w.,/])24/7(?![\w/])"), "24 7"),
    (re.compile(r"(?<![\w.,/])9/11(?![\w/])"), "9 11"),
)
ROMANS: tuple[Rule, ...] = (
    (
        re.compile(rf"\b({RULERS}) ({LONG_ROMAN}{ALONE}|V{ALONE}(?!\.\s)|I(?=['’]s\b| of\b|{STOP}))"),
        lambda found: f"{found[1]} the {ordinal(roman(found[2]))}",
    ),
    (
        re.compile(rf"\b({NUMBERED_BY_ROMANS}) ({LONG_ROMAN}{ALONE}|[VX]{ALONE}(?!\.\s)|I(?={STOP}|{AFTER_ONE}))"),
        lambda found: f"{found[1]} {roman(found[2])}",
    ),
    (re.compile(r"\bWorld War I\b"), "World War 1"),
    (
        re.compile(rf"\b((?:{NUMBERED_BY_ROMANS})s? \d{{1,2}}(?: and | or | to |, ))({LONG_ROMAN}|V){ALONE}"),
        lambda found: f"{found[1]}{roman(found[2])}",
    ),
)
