"""Whether a recording may become a voice model, and what it is like: measured by `voices.reference_probe`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from config.errors import TooLarge, Unprocessable
from config.files import LocalFile, work_folder
from config.ids import new_id
from voices import containers, reference_advice, sound_files
from voices.sound_files import EmptyFile, SoundFile

REFERENCE_MAX_BYTES = 50 * 1024**2
SHORTEST_SECONDS = 1.0
LOWEST_RATE = 8_000  # Hz, a telephone's
LONGEST_SECONDS = 600.0
ENCODING_SECONDS = 0.5  # that an encoder may have added
SILENT_DB = -60.0  # dBFS of the loudest moment
PROGRAM = ["-m", "voices.reference_probe"]
FIELD = "audio"
File = UploadedFile | LocalFile


@dataclass(frozen=True)
class Recording:
    """A recording that may be cloned, on this disk. What is kept of a video, or of Matroska, is its sound track."""

    sound: SoundFile
    measured: dict[str, float]  # peak_db, clipped_share, speech_share
    peaks: list[int]
    file: File  # as it was sent
    track: Path | None  # its sound as WAV, where the engine may not take the file

    @property
    def path(self) -> Path:
        """What the engine gets."""
        return self.track or Path(self.file.temporary_file_path())

    @property
    def keeps_track(self) -> bool:
        return self.sound.has_video or self.sound.container == "matroska"

    @property
    def kind(self) -> containers.Container:
        """Of what is kept."""
        return containers.CONTAINERS["wav" if self.keeps_track else self.sound.container]

    @property
    def kept_bytes(self) -> int:
        return (self.path if self.keeps_track else Path(self.file.temporary_file_path())).stat().st_size

    @contextmanager
    def kept(self) -> Iterator[File]:
        """What is kept, for a storage that may take it by renaming it."""
        if not self.keeps_track:
            yield self.file
            return
        with LocalFile(self.path) as track:
            yield track

    @property
    def advice(self) -> list[str]:
        return reference_advice.advice(self.sound.duration, **self.measured)


def check_size(file: File) -> None:
    if Path(file.temporary_file_path()).stat().st_size > REFERENCE_MAX_BYTES:
        raise TooLarge(f"This recording is larger than {REFERENCE_MAX_BYTES // 1024**2} MB. Send a part of it.")


@contextmanager
def examined(file: File, *, name: str = "", content_type: str = "") -> Iterator[Recording]:
    """The recording, for as long as the block lasts; `name` and `content_type` are what its sender calls it.

    NotAudio when it is damaged, cut off, without sound, or something else than it is called; Unprocessable when it is
    empty, silent, shorter than a second, longer than ten minutes, or has more than 8 channels.
    """
    track = work_folder() / f"{new_id()}.wav"
    try:
        yield examine(file, track, name, content_type)
    except Unprocessable as error:
        error.field = FIELD if error.field == "file" else error.field
        raise
    finally:
        track.unlink(missing_ok=True)


def examine(file: File, track: Path, name: str, content_type: str) -> Recording:
    path = Path(file.temporary_file_path())
    check_not_empty(path)
    found = sound_files.run(PROGRAM, path, track)
    sound, measured, peaks, has_track = parted(found)
    sound_files.check_label(sound, name, content_type)
    check_extent(sound)
    if measured["peak_db"] < SILENT_DB:
        raise Unprocessable("There is nothing to hear in this recording. Check the microphone.", field=FIELD)
    return Recording(sound, measured, peaks, file, track if has_track else None)


def check_not_empty(path: Path) -> None:
    if not path.stat().st_size:
        raise EmptyFile
    with path.open("rb") as file:
        container = containers.recognise(file)
        if container and container.name == "wav" and containers.is_wav_without_sound(file):
            raise Unprocessable(
                "There is no sound in this file: it ends after its header. Choose another one.", field=FIELD
            )


def parted(found: dict[str, Any]) -> tuple[SoundFile, dict[str, float], list[int], bool]:
    """What the program says: of the file, of how loud it is, how it looks, and whether it wrote the sound track."""
    if "errno" in found:
        raise OSError(found["errno"], "The sound track can't be written.")
    measured = {name: found.pop(name, 0.0) for name in ("peak_db", "clipped_share", "speech_share")}
    peaks, has_track = found.pop("peaks", []), found.pop("has_track")
    return SoundFile(**found), measured, peaks, has_track


def check_extent(sound: SoundFile) -> None:
    if sound.channels > sound_files.CHANNELS_MAX:
        sound_files.check_extent(sound)
    if sound.sample_rate < LOWEST_RATE:
        message = (
            f"This recording has {sound.sample_rate:,} Hz, too few for a voice: it takes at least {LOWEST_RATE:,}."
        )
    elif sound.duration < SHORTEST_SECONDS:
        message = f"This recording is shorter than a second. {advised()}"
    elif sound.duration > LONGEST_SECONDS + ENCODING_SECONDS:
        message = f"This recording is longer than {LONGEST_SECONDS / 60:g} minutes. {advised()}"
    else:
        return
    raise Unprocessable(message, field=FIELD)


def advised() -> str:
    return f"{reference_advice.SHORT_SECONDS:g} to {reference_advice.LONG_SECONDS:g} seconds are best."
