"""Which kind of document a file is, by what is in it. Only Markdown and plain text are told apart by the name."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config import encodings
from jobs.documents import epub, markdown, pdf, plain_text, word
from jobs.documents.document import Document, Unreadable

EXTENSIONS = ("txt", "md", "markdown", "docx", "epub", "pdf")
HEAD_BYTES = 4096
KNOWN = "Send a document as TXT, Markdown, DOCX, EPUB or PDF."
OLD_OFFICE, PASSWORD = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
NOT_TAKEN = {  # by their first bytes
    b"{\\rtf": "This is an RTF document. Save it as DOCX, then upload that.",
    b"<!doctype html": "This is a web page. Save its text as TXT or DOCX, then upload that.",
    b"<html": "This is a web page. Save its text as TXT or DOCX, then upload that.",
    b"\x89png": f"This is a picture. {KNOWN}",
    b"\xff\xd8\xff": f"This is a picture. {KNOWN}",
    b"gif8": f"This is a picture. {KNOWN}",
    b"\x1f\x8b": "This is a compressed file. Unpack it, then upload the document in it.",
}


@dataclass(frozen=True)
class Kind:
    name: str
    read: Callable[[Path], Document]


TEXT, MARKDOWN = Kind("text", plain_text.read), Kind("Markdown", markdown.read)
WORD, EPUB, PDF = Kind("Word", word.read), Kind("EPUB", epub.read), Kind("PDF", pdf.read)


def check_head(head: bytes) -> None:
    """Unreadable for what is no document by its first bytes, HEAD_BYTES of them."""
    if not head.strip():
        raise Unreadable("This file is empty. Choose another one.")
    start = head.lstrip()[:16].lower()
    for mark, sentence in NOT_TAKEN.items():
        if start.startswith(mark):
            raise Unreadable(sentence)
    is_known = head.startswith((b"PK\x03\x04", OLD_OFFICE)) or b"%PDF-" in head[:1024]
    is_unicode = bool(encodings.unicode_of(head)) or head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff"))
    if not is_known and not is_unicode and encodings.is_binary(head):
        raise Unreadable(f"This is no document that can be read here. {KNOWN}")


def recognise(path: Path) -> Kind:
    """Unreadable when it is none of these."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    check_head(head)
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return zipped(path)
    if head.startswith(OLD_OFFICE):
        raise Unreadable(office(path))
    return MARKDOWN if path.suffix.lower() in (".md", ".markdown") else TEXT


def zipped(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as file:
            names = set(file.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise Unreadable("This document is damaged: it can't be unpacked. Choose another one.") from error
    if epub.CONTAINER in names:
        return EPUB
    if any(name.startswith("word/") for name in names):
        return WORD
    raise Unreadable(f"This is a zip file, and neither a Word document nor an EPUB. {KNOWN}")


def office(path: Path) -> str:
    if PASSWORD in path.read_bytes():
        return "This Word document is protected by a password. Remove that, then upload it again."
    return "This is a document of an old Office. Save it as DOCX, then upload that."
