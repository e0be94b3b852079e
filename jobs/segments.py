"""Texts cut into segments: consecutive sentences that one worker makes, and that are made only once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from jobs.text import Utterance

if TYPE_CHECKING:
    import numpy as np

SHORT_CHARACTERS = 2_000  # of a text; in one up to this each sentence is a segment, so that all workers end together
SEGMENT_CHARACTERS = 600  # about 40 seconds of sound
PARAGRAPHS_CHARACTERS = 300  # after which a segment ends with its paragraph: a change in one leaves the others as made


@dataclass(frozen=True)
class Plan:
    """One segment before it is made; `key` is that of its sound in the cache."""

    number: int
    utterances: Sequence[Utterance]
    key: str

    @property
    def spoken(self) -> list[str]:
        return [each.spoken for each in self.utterances]


class Said(NamedTuple):
    """A sentence and its sound, int16 of shape (samples,)."""

    utterance: Utterance
    sound: "np.ndarray"
    is_made: bool  # for this job and by its own worker, not taken from elsewhere


def cut(utterances: Iterable[Utterance], *, characters: int) -> Iterator[list[Utterance]]:
    """The sentences of a text of so many characters, segment by segment, no sooner than they are asked for."""
    part: list[Utterance] = []
    for each in utterances:
        part.append(each)
        size = sum(len(one.spoken) for one in part)
        is_full = size >= SEGMENT_CHARACTERS or (each.pause and size >= PARAGRAPHS_CHARACTERS)
        if is_full or characters <= SHORT_CHARACTERS:
            yield part
            part = []
    if part:
        yield part
