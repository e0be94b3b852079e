"""In which encoding a file of text is written, and whether it is one at all. A file is given open for bytes."""

import codecs
from typing import BinaryIO

from config.encodings import CHUNK_BYTES, guessed, is_binary, is_utf8, unicode_of
from config.errors import Unprocessable

ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "cp1252": "Windows-1252, Western Europe",
    "cp1250": "Windows-1250, Central Europe",
    "cp1251": "Windows-1251, Cyrillic",
    "cp1253": "Windows-1253, Greek",
    "cp1254": "Windows-1254, Turkish",
    "mac_roman": "Mac Roman",
    "cp932": "Shift JIS, Japanese",
    "gb18030": "GB 18030, Chinese",
    "big5": "Big5, Chinese",
    "cp949": "CP949, Korean",
}
KINDS = {  # of files that are none of ours, by their first bytes
    b"PK\x03\x04": "an Excel workbook or a zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a compressed file",
    codecs.BOM_UTF32_LE: "text in UTF-32",
    codecs.BOM_UTF32_BE: "text in UTF-32",
}
AS_CSV = "Save the table as CSV, with a heading in its first line, and upload that."


class BadFile(Unprocessable):
    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


def find_encoding(file: BinaryIO) -> str:
    """By its first bytes, by whether it is UTF-8, else by what its letters look like."""
    file.seek(0)
    head = file.read(CHUNK_BYTES)
    if not head.strip():
        raise BadFile("The file is empty.")
    if kind := next((words for start, words in KINDS.items() if head.startswith(start)), ""):
        raise BadFile(f"This is {kind}. {AS_CSV}")
    if wide := unicode_of(head):
        return wide
    if is_binary(head):
        raise BadFile(f"This is no text. {AS_CSV}")
    found = "utf-8-sig" if is_utf8(file) else guessed(file, list(ENCODINGS))
    if not found:
        raise BadFile(f"The file's encoding can't be found out. {AS_CSV.replace('CSV', 'CSV in UTF-8')}")
    return found
