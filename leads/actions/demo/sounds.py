"""A few calls of the sample team as sound: the bundled voice speaks both sides, whoever calls a little higher."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from accounts.models import User
from config.files import LocalFile, work_folder
from config.ids import new_id
from jobs import audio, text
from leads.demo.talks import Talk, Turn
from voices import engines
from voices.actions import audio_files
from voices.models import AudioFile, Voice

if TYPE_CHECKING:
    import numpy as np

VOICE = "en_US-demo-low"  # it comes along, and speaks faster than any other
FORMAT = "mp3"
PITCH = 1.16  # of whoever calls
PAUSE_SECONDS = 0.45
SILENT = "tool"
Recordings = dict[str, tuple[Talk, AudioFile]]


def find_voice() -> Voice | None:
    return Voice.objects.available().filter(voice_id=VOICE).first()


def record(by: User, talks: list[Talk], voice: Voice | None) -> Recordings:
    """By session, the talk with the times at which its lines are heard, and its sound."""
    return {talk.session_id: record_talk(by, talk, voice) for talk in talks} if voice else {}


def record_talk(by: User, talk: Talk, voice: Voice) -> tuple[Talk, AudioFile]:
    path = work_folder() / f"{new_id()}.{audio.get_format(FORMAT).extension}"
    try:
        heard = write(path, talk, voice)
        with LocalFile(path) as file:
            return heard, audio_files.upload_file(by=by, file=file, name=f"{talk.session_id}.{FORMAT}")
    finally:
        path.unlink(missing_ok=True)


def write(path: Path, talk: Talk, voice: Voice) -> Talk:
    turns: list[Turn] = []
    audio.encode(spoken(talk, voice, turns), sample_rate=voice.sample_rate, format=FORMAT, path=path)
    return replace(talk, turns=tuple(turns))


def spoken(talk: Talk, voice: Voice, turns: list[Turn]) -> Iterator["np.ndarray"]:
    """The sound, turn by turn; each is added to `turns` with the second at which it begins."""
    import numpy as np

    samples, pause = 0, np.zeros(round(PAUSE_SECONDS * voice.sample_rate), np.int16)
    for turn in talk.turns:
        turns.append(replace(turn, at=round(samples / voice.sample_rate, 3)))
        if turn.role == SILENT:
            continue
        for sound in (*say(turn, voice), pause):
            samples += len(sound)
            yield sound


def say(turn: Turn, voice: Voice) -> Iterator["np.ndarray"]:
    """Whoever calls speaks slower, then faster and higher by as much."""
    is_caller = turn.role == "user"
    sentences = text.sentences(turn.text, voice.language)
    speed = 1 / PITCH if is_caller else 1.0
    for sound in engines.get(voice.engine).synthesize(voice.voice_id, sentences, speed=speed):
        yield higher(sound) if is_caller else sound


def higher(sound: "np.ndarray") -> "np.ndarray":
    """int16 of shape (samples,), read faster by PITCH."""
    import numpy as np

    places = np.arange(0, max(len(sound) - 1, 0), PITCH)
    return np.interp(places, np.arange(len(sound)), sound).astype(np.int16)
