"""The engine `fish`: voice models made from recordings, and their speech, by the Fish Audio API."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from django.conf import settings

from config.errors import Unprocessable
from config.ids import new_id
from voices.engines import Engine, Scan, SpeakerUnknown
from voices.engines.fish_errors import EngineOff, ModelUnknown

if TYPE_CHECKING:
    import numpy as np

Format = Literal["wav", "mp3", "opus", "pcm"]
State = Literal["created", "training", "trained", "failed"]

MAX_VOLUME = 20.0  # dB louder or softer
MAX_SAMPLES = 20  # recordings that one model is made from
MAX_PAGES = 100  # of the engine's list, each of 100 models
SAMPLE_RATE = 44_100  # Hz, of pcm, wav and mp3; opus has 48,000
MODEL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class MadeModel:
    """A voice model at the engine. It speaks when it is `trained`; until then its state is asked for again."""

    model_id: str
    state: State


def nothing() -> None:
    """For callers that have no reason to stop in between."""


class Fish(Engine):
    """Whatever calls the engine is over within 60 seconds, and raises an EngineFailure when it was in vain.

    `between` is called in the pauses before another try, and may raise to stop.
    """

    name = "fish"
    speeds = (0.5, 2.0)
    is_remote = True

    def is_on(self) -> bool:
        return bool(settings.FISH_API_KEY)

    def scan(self) -> Scan:
        """Nothing for the catalogue: its voices are people's own voice models."""
        return Scan([], [])

    def sample_rate(self, voice_id: str) -> int:
        return SAMPLE_RATE

    def synthesize(
        self,
        voice_id: str,
        sentences: Iterable[str],
        *,
        speed: float = 1.0,
        speaker: str | None = None,
        between: Callable[[], object] = nothing,
    ) -> Iterator["np.ndarray"]:
        """Speak with the voice model `voice_id`, one request for each sentence."""
        if not self.is_on():
            raise EngineOff
        if speaker:
            raise SpeakerUnknown("This voice has only one speaker. Leave the speaker out.", field="speaker")
        check_model_id(voice_id)
        self.check_speed(speed)
        return (self._sound(voice_id, sentence, speed, between) for sentence in sentences)

    def _sound(self, model_id: str, sentence: str, speed: float, between: Callable[[], object]) -> "np.ndarray":
        import numpy as np

        if not any(character.isalnum() for character in sentence):
            return np.zeros(0, np.int16)
        sound = self.speak(sentence, model_id, format="pcm", speed=speed, between=between)
        return np.frombuffer(sound, "<i2").astype(np.int16)

    def billed_bytes(self, text: str) -> int:
        return len(text.encode())

    def warm_up(self, voice_id: str) -> None:
        """Nothing is loaded on this machine, and a sentence to try it would be billed."""

    def speak(
        self,
        text: str,
        model_id: str,
        *,
        format: Format = "wav",  # noqa: A002 - the word of the API
        speed: float = 1.0,
        volume: float = 0.0,
        between: Callable[[], object] = nothing,
    ) -> bytes:
        """The sound of a text, whole. `pcm` is s16le, mono, 44,100 Hz; `volume` is in dB, -20 to 20."""
        from voices.engines import fish_calls, fish_http

        check_model_id(model_id)
        self.check_speed(speed)
        check_volume(volume)
        config = fish_calls.speech_options(model_id, format=format, speed=speed, volume=volume)
        return fish_http.ask(lambda client: fish_calls.say(client, text, config), between=between)

    def make_model(
        self,
        title: str,
        samples: Sequence[Path | bytes],
        *,
        tag: str,
        tags: Sequence[str] = (),
        description: str = "",
        between: Callable[[], object] = nothing,
    ) -> MadeModel:
        """Make a private voice model of 1 to 20 recordings.

        `tag` is one that no model has (`new_tag()`): a try whose answer never came may have made the model, so the next
        one first looks for the tag. Keep it; when all tries fail, `list_models(tag)` says later what became of them.
        """
        from voices.engines import fish_calls, fish_http

        if not 1 <= len(samples) <= MAX_SAMPLES:
            raise Unprocessable(f"A voice model is made from 1 to {MAX_SAMPLES} recordings.", field="audio")
        voices = [sample if isinstance(sample, bytes) else sample.read_bytes() for sample in samples]
        making = fish_calls.Making(title, voices, [tag, *tags], description)
        return fish_http.tried(making.attempt, between=between)

    def model_state(self, model_id: str, *, between: Callable[[], object] = nothing) -> State:
        from voices.engines import fish_http

        check_model_id(model_id)
        return fish_http.ask(lambda client: client.voices.get(model_id).state, between=between)

    def list_models(self, tag: str = "", *, between: Callable[[], object] = nothing) -> list[MadeModel]:
        """Our account's models, newest first; with a tag those that have it. At most 10,000, by 100 in a call."""
        from voices.engines import fish_calls, fish_http

        models: list[MadeModel] = []
        for number in range(1, MAX_PAGES + 1):
            found = fish_http.ask(lambda client, number=number: fish_calls.page(client, tag, number), between=between)
            models += found.models
            if found.is_last:
                break
        return models

    def delete_model(self, model_id: str, *, between: Callable[[], object] = nothing) -> None:
        """One that is gone already, or never was, counts as deleted."""
        from voices.engines import fish_http

        with suppress(ModelUnknown):
            check_model_id(model_id)
            fish_http.ask(lambda client: client.voices.delete(model_id), between=between)


def new_tag() -> str:
    """For `make_model`: a tag that no other model has."""
    return f"echodesk-{new_id()}"


def check_model_id(model_id: str) -> None:
    """The SDK puts the id into an address as it is."""
    if not MODEL_ID.fullmatch(model_id):
        raise ModelUnknown


def check_volume(volume: float) -> None:
    if not (math.isfinite(volume) and abs(volume) <= MAX_VOLUME):
        raise Unprocessable(f"Choose a volume from {-MAX_VOLUME:g} to {MAX_VOLUME:g} dB.", field="volume")


engine = Fish()
