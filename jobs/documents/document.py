"""What is found in a document: headings and paragraphs, and the chapters that they make."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from jobs.documents.bounds import CHAPTERS_MAX, CHARACTERS_MAX, PART_MAX_CHARACTERS, TITLE_MAX_CHARACTERS

LONG_CHAPTER = 50_000  # characters; where chapters have more on the average, headings one level deeper begin them
UNSPOKEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
CUTS = (re.compile(r"[.!?…。！？][\"'”’»)]*\s"), re.compile(r"\s"))  # where a paragraph hurts least


class Unreadable(Exception):
    """Why nothing can be spoken of a document, as a sentence."""


@dataclass(frozen=True)
class Heading:
    """Begins a chapter, or a section of one. `text` is how it stands between the paragraphs, '' for one of a list."""

    level: int  # 1 is the highest
    title: str
    text: str = ""


START = Heading(0, "Beginning")  # before the first heading


@dataclass(frozen=True)
class Chapter:
    title: str  # '' of the only one, where the document has no heading
    text: str  # paragraphs with blank lines between them


@dataclass(frozen=True)
class Document:
    title: str = ""
    author: str = ""
    language: str = ""
    chapters: list[Chapter] = field(default_factory=list)


Item = Heading | str


def make_document(items: Iterable[Item], *, title: str = "", author: str = "", language: str = "") -> Document:
    """The chapters of headings and paragraphs, in their order. Unreadable when there are none, or too many."""
    kept = counted(items)
    chapters = [part for chapter in chapters_of(kept) for part in parts_of(chapter) if is_said(part.text)]
    if not chapters:
        raise Unreadable(
            "There is no text in this document. If its pages are pictures, have a program read them first."
        )
    if len(chapters) > CHAPTERS_MAX:
        raise Unreadable(f"This document has more than {CHAPTERS_MAX:,} chapters. Cut it into volumes.")
    return Document(one_line(title), one_line(author), one_line(language)[:20], chapters)


def counted(items: Iterable[Item]) -> list[Item]:
    """Without what is empty or can't be spoken. Unreadable as soon as it is too much."""
    kept, characters = list[Item](), 0
    for item in items:
        if isinstance(item, Heading):
            cleaned: Item = replace(item, title=one_line(item.title), text=clean(item.text))
        else:
            cleaned = clean(item)
        characters += len(cleaned.text if isinstance(cleaned, Heading) else cleaned)
        if characters > CHARACTERS_MAX:
            raise Unreadable(f"This document has more than {CHARACTERS_MAX:,} characters. Cut it into volumes.")
        if cleaned:
            kept.append(cleaned)
    return kept


def clean(text: str) -> str:
    return BLANK_LINES.sub("\n\n", UNSPOKEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def one_line(text: str) -> str:
    return " ".join(UNSPOKEN.sub("", text).split())[:TITLE_MAX_CHARACTERS]


def is_said(text: str) -> bool:
    return any(character.isalnum() for character in text)


def chapters_of(items: list[Item]) -> Iterator[Chapter]:
    """What stands under each heading that begins one. A heading with nothing under it is said with the next chapter."""
    level, before, has_headings = chapter_level(items), list[str](), any(isinstance(item, Heading) for item in items)
    sections = list(sections_of(items, level))
    later = Counter(key(heading.title) for heading, _ in sections)
    for heading, paragraphs in sections:
        later[key(heading.title)] -= 1
        if key("".join(paragraphs)) in ("", key(heading.title)):
            if heading is not START and not later[key(heading.title)]:  # else this was a table of contents
                before.append(heading.text or heading.title)
            continue
        yield Chapter(heading.title if has_headings else "", "\n\n".join([*before, *headed(heading, paragraphs)]))
        before = []
    if before:
        yield Chapter(heading.title, "\n\n".join(before))


def chapter_level(items: list[Item]) -> int:
    """Headings of this level and above begin chapters: as deep as makes several, on the average none too long."""
    levels = sorted(item.level for item in items if isinstance(item, Heading))
    characters = sum(len(item) for item in items if isinstance(item, str))
    counts = {level: number for number, level in enumerate(levels, 1)}
    chosen = levels[0] if levels else 0
    for level, count in counts.items():
        if count > CHAPTERS_MAX:
            break
        chosen = level
        if count > 1 and characters / count <= LONG_CHAPTER:
            break
    return chosen


def sections_of(items: list[Item], level: int) -> Iterator[tuple[Heading, list[str]]]:
    heading, paragraphs = START, list[str]()
    for item in items:
        if isinstance(item, Heading) and item.level <= level:
            if paragraphs or heading is not START:
                yield heading, paragraphs
            heading, paragraphs = item, []
        elif text := item.text if isinstance(item, Heading) else item:
            paragraphs.append(text)
    yield heading, paragraphs


def headed(heading: Heading, paragraphs: list[str]) -> Iterator[str]:
    """With the heading before them, unless it stands there already."""
    start = key(" ".join(paragraphs[:3])[: 2 * TITLE_MAX_CHARACTERS])
    if heading is not START and (heading.text or key(heading.title) not in start):
        yield heading.text or heading.title
    yield from paragraphs


def key(title: str) -> str:
    """The same for titles that differ in marks, spaces and capitals only."""
    return "".join(filter(str.isalnum, title)).casefold()


def parts_of(chapter: Chapter) -> Iterator[Chapter]:
    """The chapter, or of a long one parts that end with a paragraph."""
    if len(chapter.text) <= PART_MAX_CHARACTERS:
        yield chapter
        return
    for number, text in enumerate(cut(chapter.text), 1):
        ending = f", part {number}" if chapter.title else f"Part {number}"
        yield Chapter(chapter.title[: TITLE_MAX_CHARACTERS - len(ending)] + ending, text)


def cut(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > PART_MAX_CHARACTERS:
        end = end_of_part(text, start)
        yield text[start:end].strip()
        start = end
    if rest := text[start:].strip():
        yield rest


def end_of_part(text: str, start: int) -> int:
    """After a paragraph, if one ends in the second half; else after a sentence or a word, or in the midst of one."""
    half, most = start + PART_MAX_CHARACTERS // 2, start + PART_MAX_CHARACTERS
    if (found := text.rfind("\n\n", half, most)) > 0:
        return found
    for mark in CUTS:
        ends = [match.end() for match in mark.finditer(text, half, most)]
        if ends:
            return ends[-1]
    return most
