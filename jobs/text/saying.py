"""A sentence as it is spoken: respelled, in words, without letters that the voice can't read."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from jobs.text import wording
from jobs.text.cutting import halves, is_short, single_spaced
from jobs.text.scripts import unreadable
from jobs.text.speakable import is_speakable
from voices.engines import MAX_SENTENCE_CHARACTERS, MAX_SENTENCE_WORDS

RAW_PHONEMES = re.compile(r"(\[\[.*?\]\])")  # as Piper takes them
DOUBLE_BRACKETS = re.compile(r"\[{2,}|\]{2,}")
Respell = Callable[[str], str]


class Said(NamedTuple):
    """What is spoken, and the characters that are not."""

    spoken: str
    unspoken: str


def as_written(sentence: str) -> str:
    return sentence


class Reader:
    """Reads sentences out in one language, and counts the characters that it leaves out in `unspoken`."""

    def __init__(self, language: str, respell: Respell, unspoken: Counter[str], *, is_remote: bool) -> None:
        self._respell, self._unspoken = respell, unspoken
        self._word = as_written if is_remote else wording.of(language)
        self._unreadable = None if is_remote else unreadable(language)

    def read(self, sentence: str) -> Iterator[tuple[str, str]]:
        """The sentence as it is shown and as it is spoken, in as many parts as the limits of both need."""
        if not is_speakable(sentence):
            return
        said = self.say(sentence) if is_short(sentence) else None
        if said and (is_short(said.spoken) or len(sentence) == 1):
            self._unspoken.update(said.unspoken)
            if is_speakable(said.spoken):
                yield sentence, shortened(said.spoken)
        else:
            for half in halves(sentence):
                yield from self.read(half)

    def say(self, sentence: str) -> Said:
        """What stands in double brackets is an engine's own notation if `respell` has put it there."""
        parts = RAW_PHONEMES.split(self._respell(DOUBLE_BRACKETS.sub(lambda found: found[0][0], sentence)))
        readable = [self.readable(part) for part in parts[::2]]
        parts[::2] = [self._word(each.spoken) for each in readable]
        return Said(single_spaced("".join(parts)), "".join(each.unspoken for each in readable))

    def readable(self, text: str) -> Said:
        if not self._unreadable or text.isascii():
            return Said(text, "")
        left_out = "".join(self._unreadable.findall(text))
        letters = (character for character in left_out if not unicodedata.category(character).startswith("M"))
        return Said(self._unreadable.sub(" ", text) if left_out else text, "".join(letters))


def shortened(spoken: str) -> str:
    """Of one character that is respelled as more than can be spoken at once."""
    if is_short(spoken):
        return spoken
    return " ".join(spoken.split()[:MAX_SENTENCE_WORDS])[:MAX_SENTENCE_CHARACTERS]
