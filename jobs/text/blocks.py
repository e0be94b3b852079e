"""A text's blocks, one after the other: what stands between blank lines, and code between its fences.

Each is short enough to be worked on before the next is looked at, so the first sentence of a long text comes at once.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from jobs.text.links import is_definition
from jobs.text.pauses import END, START, with_stand_ins
from jobs.text.tidying import tidied

BLOCK_CHARACTERS = 2_000
TABLE_CHARACTERS = 8_000  # a table that is cut is none any more
LINE_CHARACTERS = 2_000
LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]*(?P<end>\r\n?|[\n\v\f\x85\u2028\u2029]|\Z)")
PARAGRAPH_ENDS = "\f\u2029"
FENCE = re.compile(r"[ \t]*(`{3,}(?!.*`)|~{3,})")
SENTENCE_END = re.compile(r".*[.!?]\s", re.DOTALL)


class Kind(Enum):
    WHOLE = "whole"
    REST = "rest"  # of a long line, in whose midst no mark of a list or heading can stand
    CODE = "code"


class Block(NamedTuple):
    """`joint`: what stands between it and the one before, which was cut for its length; None: it begins a paragraph."""

    text: str
    kind: Kind
    joint: str | None


def blocks(text: str) -> Iterator[Block]:
    """What a text is made of, in order and no sooner than it is asked for."""
    lines: list[str] = []
    fence, joint, size = "", None, 0
    for line, kind in tidy_lines(text):
        opened = is_fence(line, fence) if kind is Kind.WHOLE else ""
        is_end = bool(opened) or not line.strip()
        if lines and (is_end or kind is Kind.REST or size > limit(line)):
            yield Block("\n".join(lines), Kind.CODE if fence else Kind.WHOLE, joint)
            joint = " " if kind is Kind.WHOLE or lines[-1][-1].isspace() else ""
            lines, size = [], 0
        if is_end:
            joint = None
            fence = ("" if fence else opened) if opened else fence
        elif kind is Kind.REST:
            yield Block(line, Kind.CODE if fence else kind, joint)
            joint = " " if line[-1].isspace() else ""
        else:
            lines.append(line)
            size += len(line)
    if lines:
        yield Block("\n".join(lines), Kind.CODE if fence else Kind.WHOLE, joint)


def limit(line: str) -> int:
    return TABLE_CHARACTERS if line.startswith("|") else BLOCK_CHARACTERS


def is_fence(line: str, fence: str) -> str:
    """The fence that this line opens, or that closes the open one; else nothing."""
    found = FENCE.match(line)
    if not found:
        return ""
    is_end = found[1].startswith(fence) and not line[found.end() :].strip()
    return found[1] if is_end or not fence else ""


def tidy_lines(text: str) -> Iterator[tuple[str, Kind]]:
    for found in LINE.finditer(text):
        line = found[0].removesuffix(found["end"])
        if is_definition(line):
            continue
        first, *rest = line_parts(with_stand_ins(line))
        yield tidied(first), Kind.WHOLE
        for part in rest:
            yield tidied(part), Kind.REST
        if found["end"] and found["end"] in PARAGRAPH_ENDS:
            yield "", Kind.WHOLE


def line_parts(line: str) -> list[str]:
    """A long line cut where a sentence seems to end, else between words, else anywhere."""
    parts = []
    start = 0
    while len(line) - start > LINE_CHARACTERS:
        end = part_end(line[start : start + LINE_CHARACTERS]) + start
        parts.append(line[start:end])
        start = end
    return [*parts, line[start:]]


def part_end(window: str) -> int:
    """Never within the stand-in of a pause."""
    found = SENTENCE_END.match(window)
    end = found.end() if found else window.rfind(" ") + 1 or len(window)
    mark = window.rfind(START, 0, end)
    return mark if mark > max(window.rfind(END, 0, end), 0) else end
