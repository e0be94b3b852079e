"""In which encoding a file of text is written, and whether it is one at all. A file is given open for bytes."""

import codecs
from collections.abc import Sequence
from typing import BinaryIO

CHUNK_BYTES = 1024 * 1024
GUESSED_OF_BYTES = 64 * 1024
LIKELY_ENOUGH = 0.02  # by so much noise more than the best guess Windows-1252 is still taken, the usual one
USUAL = "cp1252"
OTHERS = (USUAL, "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "cp932", "gb18030", "big5", "cp949")
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b"))


def unicode_of(head: bytes) -> str:
    """UTF-16 by its first bytes, with or without a mark; '' for anything else."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return wide_of(head[:4096])


def wide_of(head: bytes) -> str:
    """UTF-16 that doesn't say so: every other byte of Western letters is 0."""
    half = len(head) // 2
    if half and head[1::2].count(0) > 0.7 * half and not head[0::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if half and head[0::2].count(0) > 0.7 * half and not head[1::2].count(0) else ""


def is_binary(head: bytes) -> bool:
    """A stray control character doesn't make it so."""
    controls = len(head) - len(head.translate(None, CONTROLS))
    return controls > max(3, 0.01 * len(head))


def is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def guessed(file: BinaryIO, known: Sequence[str] = OTHERS) -> str:
    """Of an older encoding, by the lines that tell it; '' when nothing fits.

    Windows-1252 where others are hardly better, or where the best one is not `known`.
    """
    from charset_normalizer import from_bytes

    found = from_bytes(telling(file), cp_isolation=list(OTHERS), enable_fallback=False)
    best = found.best()
    if best is None:
        return ""
    usual = (match for match in found if USUAL in match.could_be_from_charset)
    if any(match.chaos <= best.chaos + LIKELY_ENOUGH for match in usual):
        return USUAL
    return best.encoding if best.encoding in known else USUAL


def telling(file: BinaryIO) -> bytes:
    """The first lines that have more than ASCII."""
    found, size = list[bytes](), 0
    file.seek(0)
    while size < GUESSED_OF_BYTES and (chunk := file.read(CHUNK_BYTES)):
        for line in chunk.split(b"\n"):
            if not line.isascii() and size < GUESSED_OF_BYTES:
                found.append(line[:GUESSED_OF_BYTES])
                size += len(line)
    return b"\n".join(found)
