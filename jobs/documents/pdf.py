"""PDF with text: its outline begins chapters; without one its headings do, or pages in bunches."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.documents.bounds import PAGES_MAX
from jobs.documents.document import Document, Heading, Item, Unreadable, key, make_document
from jobs.documents.plain_text import with_headings

if TYPE_CHECKING:
    import pypdfium2

BUNCH_CHARACTERS = 20_000  # of pages without any headings: a quarter of an hour of speech
EDGE_LINES = 2  # at the top and at the bottom of a page, that may be on every page
EDGE_SHARE = 0.4  # of the pages on which a line stands that is none of the text
EDGE_PAGES = 4  # fewer tell nothing
FULL_SHARE = 0.8  # of the longest lines, that a line has which goes on in the next
SHORT_SHARE = 0.6  # of them, that a line does not reach on which something ends, if only a heading
SENTENCE_END = tuple(".!?:…”\"'»’")
JOINED = re.compile("[\x02\ufffe]")  # what PDFium makes of a hyphen and the end of its line
HEADING_LINES = 3  # over which one may go
HYPHENS = ("-", "\u00ad", "\u2010")
DIGITS = re.compile(r"\d+")
LOCKED = "This PDF is protected by a password. Remove that, then upload it again."
DAMAGED = "This PDF is damaged: it can't be opened. Save it again, or choose another file."
PICTURES = "There is no text in this PDF: its pages are pictures. Have a program read them first (OCR)."


def read(path: Path) -> Document:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as pdf:
            return of_pdf(pdf)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(LOCKED if "password" in str(error).lower() else DAMAGED) from error


def of_pdf(pdf: "pypdfium2.PdfDocument") -> Document:
    if len(pdf) > PAGES_MAX:
        raise Unreadable(f"This PDF has more than {PAGES_MAX:,} pages. Cut it into volumes.")
    whole = [lines_of(pdf, number) for number in range(len(pdf))]
    if not any(map(any, whole)):
        raise Unreadable(PICTURES)
    pages = without_edges(whole)
    about = pdf.get_metadata_dict()
    entries: dict[int, list[Heading]] = {}
    for number, heading in outline(pdf):
        entries.setdefault(number, []).append(heading)
    items = with_outline(pages, entries) if entries else without_outline(pages)
    return make_document(items, title=about.get("Title", ""), author=about.get("Author", ""))


def lines_of(pdf: "pypdfium2.PdfDocument", number: int) -> list[str]:
    page = pdf[number]
    try:
        text = page.get_textpage()
        try:
            content = text.get_text_bounded()
        finally:
            text.close()
    finally:
        page.close()
    return [line.strip() for line in JOINED.sub("-\n", content).splitlines()]


def outline(pdf: "pypdfium2.PdfDocument") -> Iterator[tuple[int, Heading]]:
    """Of each entry, in order, the page and what it says."""
    for mark in pdf.get_toc():
        target = mark.get_dest()
        page = target.get_index() if target else None
        if page is not None and (title := mark.get_title()).strip():
            yield page, Heading(mark.level + 1, title)


def without_edges(pages: list[list[str]]) -> list[list[str]]:
    """Without page numbers, and lines that stand at the edge of many pages."""
    found = Counter(edge for lines in pages for edge in {plain(line) for line in edges(lines)})
    often = max(EDGE_PAGES, EDGE_SHARE * len(pages))
    repeated = {edge for edge, count in found.items() if edge and count >= often}

    def is_edge(line: str) -> bool:
        return line.isdecimal() or plain(line) in repeated

    return [trimmed(lines, is_edge) for lines in pages]


def edges(lines: list[str]) -> list[str]:
    said = [line for line in lines if line]
    return [*said[:EDGE_LINES], *said[-EDGE_LINES:]]


def plain(line: str) -> str:
    return DIGITS.sub("", line).strip()


def trimmed(lines: list[str], is_edge: Callable[[str], bool]) -> list[str]:
    """Edges are taken off from outside inwards."""
    start, end = 0, len(lines)
    for _ in range(2 * EDGE_LINES):
        start += start < end and (not lines[start] or is_edge(lines[start]))
        end -= start < end and (not lines[end - 1] or is_edge(lines[end - 1]))
    return lines[start:end]


def paragraphs_of(lines: list[str]) -> Iterator[str]:
    """Lines put together. One ends a paragraph that ends a sentence and is not full, or is short before a capital."""
    longest = max(map(len, lines), default=0)
    full, short = FULL_SHARE * longest, SHORT_SHARE * longest
    said = ""
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        is_cut = said.endswith(HYPHENS) and line[:1].islower()
        said = said[:-1] + line if is_cut else f"{said} {line}".strip()
        is_end = len(line) < full and line.endswith(SENTENCE_END)
        if not line or is_end or (len(line) < short and not is_cut and following[:1].isupper()):
            yield said
            said = ""
    yield said


def with_outline(pages: list[list[str]], entries: dict[int, list[Heading]]) -> Iterator[Item]:
    """An entry begins with the line that says it, else the first one of a page with the page."""
    for number, lines in enumerate(pages):
        start = 0
        for place, heading in places(lines, entries.get(number, [])):
            yield from paragraphs_of(lines[start:place])
            yield heading
            start = place
        yield from paragraphs_of(lines[start:])


def places(lines: list[str], headings: list[Heading]) -> Iterator[tuple[int, Heading]]:
    """Before which line each heading is, in their order; one that is not found later on the page is left out."""
    start = 0
    for heading in headings:
        wanted = key(heading.title)
        found = next((at for at in range(start, len(lines)) if says(lines, at, wanted)), None)
        if found is None and start:
            continue
        yield found or 0, heading
        start = (found or 0) + 1


def says(lines: list[str], at: int, wanted: str) -> bool:
    """Whether a heading is there, on one line or on several."""
    said = ""
    for line in lines[at : at + HEADING_LINES]:
        said += key(line)
        if said == wanted:
            return True
    return False


def without_outline(pages: list[list[str]]) -> Iterator[Item]:
    paragraphs = [list(paragraphs_of(lines)) for lines in pages]
    items = list(with_headings([each for page in paragraphs for each in page]))
    if any(isinstance(item, Heading) for item in items):
        yield from items
        return
    starts = bunches([sum(map(len, page)) for page in paragraphs])
    for start, end in zip(starts, [*starts[1:], len(pages)], strict=True):
        if len(starts) > 1:
            yield Heading(1, f"Page {start + 1}" if end == start + 1 else f"Pages {start + 1} to {end}")
        for page in paragraphs[start:end]:
            yield from page


def bunches(sizes: list[int]) -> list[int]:
    """With which page each bunch begins."""
    starts, characters = [0], 0
    for number, size in enumerate(sizes):
        if characters + size > BUNCH_CHARACTERS and characters:
            starts.append(number)
            characters = 0
        characters += size
    return starts
