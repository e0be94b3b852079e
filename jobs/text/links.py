"""Where links of a text go is written at its end at times: `[name]: https://...`. That is not spoken."""

import re
from typing import Any

LABEL_CHARACTERS = 200
DEFINITION = re.compile(
    rf"^ {{0,3}}\[([^\[\]\n]{{1,{LABEL_CHARACTERS}}})\]:[ \t]{{0,9}}<?(?:[a-z]{{1,20}}://|mailto:|[#./])[^\s]{{0,2000}}"
    r"(?:[ \t]{1,9}(?:\"[^\"\n]{0,500}\"|'[^'\n]{0,500}'|\([^()\n]{0,500}\)))?[ \t]{0,9}$",
    re.IGNORECASE | re.MULTILINE,
)


def is_definition(line: str) -> bool:
    return "]:" in line and DEFINITION.fullmatch(line) is not None


def named_links(text: str) -> dict[str, Any]:
    """The names of links, as markdown-it wants to be told of them."""
    if "]:" not in text:
        return {}
    from markdown_it.common.utils import normalizeReference

    names = map(normalizeReference, DEFINITION.findall(text))
    return {name: {"href": "#", "title": ""} for name in names}
