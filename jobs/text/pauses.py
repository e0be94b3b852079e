"""Marks of silence: `[pause 500ms]`, `[pause 1.5s]`."""

import re
from collections.abc import Iterator

MAX_PAUSE_MILLISECONDS = 10_000
MARK = re.compile(
    r"\[\s{0,9}pause\s{1,9}(\d{1,9}(?:[.,]\d{1,9})?)\s{0,9}(ms|milliseconds?|s|sec|seconds?)?\s{0,9}\]",
    re.IGNORECASE,
)
START, END = "\ufdd0", "\ufdd1"  # of a mark while its text is worked on; no text has them: they are no characters
STAND_IN = re.compile(f"{START}(\\d+){END}")
NONCHARACTERS = re.compile("[\ufdd0-\ufdef]")


def with_stand_ins(text: str) -> str:
    """The text with its correct marks as something that neither Markdown nor a sentence's end cuts apart."""
    if not text.isascii():
        text = NONCHARACTERS.sub("", text)
    return MARK.sub(lambda mark: f"{START}{milliseconds(mark)}{END}", text) if "[" in text else text


def milliseconds(mark: re.Match[str]) -> int:
    """At most ten seconds; a number alone is in seconds."""
    length = float(mark[1].replace(",", "."))
    is_short = (mark[2] or "s").lower().startswith("m")
    return min(round(length if is_short else length * 1000), MAX_PAUSE_MILLISECONDS)


def parts(text: str) -> Iterator[tuple[str, int | None]]:
    """What stands between stand-ins, each with the milliseconds of the one after it; the last has None."""
    found = STAND_IN.split(text) if START in text else [text]
    yield from zip(found[::2], [*map(int, found[1::2]), None], strict=True)
