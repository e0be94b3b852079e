"""Plain text: its encoding, and the lines in it that begin chapters."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from config import encodings
from jobs.documents.document import Document, Heading, Item, Unreadable, make_document

HEADING_MAX_CHARACTERS = 80
HEADINGS_MIN = 2  # fewer are no sure sign
NUMBER = r"(?:\d{1,4}|[ivxlcdm]{1,8}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|the \w+)"
CHAPTER = (
    r"(?:chapter|part|book|canto|letter|kapitel|teil|buch|chapitre|partie|livre|cap[ií]tulo|parte|capitolo|libro"
    r"|hoofdstuk|rozdział|глава|часть|книга)"
)
ALONE = (
    r"(?:prologue|epilogue|preface|foreword|introduction|afterword|prolog|epilog|vorwort|nachwort|prologo|epilogo"
    r"|épilogue|préface)"
)
HEADING = re.compile(rf"(?:{CHAPTER}\s+{NUMBER}\b(?:[\s.:)\u2013\u2014-].*)?|{ALONE}[.:]?)", re.IGNORECASE)
NUMBERED = re.compile(rf"{CHAPTER}\s", re.IGNORECASE)
HIGHER = re.compile(r"(?:part|book|teil|buch|partie|livre|parte|libro|часть|книга)\s", re.IGNORECASE)
PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")


def read(path: Path) -> Document:
    return make_document(with_headings(PARAGRAPHS.split(text_of(path).strip())))


def text_of(path: Path) -> str:
    """The file's text, whatever its encoding. Unreadable when that can't be found out."""
    with path.open("rb") as file:
        head = file.read(encodings.CHUNK_BYTES)
        if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            encoding = "utf-32"
        else:
            encoding = encodings.unicode_of(head) or of_bytes(head, file)
    try:
        return path.read_text(encoding, errors="strict" if encoding.startswith("utf") else "replace")
    except UnicodeError as error:
        raise Unreadable("This text is damaged. Save it again, as UTF-8.") from error


def of_bytes(head: bytes, file: BinaryIO) -> str:
    if encodings.is_binary(head):
        raise Unreadable("This is no text. Send a document as TXT, Markdown, DOCX, EPUB or PDF.")
    encoding = "utf-8-sig" if encodings.is_utf8(file) else encodings.guessed(file)
    if not encoding:
        raise Unreadable("The encoding of this text can't be found out. Save it as UTF-8.")
    return encoding


def with_headings(paragraphs: list[str]) -> Iterator[Item]:
    """Short lines that stand alone and say that they are a chapter's, where several have a number."""
    headings = set(filter(is_heading, paragraphs))
    is_sure = len(list(filter(NUMBERED.match, headings))) >= HEADINGS_MIN
    for paragraph in paragraphs:
        if is_sure and paragraph in headings:
            title = " ".join(paragraph.split())
            yield Heading(1 if HIGHER.match(paragraph) else 2, title, title)
        else:
            yield paragraph


def is_heading(paragraph: str) -> bool:
    return len(paragraph) <= HEADING_MAX_CHARACTERS and bool(HEADING.fullmatch(" ".join(paragraph.split())))
