"""Piper's list of voices, `voices.json`. It comes from the network, so nothing in it is believed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.errors import Unavailable
from config.text import forbidden_character
from voices.engines import Problem
from voices.engines.piper_files import CONFIG, MODEL, speaker_names, title

CARD = "MODEL_CARD"
MAX_BYTES = {MODEL: 1_000_000_000, CONFIG: 5_000_000, CARD: 1_000_000}
MAX_PATH_CHARACTERS = 500
MAX_VOICES = 5_000
MAX_SPEAKERS = 5_000
MAX_NAME_CHARACTERS = 100
MAX_FILE_NAME_BYTES = 200  # that leaves room for our endings in any file system
VOICE_ID = re.compile(r"\w[\w.+-]*")
MD5 = re.compile(r"[0-9a-f]{32}")
SAMPLE_RATES = {"x_low": 16_000, "low": 16_000, "medium": 22_050, "high": 22_050}  # as Piper trains its voices


NO_LIST = "What came is not a list of Piper voices. Look at the address it came from."


class CatalogueBroken(Unavailable):
    code = "catalogue_broken"


@dataclass(frozen=True)
class RemoteFile:
    """One file of a voice: its path, seen from the list, and what must arrive. `kind` is its ending or MODEL_CARD."""

    path: str
    kind: str
    size_bytes: int
    md5: str


@dataclass(frozen=True)
class Entry:
    """What the list says of a voice. `files` is empty for one of which only the facts are known."""

    voice_id: str
    name: str
    language: str
    quality: str
    speakers: tuple[str, ...]  # empty when the voice has only one
    size_bytes: int  # of its model
    files: tuple[RemoteFile, ...] = ()

    @property
    def total_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def sample_rate(self) -> int:
        """Hz; what voices of this quality have, 0 when that is not known."""
        return SAMPLE_RATES.get(self.quality, 0)


@dataclass(frozen=True)
class Catalogue:
    entries: dict[str, Entry]
    problems: list[Problem]


def is_voice_id(text: str) -> bool:
    """Whether it can be the name of a voice and, with an ending of ours, of a file in the voices folder."""
    fits = len(text) <= MAX_NAME_CHARACTERS and bool(VOICE_ID.fullmatch(text))
    return fits and len(text.encode()) <= MAX_FILE_NAME_BYTES


def parse(raw: bytes) -> Catalogue:
    """The voices of a `voices.json`, and what was left out. CatalogueBroken when it is no such list."""
    try:
        voices = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise CatalogueBroken(NO_LIST) from error
    if not isinstance(voices, dict) or len(voices) > MAX_VOICES:
        raise CatalogueBroken(NO_LIST)
    found = Catalogue({}, [])
    for voice_id, facts in voices.items():
        try:
            found.entries[voice_id] = entry(voice_id, facts)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            shown = voice_id[:MAX_NAME_CHARACTERS].encode("ascii", "backslashreplace").decode()
            found.problems.append(Problem(repr(shown), f"It was left out of the list: {reason(error)}."))
    return found


def reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)[:200]


def entry(voice_id: str, facts: Mapping[str, Any]) -> Entry:
    """ValueError, TypeError, KeyError or AttributeError for what can't be."""
    if not is_voice_id(voice_id):
        raise ValueError("it has a name that no voice can have")
    files = {file.kind: file for file in (remote_file(voice_id, *item) for item in facts["files"].items())}
    if len(files) != len(facts["files"]) or not {MODEL, CONFIG} <= set(files):
        raise ValueError("it does not have one model and one description")
    quality = name_in(facts, "quality", 20)
    return Entry(
        voice_id=voice_id,
        name=title(name_in(facts, "name"), quality),
        language=name_in(facts["language"], "code", 20),
        quality=quality,
        speakers=speakers(facts),
        size_bytes=files[MODEL].size_bytes,
        files=tuple(files.values()),
    )


def name_in(facts: Mapping[str, Any], key: str, most: int = MAX_NAME_CHARACTERS) -> str:
    text = facts[key]
    if not isinstance(text, str) or not text.isprintable() or not 0 < len(text) <= most or forbidden_character(text):
        raise ValueError(f"its {key} can't be a name")
    return text


def speakers(facts: Mapping[str, Any]) -> tuple[str, ...]:
    count, numbers = facts.get("num_speakers", 1), facts.get("speaker_id_map") or {}
    if not isinstance(count, int) or not 0 <= count <= MAX_SPEAKERS or len(numbers) > MAX_SPEAKERS:
        raise ValueError("its number of speakers can't be")
    names = speaker_names({"num_speakers": count, "speaker_id_map": numbers})
    if any(len(name) > MAX_NAME_CHARACTERS or forbidden_character(name) for name in names):
        raise ValueError("a speaker's name can't be one")
    return names


def remote_file(voice_id: str, path: str, facts: Mapping[str, Any]) -> RemoteFile:
    """Only the three files that a voice has, under the voice's own name, in a folder below the list."""
    if not is_inside(path):
        raise ValueError("the path of a file leads out of its folder")
    kinds = {f"{voice_id}{MODEL}": MODEL, f"{voice_id}{CONFIG}": CONFIG, CARD: CARD}
    kind = kinds.get(path.rpartition("/")[2])
    if kind is None:
        raise ValueError("it names a file that is not part of a voice")
    size, md5 = facts["size_bytes"], str(facts["md5_digest"]).lower()
    if not isinstance(size, int) or not 0 < size <= MAX_BYTES[kind]:
        raise ValueError("a file has a size that can't be")
    if not MD5.fullmatch(md5):
        raise ValueError("a file has no checksum")
    return RemoteFile(path, kind, size, md5)


def is_inside(path: str) -> bool:
    """Whether a path is relative and stays below where it starts, on any system."""
    if len(path) > MAX_PATH_CHARACTERS or not path.isprintable() or forbidden_character(path):
        return False
    return not set(path) & {"\\", ":"} and all(part not in ("", ".", "..") for part in path.split("/"))
