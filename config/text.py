"""Characters that no database or encoder takes, those that a name must not hide, and line ends."""

import re
import unicodedata

FORBIDDEN = re.compile(r"[\x00\ud800-\udfff]")
HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # categories that show nothing, or turn the direction of what follows
SHOWN = "LNPS"  # the first letters of the categories of which something can be seen
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # that they have in them all the same
JOINERS = "\u200c\u200d"  # hidden too, but they shape letters and emoji


def forbidden_character(text: str) -> str | None:
    """The first NUL or half of a surrogate pair, as in "U+0000"; None when the text has neither."""
    found = FORBIDDEN.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def one_line(text: str) -> str:
    """A name as it may stand in a list, a mail or a file's name: on one line, without what can't be seen in it."""
    line = " ".join(text.split())
    return "".join(letter for letter in line if letter in JOINERS or unicodedata.category(letter) not in HIDDEN).strip()


def is_visible(text: str) -> bool:
    """Whether there is something to be seen in it, and so to be clicked on."""
    return any(unicodedata.category(letter)[0] in SHOWN and letter not in BLANKS for letter in text)


def plain_lines(text: str) -> str:
    """Browsers send line ends as two characters; people, and our counts, take them for one."""
    return text.replace("\r\n", "\n")
