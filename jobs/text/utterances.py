"""A text as what is said of it, one sentence after the other."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from jobs.text.cutting import Silence, cut, single_spaced
from jobs.text.markdown import pieces
from jobs.text.pauses import MAX_PAUSE_MILLISECONDS, parts
from jobs.text.saying import Reader, Respell, as_written
from jobs.text.speakable import AnotherScript

PARAGRAPH_MILLISECONDS = 400  # of silence between two of them


class Utterance(NamedTuple):
    """A sentence as people read it, as an engine is given it, and the silence after it in milliseconds."""

    shown: str
    spoken: str
    pause: int = 0


class Pause:
    """The silence that gathers after a sentence: all its marks, and no less than a paragraph's end has."""

    def __init__(self) -> None:
        self.marked = self.between = 0

    def add(self, silence: Silence) -> None:
        self.marked = min(self.marked + silence.milliseconds, MAX_PAUSE_MILLISECONDS)
        if silence.is_paragraph:
            self.between = PARAGRAPH_MILLISECONDS


def utterances(
    text: str,
    language: str = "en",
    *,
    respell: Respell = as_written,
    unspoken: Counter[str] | None = None,
    is_remote: bool = False,
) -> Iterator[Utterance]:
    """Tidy the text and cut it into what is spoken in one breath, in order and no sooner than it is asked for.

    Each has a letter or a digit, at most 100 words and at most 1,000 characters, and no white space but single spaces;
    nothing comes of a text with nothing to say. `language` is a code such as "en_US", `respell` changes how words of a
    sentence are spoken. Letters that a voice of the language can't read are left out of what is spoken, and counted in
    `unspoken`; AnotherScript after the last one when nothing else was there. An engine that `is_remote` reads all
    scripts, and numbers in its own way.
    """
    left_out: Counter[str] = Counter() if unspoken is None else unspoken
    reader = Reader(language, respell, left_out, is_remote=is_remote)
    before, pause = None, Pause()
    for part in cut(pieces(text), language):
        if isinstance(part, Silence):
            pause.add(part)
            continue
        for shown, spoken in reader.read(part):
            if before:
                yield before._replace(pause=max(pause.marked, pause.between))
            before, pause = Utterance(shown, spoken), Pause()
    if before:
        yield before._replace(pause=pause.marked)
    elif left_out:
        raise AnotherScript(left_out)


def sentences(text: str, language: str = "en") -> list[str]:
    """What an engine is given of a text."""
    return [each.spoken for each in utterances(text, language)]


def as_read(text: str) -> str:
    """A text without its marks, in one line."""
    return single_spaced(" ".join(words for piece in pieces(text) for words, _ in parts(piece.text)))
