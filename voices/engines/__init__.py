"""Voice engines: one interface and one registry. No engine's own library is imported before it speaks."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.utils.module_loading import import_string

from config.errors import NotFound, Unprocessable

if TYPE_CHECKING:
    import numpy as np

MIN_SPEED, MAX_SPEED = 0.25, 4.0  # times the voice's own
MAX_SENTENCE_WORDS = 100  # a model's memory grows with the square of a sentence's length
MAX_SENTENCE_CHARACTERS = 1_000
ENGINES = {"piper": "voices.engines.piper.engine", "fish": "voices.engines.fish.engine"}


class EngineUnknown(NotFound):
    code = "engine_unknown"


class VoiceBroken(Unprocessable):
    """The voice can't speak: its files are missing or damaged, or ask for what isn't installed."""

    code = "voice_broken"


class SpeakerUnknown(Unprocessable):
    code = "speaker_unknown"


class SpeedRefused(Unprocessable):
    code = "speed_refused"


@dataclass(frozen=True)
class VoiceSpec:
    """What a voice's files say of it. `sample_rate` is in Hz; `version` changes when the files do."""

    voice_id: str
    name: str
    language: str
    quality: str
    speakers: tuple[str, ...]  # empty when the voice has only one
    sample_rate: int
    size_bytes: int
    license: str
    version: str


@dataclass(frozen=True)
class Problem:
    """A voice that was left out, and a sentence that tells why."""

    file: str
    message: str


@dataclass(frozen=True)
class Scan:
    voices: list[VoiceSpec]
    problems: list[Problem]


class Engine(ABC):
    """One source of voices. Methods that take a voice_id raise VoiceBroken when that voice can't speak."""

    name: ClassVar[str]
    speeds: ClassVar[tuple[float, float]] = (MIN_SPEED, MAX_SPEED)  # the slowest and the fastest
    is_remote: ClassVar[bool] = False  # speaking waits for a network service, not for this machine

    @abstractmethod
    def is_on(self) -> bool:
        """Whether the engine is configured on this machine."""

    @abstractmethod
    def scan(self) -> Scan:
        """The voices that are ready to speak, and those that are not; loads no model."""

    def voices(self) -> list[VoiceSpec]:
        return self.scan().voices

    @abstractmethod
    def sample_rate(self, voice_id: str) -> int:
        """The rate of this voice's sound, in Hz."""

    def version(self, voice_id: str) -> str:
        """What changes when the voice sounds different under the same id; '' where that never happens."""
        return ""

    @abstractmethod
    def synthesize(
        self,
        voice_id: str,
        sentences: Iterable[str],
        *,
        speed: float = 1.0,
        speaker: str | None = None,
        between: Callable[[], object] = lambda: None,
    ) -> Iterator["np.ndarray"]:
        """Speak: one int16 array, shape (samples,), mono, at `sample_rate(voice_id)` Hz for each sentence, in order.

        Sentences are taken one at a time, when the sound of the one before has been used. One with nothing to say
        gives an empty array. `speed` is in times the voice's own; `speaker` is a name of the voice's or a
        number as text. `between` is called between the parts of a long sentence, and may raise to stop. The call
        itself raises VoiceBroken, SpeakerUnknown or SpeedRefused, before any sound.
        """

    def check_speed(self, speed: float) -> None:
        """SpeedRefused outside the engine's range."""
        slowest, fastest = self.speeds
        if not slowest <= speed <= fastest:  # NaN is refused too
            sentence = (
                f"This voice speaks at {slowest:g} to {fastest:g} times its own speed. Choose a speed in between."
            )
            raise SpeedRefused(sentence, field="speed")

    def takes_phonemes(self, voice_id: str) -> bool:
        """Whether this voice says `[[ˈɛkoʊ]]` in a sentence as these sounds."""
        return False

    def billed_bytes(self, text: str) -> int:
        """What the engine bills a text by."""
        return 0

    def loaded(self) -> list[str]:
        """The voices that this process holds in memory, the least recently used first."""
        return []

    @abstractmethod
    def warm_up(self, voice_id: str) -> None:
        """Load the voice and run it once, so that the next sentence starts at full speed."""


def get(name: str) -> Engine:
    """The engine of this name; EngineUnknown when there is none."""
    if name not in ENGINES:
        raise EngineUnknown(f"There is no voice engine named {name}. Known engines: {', '.join(ENGINES)}.")
    return import_string(ENGINES[name])


def all() -> list[Engine]:  # noqa: A001 - read as engines.all()
    return [get(name) for name in ENGINES]


def in_memory() -> dict[str, list[str]]:
    """For a worker's heartbeat: the voices of all engines that this process holds in memory."""
    return {"voices": [voice_id for engine in all() for voice_id in engine.loaded()]}


def is_remote(name: str) -> bool:
    """Whether this engine is a network service; one that is not known any more is none."""
    return name in ENGINES and get(name).is_remote


def is_on(name: str) -> bool:
    """Whether this engine is configured here; one that is not known any more is not."""
    return name in ENGINES and get(name).is_on()


def states() -> dict[str, str]:
    """For /health: which engines are on."""
    return {engine.name: "on" if engine.is_on() else "off" for engine in all()}
