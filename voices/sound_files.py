"""Whether a file is the sound that it is said to be: decoded by `voices.probe`, in a process of its own."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import child
from config.errors import Unprocessable, WrongType
from voices import containers

SHORTEST_SECONDS = 0.1
LONGEST_SECONDS = 3_600
CHANNELS_MAX = 8
SECONDS_TO_READ = 12.0  # after which nobody waits for the answer
PROGRAM = ["-m", "voices.probe"]
PROBES_AT_ONCE = 4  # of a web process
probes = threading.BoundedSemaphore(PROBES_AT_ONCE)


class NotAudio(WrongType):
    code = "not_audio"


class EmptyFile(Unprocessable):
    def __init__(self) -> None:
        super().__init__("This file is empty. Choose another one.", field="file")


@dataclass(frozen=True)
class SoundFile:
    """What a file was found to be: `duration` in seconds, `sample_rate` in Hz."""

    container: str
    codec: str
    duration: float
    channels: int
    sample_rate: int
    has_video: bool

    @property
    def content_type(self) -> str:
        return containers.CONTAINERS[self.container].content_type

    @property
    def extension(self) -> str:
        return containers.CONTAINERS[self.container].extensions[0]


def read(path: Path, *, name: str = "", content_type: str = "") -> SoundFile:
    """Decode the file; `name` and `content_type` are what its sender calls it.

    NotAudio when it is damaged, cut off, or something else than it is called; Unprocessable when it is empty, shorter
    than 0.1 s, longer than an hour, or has more than 8 channels.
    """
    if not path.stat().st_size:
        raise EmptyFile
    sound = probe(path)
    check_label(sound, name, content_type)
    check_extent(sound)
    return sound


def probe(path: Path) -> SoundFile:
    return SoundFile(**run(PROGRAM, path))


def run(program: list[str], *paths: Path) -> dict[str, Any]:
    """What a program that reads a file, in a process of its own, says of it. NotAudio when it refuses the file."""
    try:
        with probes:
            found = child.ask(program, *paths, seconds=SECONDS_TO_READ)
    except child.Slow as error:
        raise NotAudio("This file takes too long to read. Convert it to WAV or MP3, then upload it again.") from error
    except child.Died as error:
        raise NotAudio("This file can't be read. Convert it to WAV or MP3, then upload it again.") from error
    if "refused" in found:
        raise NotAudio(found["refused"])
    return found


def check_label(sound: SoundFile, name: str, content_type: str) -> None:
    if any(sound.container not in meant for meant in containers.named(name, content_type)):
        raise NotAudio(f"This file is not what it is called: its content is {sound.content_type}. Rename it.")


def check_extent(sound: SoundFile) -> None:
    if sound.channels > CHANNELS_MAX:
        message = f"This sound has {sound.channels} channels; at most {CHANNELS_MAX} are taken. Mix it to one."
    elif sound.duration > LONGEST_SECONDS:
        message = "This sound is longer than an hour. Cut it into parts."
    elif sound.duration < SHORTEST_SECONDS:
        message = f"This sound is shorter than {SHORTEST_SECONDS:g} seconds. Choose a longer one."
    else:
        return
    raise Unprocessable(message, field="file")


def check_no_video(sound: SoundFile) -> None:
    if sound.has_video:
        raise NotAudio("This file is a video. Upload its sound alone, for example as MP3.")
    if sound.container == "matroska":
        raise NotAudio("Matroska files are not taken here. Convert it to WebM, WAV or MP3.")
