"""Characters that no database or encoder takes."""

import re

FORBIDDEN = re.compile(r"[\x00\ud800-\udfff]")


def forbidden_character(text: str) -> str | None:
    """The first NUL or half of a surrogate pair, as in "U+0000"; None when the text has neither."""
    found = FORBIDDEN.search(text)
    return f"U+{ord(found[0]):04X}" if found else None
