"""The voice of one job: whoever speaks, with the job's options."""

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

from config import VERSION
from config.errors import Unprocessable
from jobs import pronunciations, sources, text
from jobs.models import Job, language_code
from jobs.text.pronunciation import Entry, respeller
from voices import engines

if TYPE_CHECKING:
    import numpy as np


SPOKEN_MAX_CHARACTERS = 1_000_000  # ten times a text's: numbers in words, and what a dictionary says for its words
SILENCE_MAX_HOURS = 4  # 100,000 characters in 33,000 paragraphs have 3.7


class TooMuch(Unprocessable):
    """A short text may ask for days of sound: by marks of pauses, or by a word that its dictionary makes long."""

    code = "too_much"


class JobVoice:
    """Says one sentence after the other; `between` is called between the parts or the tries of one, and may raise.

    Making one raises VoiceBroken, SpeakerUnknown or SpeedRefused when the job can't be spoken.
    """

    def __init__(self, job: Job, between: Callable[[], object]) -> None:
        self._job, self.source = job, sources.of_job(job)
        self.unspoken: Counter[str] = Counter()  # the letters of its text that it can't read
        self.engine, name = engines.get(self.source.engine), self.source.engine_id
        self._sentence = ""
        # Before it is loaded: no sound of old files is ever kept as that of new ones.
        version = self.engine.version(name)
        self._sounds = self.engine.synthesize(
            name, self._sentences(), speed=job.speed, speaker=job.speaker or None, between=between
        )
        self.sample_rate = self.engine.sample_rate(name)  # Hz
        self._heard_by = [job.user_id, self.source.engine, name, version, float(job.speed), job.speaker]

    @functools.cached_property
    def _entries(self) -> tuple[Entry, ...]:
        return pronunciations.entries_for(self._job.user, self.source)

    def utterances(self) -> Iterator[text.Utterance]:
        """What it says of the job's text. AnotherScript when it can't read any of it, TooMuch when that has no end."""
        respell = respeller(self._entries, language_code(self.source.language))
        how = {"respell": respell, "unspoken": self.unspoken, "is_remote": self.engine.is_remote}
        return bounded(text.utterances(self._job.text, self.source.language, **how))

    def say(self, spoken: str) -> "np.ndarray":
        """The sound of one sentence: int16, shape (samples,), at `sample_rate` Hz."""
        self._sentence = spoken
        return next(self._sounds)

    def _sentences(self) -> Iterator[str]:
        while True:
            yield self._sentence

    def key(self, spoken: Sequence[str]) -> str:
        """Under which the sound of these sentences is kept. It tells nobody the text, and differs between people."""
        return self._digest("sentences", *spoken)

    @functools.cached_property
    def file_key(self) -> str:
        """The same, of all that the job's file depends on."""
        job, name = self._job, self.source.name
        file = [job.format, job.sample_rate, job.title, name, settings.LOUDNESS_LUFS, VERSION]
        return self._digest("file", job.text, self._entries, *file)

    def _digest(self, *parts: object) -> str:
        return salted_hmac("jobs.cached_sounds", json.dumps([*self._heard_by, *parts]), algorithm="sha256").hexdigest()


def bounded(utterances: Iterable[text.Utterance]) -> Iterator[text.Utterance]:
    characters = milliseconds = 0
    for each in utterances:
        characters, milliseconds = characters + len(each.spoken), milliseconds + each.pause
        if characters > SPOKEN_MAX_CHARACTERS:
            raise TooMuch(
                f"Spoken out, this text has more than {SPOKEN_MAX_CHARACTERS:,} characters. Shorten it, or what the "
                "dictionary says for its words.",
                field="text",
            )
        if milliseconds > SILENCE_MAX_HOURS * 3_600_000:
            raise TooMuch(f"This text has more than {SILENCE_MAX_HOURS} hours of pauses. Shorten them.", field="text")
        yield each
