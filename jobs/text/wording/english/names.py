"""Abbreviations in English; what is not here, or not where it is surely meant, is read as it is written."""

import re

from jobs.text.wording.english.numerals import ROMANS
from jobs.text.wording.rules import Rule, any_of

ANYWHERE = {
    "approx.": "approximately",
    "vs.": "versus",
    "i.e.": "that is",
    "e.g.": "for example",
    "cf.": "compare",
    "et al.": "et al",
    "dept.": "department",
    "Dept.": "Department",
    "govt.": "government",
    "Govt.": "Government",
    "Inc.": "Incorporated",
    "Ltd.": "Limited",
    "Corp.": "Corporation",
    "Bros.": "Brothers",
    "Jr.": "Junior",
    "Sr.": "Senior",
    "Blvd.": "Boulevard",
    "Ave.": "Avenue",
    "w/o": "without",
    "w/": "with",
    "and/or": "and or",
    "he/she": "he or she",
    "she/he": "she or he",
    "his/her": "his or her",
    "him/her": "him or her",
}
BEFORE_NAMES = {  # when a word in capitals follows
    "Dr.": "Doctor",
    "Prof.": "Professor",
    "Gen.": "General",
    "Col.": "Colonel",
    "Capt.": "Captain",
    "Cpt.": "Captain",
    "Maj.": "Major",
    "Lt.": "Lieutenant",
    "Sgt.": "Sergeant",
    "Cmdr.": "Commander",
    "Adm.": "Admiral",
    "Rev.": "Reverend",
    "Fr.": "Father",
    "Gov.": "Governor",
    "Sen.": "Senator",
    "Rep.": "Representative",
    "Pres.": "President",
    "Mt.": "Mount",
    "Ft.": "Fort",
    "St.": "Saint",
}
STREETS = ("St.", "Dr.", "Ft.")  # mean something else after a name
BEFORE_NUMBERS = {
    "No.": "Number",
    "no.": "number",
    "Nos.": "Numbers",
    "nos.": "numbers",
    "Fig.": "Figure",
    "fig.": "figure",
    "Figs.": "Figures",
    "Eq.": "Equation",
    "eq.": "equation",
    "Ch.": "Chapter",
    "ch.": "chapter",
    "Sec.": "Section",
    "sec.": "section",
    "Vol.": "Volume",
    "vol.": "volume",
    "Art.": "Article",
    "Ex.": "Example",
    "ex.": "example",
    "App.": "Appendix",
    "p.": "page",
    "pp.": "pages",
    "ca.": "circa",
    "c.": "circa",
    "est.": "established",
    "Est.": "Established",
    "ext.": "extension",
    "Ext.": "Extension",
    "tel.": "telephone",
    "Tel.": "Telephone",
    "max.": "maximum",
    "min.": "minimum",
    "Apt.": "Apartment",
    "Rm.": "Room",
    "Rte.": "Route",
}
NEVER_LAST = ("approx.", "govt.", "Govt.", "cf.", "i.e.", "e.g.", "vs.", *BEFORE_NAMES)
UNFINISHED = re.compile(rf"(?<![\w.])(?:(?:{any_of(BEFORE_NUMBERS)})\s+\d|(?:{any_of(NEVER_LAST)})\s+\w)\Z")


def anywhere(found: re.Match[str]) -> str:
    """A stop that ends the sentence too is said as one."""
    is_end = found.end() == len(found.string) and found[0].endswith(".")
    return ANYWHERE[found[0]] + ("." if is_end else "")


def before_name(found: re.Match[str]) -> str:
    """Saint Paul, Doctor Jones; what "Main St. Paul" means nobody knows."""
    word_before = found.string[: found.start()].rstrip().rpartition(" ")[2]
    if found[1] in STREETS and word_before[:1].isupper():
        return found[0]
    return f"{BEFORE_NAMES[found[1]]} "


RULES: tuple[Rule, ...] = (
    (re.compile(rf"(?<![\w./])(?:{any_of(ANYWHERE)})(?![\w/])"), anywhere),
    (
        re.compile(rf"(?<![\w.])({any_of(BEFORE_NAMES)}) (?=(?:[A-Z]|de |van |von )[\w.’'-])"),
        before_name,
    ),
    (re.compile(r"(?<![\w/])(?<!\d )km/h(?![\w/])"), "kilometers per hour"),
    *ROMANS,
)
NUMBERED: tuple[Rule, ...] = (
    (
        re.compile(rf"(?<![\w./])({any_of(BEFORE_NUMBERS)}) ?(?=\d{{1,9}}[a-z]?\b)"),
        lambda found: f"{BEFORE_NUMBERS[found[1]]} ",
    ),
)
