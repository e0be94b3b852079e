"""A worker whose sentences the tests attend, and listeners who hear what there is so far."""

from collections.abc import Callable, Iterator

import pytest

from jobs.listening import live, publishing
from voices.engines import piper

SENTENCES = ("Ropes creak.", "A gull complains.", "The harbour wakes.", "Nets are mended.", "Somebody sings.", "Night.")
TEXT = " ".join(SENTENCES)


class Stage:
    """`before(n)` is played before sentence n is made, when all before it have been published."""

    def __init__(self) -> None:
        self.acts: dict[int, Callable[[], object]] = {}

    def before(self, number: int, act: Callable[[], object]) -> None:
        self.acts[number] = act

    def attend(self, chunks: Iterator[object]) -> Iterator[object]:
        for number, chunk in enumerate(chunks, 1):
            self.acts.pop(number, lambda: None)()
            yield chunk


class Listener:
    """Hears what a stream gives, as far as it is asked to."""

    def __init__(self, sound: Iterator[bytes]) -> None:
        self._sound, self.data, self.is_over = iter(sound), b"", False

    def catch_up(self) -> bytes:
        """All that has been published; what it has heard so far."""
        for part in self._sound:
            if not part:
                return self.data
            self.data += part
        self.is_over = True
        return self.data

    def to_end(self) -> bytes:
        """Everything; raises what the stream raises."""
        while not self.is_over:
            self.catch_up()
        return self.data


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, settings: object) -> Stage:
    settings.SPEECH_CACHE_MB = 0  # each attempt makes its sentences itself
    stage, synthesize = Stage(), piper.engine.synthesize
    monkeypatch.setattr(piper.engine, "synthesize", lambda *args, **more: stage.attend(synthesize(*args, **more)))
    monkeypatch.setattr(live, "BLOCK_MILLISECONDS", 40)
    monkeypatch.setattr(live, "AWAY_SECONDS", 0.05)
    return stage


@pytest.fixture
def short_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """So little sound stays in Redis that most of it goes into parts."""
    monkeypatch.setattr(publishing, "WINDOW_SECONDS", 1.0)
