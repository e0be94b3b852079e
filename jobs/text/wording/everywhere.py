"""What is the same in all languages: addresses are said shortly, and the digits of all scripts are digits."""

import re
import unicodedata
from collections.abc import Callable

PATH_CHARACTERS = 60  # of a longer path nothing is said
LINK = r"\b(?:https?://|www\.)[^\s<>\"]+"
MAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}"
ADDRESS = re.compile(f"({LINK}|{MAIL})", re.IGNORECASE)
MAY_HAVE_ADDRESS = re.compile("@|://|www", re.IGNORECASE)
LINK_PARTS = re.compile(r"(?:https?://)?(?:www\.)?([^/?#]*)(/[^?#]*)?[^?#]*(?:[?#].*)?", re.IGNORECASE)
STOPS = ".,;:!?)]}'’”»*"
OTHER_DIGITS = re.compile(r"(?![0-9])\d")


def beside_addresses(text: str, say: Callable[[str], str], *, slash: str = "/") -> str:
    """The text as `say` words it, but for links, which are said by their host and path, and mail addresses."""
    if not text.isascii():
        text = OTHER_DIGITS.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
    if not MAY_HAVE_ADDRESS.search(text):
        return say(text)
    parts = ADDRESS.split(text)
    parts[::2] = map(say, parts[::2])
    parts[1::2] = (short_link(part, slash) for part in parts[1::2])
    return "".join(parts)


def short_link(link: str, slash: str) -> str:
    """`example.com/docs` of "https://www.example.com/docs/?page=2"; a mail address as it is."""
    if "@" in link and "/" not in link:
        return link
    bare = link.rstrip(STOPS)
    found = LINK_PARTS.fullmatch(bare)
    if not found or not found[1]:
        return link
    path = (found[2] or "").strip("/")
    said = f"{found[1]}/{path}" if 0 < len(path) <= PATH_CHARACTERS else found[1]
    return said.replace("/", slash) + link[len(bare) :]


def wording(text: str) -> str:
    return beside_addresses(text, str)
