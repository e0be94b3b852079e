"""Characters as engines know them: composed, in their plain form, without emoji and without what has no sound."""

import re
import unicodedata
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

WORD = re.compile(r"\S{1,200}")
SILENT = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\ufff9-\ufffb\ufe00-\ufe0f\u20e3\ud800-\udfff\U000e0000-\U000e01ef]"
)
JOINER = re.compile(r"(?<![\u0600-\u1cff\ua800-\uabff])[\u200c\u200d]")  # scripts from Arabic to Meetei need them
KEPT_SYMBOLS = "©®™‼⁉ℹ↔♭♮♯"  # said, or read, by their names
PLAIN_FORMS = (
    (0xFF10, 0xFF19),  # full-width digits; full-width punctuation stays: Chinese and Japanese write it
    (0xFF21, 0xFF3A),
    (0xFF41, 0xFF5A),
    (0xFF66, 0xFF9F),  # half-width katakana
    (0xFB00, 0xFB17),  # ligatures
    (0xFB50, 0xFDF9),  # Arabic letters in the form for their place in a word
    (0xFE70, 0xFEFC),
    (0x1D400, 0x1D7FF),  # letters and digits of mathematics: bold, script, double-struck
    (0x2102, 0x2115),
    (0x2119, 0x211D),
    (0x2124, 0x2125),
    (0x2128, 0x212D),
    (0x212F, 0x2138),
    (0x2160, 0x217F),  # Roman numerals in one character
    (0x2F00, 0x2FD5),  # radicals of Chinese, as PDFs have them
    (0x203C, 0x203C),
    (0x2047, 0x2049),
)
NUMBERED = ((0x2460, 0x2473), (0x2474, 0x249B))  # ① (1) 1. in one character


@cache
def plain_forms() -> dict[int, str]:
    """What is written instead of a character that means the same."""
    codes = chain.from_iterable(range(first, last + 1) for first, last in PLAIN_FORMS)
    forms = {code: unicodedata.normalize("NFKC", chr(code)) for code in codes}
    for first, last in NUMBERED:
        forms |= {code: f" {unicodedata.numeric(chr(code)):.0f} " for code in range(first, last + 1)}
    return forms


@cache
def ornaments() -> "Pattern[str]":
    """Emoji, and the marks, shapes and dingbats that engines read out by number; with the spaces around them."""
    import regex

    kinds = r"\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u25a0-\u27bf"
    sign = rf"[[{kinds}]--[{KEPT_SYMBOLS}]]\u200d?\s{{0,3}}"
    return regex.compile(rf"\s{{0,3}}(?:{sign})++(?P<stop>(?=[.,;:!?…)\]]))?", regex.V1)


def tidied(line: str) -> str:
    """A line without what is not spoken; letters, digits and punctuation stay, in the form that engines know."""
    if line.isascii():
        return line if line.isprintable() else SILENT.sub("", line)
    line = SILENT.sub("", composed(line).translate(plain_forms()))
    line = ornaments().sub(lambda found: "" if found["stop"] is not None else " ", line)
    return composed(JOINER.sub("", line))


def composed(text: str) -> str:
    """NFC, word by word: over a long run of accents its time grows with the square of their number."""
    if unicodedata.is_normalized("NFC", text):
        return text
    return WORD.sub(lambda word: unicodedata.normalize("NFC", word[0]), text)
