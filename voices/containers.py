"""The kinds of sound files that are taken: how each begins, what it is called, and whether its end is there.

Imports no Django: `voices.probe` runs without it.
"""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEAD_BYTES = 64  # enough to know a container by
FRAME_HEAD_BYTES = 200  # of an MP3 frame, with the place where it says how many follow
TAGS = 4  # that may come before the first frame
AAC_FRAME_BYTES = 8_191
ID3_AT_END_BYTES = 128
PADDING_BYTES = 64 * 1024  # of zeros that may follow an ID3 tag
OGG_PAGE_BYTES = 27 + 255 + 255 * 255
WAV_CHUNKS = 1_000  # looked at for the samples
WAV_UNKNOWN_BYTES = 0x7FFF0000  # from here on a size means that the writer did not know it


@dataclass(frozen=True)
class Container:
    """One kind of file. `demuxer` is FFmpeg's name; extensions and types are those that people call it by."""

    name: str
    demuxer: str
    content_type: str
    extensions: tuple[str, ...]  # the first one is ours
    types: tuple[str, ...]  # without the kind before the slash


CONTAINERS = {
    kind.name: kind
    for kind in (
        Container("wav", "wav", "audio/wav", ("wav", "wave"), ("wav", "x-wav", "wave", "x-pn-wav", "vnd.wave")),
        Container("mp3", "mp3", "audio/mpeg", ("mp3", "mpga"), ("mpeg", "mp3", "x-mp3", "x-mpeg", "mpeg3", "x-mpeg-3")),
        Container(
            "mp4",
            "mov",
            "audio/mp4",
            ("m4a", "mp4", "m4b", "m4r", "m4v", "mov", "qt", "3gp", "3g2"),
            ("mp4", "x-m4a", "m4a", "aac", "x-m4v", "m4v", "quicktime", "3gpp", "3gpp2"),
        ),
        Container("aac", "aac", "audio/aac", ("aac", "adts"), ("aac", "aacp", "x-aac", "x-hx-aac-adts")),
        Container("ogg", "ogg", "audio/ogg", ("ogg", "opus", "oga", "ogv", "spx"), ("ogg", "opus", "x-ogg", "vorbis")),
        Container("flac", "flac", "audio/flac", ("flac",), ("flac", "x-flac")),
        Container("webm", "matroska", "audio/webm", ("webm", "weba"), ("webm",)),
        Container("matroska", "matroska", "audio/x-matroska", ("mka", "mkv"), ("x-matroska", "matroska")),
    )
}
OTHER_EXTENSIONS = {
    *("aif", "aiff", "aifc", "amr", "ape", "au", "snd", "avi", "caf", "flv", "mid", "midi", "mpg", "mpeg"),
    *("ac3", "dts", "ra", "rm", "ts", "wma", "wmv", "asf", "wv"),
}


def named(name: str, content_type: str) -> list[set[str]]:
    """The containers that a file's extension and its declared type stand for, a set for each that says anything."""
    extension = Path(name).suffix.lower().lstrip(".")
    declared = content_type.partition(";")[0].strip().lower()
    kind, _, subtype = declared.partition("/")
    by_name = {key for key, container in CONTAINERS.items() if extension in container.extensions}
    by_type = {key for key, container in CONTAINERS.items() if subtype in container.types}
    said = [by_name] if by_name or extension in OTHER_EXTENSIONS else []
    says_nothing = declared in ("", "text/plain") or (kind == "application" and not by_type)
    if not says_nothing:
        said.append(by_type)
    return said


def recognise(file: BinaryIO) -> Container | None:
    """The container that the file's first bytes show; None for anything else."""
    head = file.read(HEAD_BYTES)
    head = without_tags(file, head)
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return CONTAINERS["wav"]
    if head[4:8] == b"ftyp":
        return CONTAINERS["mp4"]
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return CONTAINERS["webm" if b"webm" in head else "matroska"]
    if head[:4] in (b"OggS", b"fLaC"):
        return CONTAINERS["ogg" if head.startswith(b"OggS") else "flac"]
    return mpeg(head)


def without_tags(file: BinaryIO, head: bytes) -> bytes:
    """What follows the ID3 tags at the beginning; a tag's size is four digits of seven bits."""
    position = 0
    for _ in range(TAGS):
        if not head.startswith(b"ID3") or len(head) < 10:
            return head
        position += 10 + sum(digit << shift for digit, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        file.seek(position)
        head = file.read(PADDING_BYTES)
        position += len(head) - len(head.lstrip(b"\0"))
        head = head.lstrip(b"\0")[:FRAME_HEAD_BYTES]
    return head


def mpeg(head: bytes) -> Container | None:
    """MP3 and AAC frames begin with the same eleven bits; AAC says layer 0."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0x06:
        return CONTAINERS["mp3"]
    return CONTAINERS["aac"] if head[1] & 0xF0 == 0xF0 else None


def has_mp3_length(file: BinaryIO) -> bool:
    """Whether the first frame says how many there are; else a length is only guessed from the size."""
    first = without_tags(file, file.read(FRAME_HEAD_BYTES))
    return any(word in first for word in (b"Xing", b"Info", b"VBRI"))


def is_cut_off(container: Container, file: BinaryIO) -> bool:
    """Whether the file ends before the part that its last header announces."""
    check = CUT_OFF.get(container.name)
    return check is not None and check(file)


def is_wav_cut_off(file: BinaryIO) -> bool:
    announced, found = wav_samples(file)
    return announced is None or (announced < WAV_UNKNOWN_BYTES and announced > found)


def is_wav_without_sound(file: BinaryIO) -> bool:
    """Whether the samples are there and are none."""
    announced, found = wav_samples(file)
    return announced is not None and not found


def wav_samples(file: BinaryIO) -> tuple[int | None, int]:
    """The bytes of samples, as announced and as found; None where the file ends before it announces any."""
    end = file.seek(0, io.SEEK_END)
    file.seek(12)
    for _ in range(WAV_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            return None, 0
        size = struct.unpack("<I", header[4:])[0]
        if header[:4] == b"data":
            return size, end - file.tell()
        file.seek(size + size % 2, io.SEEK_CUR)
    return WAV_UNKNOWN_BYTES, end


def is_ogg_cut_off(file: BinaryIO) -> bool:
    file.seek(max(0, file.seek(0, io.SEEK_END) - OGG_PAGE_BYTES))
    page = file.read()
    page = page[max(0, page.rfind(b"OggS")) :]
    return len(page) < 27 or len(page) < 27 + page[26] + sum(page[27 : 27 + page[26]])


def is_aac_cut_off(file: BinaryIO) -> bool:
    file.seek(max(0, file.seek(0, io.SEEK_END) - AAC_FRAME_BYTES - ID3_AT_END_BYTES))
    end = file.read()
    end = end[:-ID3_AT_END_BYTES] if end[-ID3_AT_END_BYTES:].startswith(b"TAG") else end
    return not any(at + aac_frame_size(end[at : at + 6]) == len(end) for at in range(len(end) - 6))


def aac_frame_size(header: bytes) -> int:
    """Bytes of the frame that begins with this header; 0 when it is none."""
    if header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return 0
    return (header[3] & 0x03) << 11 | header[4] << 3 | header[5] >> 5


CUT_OFF: dict[str, Callable[[BinaryIO], bool]] = {
    "wav": is_wav_cut_off,
    "ogg": is_ogg_cut_off,
    "aac": is_aac_cut_off,
}
