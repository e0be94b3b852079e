"""Which letters a voice can read: those of the scripts that its language is written in.

Of letters that it doesn't know espeak says the names ("Chinese letter", "Hebrew shin"), one after the other.
"""

from functools import cache
from typing import TYPE_CHECKING

from jobs.text.languages import main_code

if TYPE_CHECKING:
    from regex import Pattern

LANGUAGES = {  # by the scripts that they are written in; Latin is read by all of them
    "": "af an az bs ca cs cy da de en eo es et eu fi fo fr ga gd gl gn haw hr ht hu ia id io is it ku la lb lfn lt lv "
    "mi ms mt nb nci nl nn no nog om pap pl pt qu quc ro sk sl smj sq sv sw tk tn tr uz vi",
    "Arabic": "ar fa ps sd ug ur",
    "Armenian": "hy",
    "Bengali": "as bn bpy",
    "Cyrillic": "ba be bg cu cv kk ky mk mn ru sr tt uk",
    "Devanagari": "hi kok mr ne sa",
    "Ethiopic": "am ti",
    "Georgian": "ka",
    "Greek": "el grc",
    "Gujarati": "gu",
    "Gurmukhi": "pa",
    "Han Bopomofo": "cmn hak yue zh",
    "Han Hiragana Katakana": "ja",
    "Hangul Han": "ko",
    "Hebrew": "he",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Myanmar": "my",
    "Oriya": "or",
    "Sinhala": "si",
    "Tamil": "ta",
    "Telugu": "te",
    "Thai": "th",
}
SCRIPTS = {language: scripts for scripts, languages in LANGUAGES.items() for language in languages.split()}
MARKS = {"Han": "\u3005\u3007\u303b\u30fc", "Arabic": "\u0640"}  # letters that Unicode counts to no script alone
GREEK_WORD = r"\p{Greek}{3,}"  # one letter, or two, is a sign that every voice has a name for


def unreadable(language: str) -> "Pattern[str] | None":
    """What a voice of this language can't read, `language` being a code such as "en_US"; None: nobody knows."""
    scripts = SCRIPTS.get(main_code(language))
    return None if scripts is None else letters_beside(scripts)


@cache
def letters_beside(scripts: str) -> "Pattern[str]":
    import regex

    known = "".join(rf"\p{{{script}}}" for script in (*scripts.split(), "Latin", "Greek", "Common", "Inherited"))
    others = rf"[[\p{{L}}\p{{M}}\p{{Nl}}]--[{known}]]"
    marks = "".join(marks for script, marks in MARKS.items() if script not in scripts)
    greek = "" if "Greek" in scripts else f"|{GREEK_WORD}"
    return regex.compile(rf"[{others}{marks}\p{{Co}}\p{{Cn}}]+{greek}", regex.V1)
