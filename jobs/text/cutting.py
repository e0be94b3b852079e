"""Where sentences end, and where what is too long for a voice is halved."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jobs.text import wording
from jobs.text.languages import main_code
from jobs.text.markdown import Piece
from jobs.text.pauses import parts
from voices.engines import MAX_SENTENCE_CHARACTERS, MAX_SENTENCE_WORDS

WINDOW = 2_000  # characters given to sentencex at once: its time grows with the square of them where spaces are rare
CLAUSE_END = re.compile(r"[;:,،؛]\s|[；：，、]")
SPACE = re.compile(r"\s")
LAST_WORD = 20  # characters of a sentence, with the space after it
ENTRY_NUMBER = re.compile(r"\s*\d{1,3}[.)]\s*")


class Silence(NamedTuple):
    """Between sentences: that of a mark, in milliseconds, or of a paragraph's end."""

    milliseconds: int = 0
    is_paragraph: bool = False


def cut(pieces: Iterable[Piece], language: str) -> Iterator[str | Silence]:
    """The sentences of paragraphs, of any length and with single spaces only, and the silences between them.

    `language` is a code such as "en_US": it chooses the abbreviations that don't end a sentence.
    """
    cutter = Cutter(main_code(language))
    for number, piece in enumerate(pieces):
        if piece.joint is None:
            yield from cutter.end()
            if number:
                yield Silence(is_paragraph=True)
        yield from cutter.add(piece.joint or "")
        for words, milliseconds in parts(piece.text):
            yield from cutter.add(words)
            if milliseconds is not None:
                yield from cutter.end()
                yield Silence(milliseconds)
    yield from cutter.end()


class Cutter:
    """Takes a paragraph part by part; a window's last sentence is unfinished and begins the next window."""

    def __init__(self, language: str) -> None:
        self._language, self._rest = language, ""
        self._unfinished = wording.unfinished(language)

    def add(self, text: str) -> Iterator[str]:
        self._rest += text
        while len(self._rest) > WINDOW:
            found = self._segment(self._rest[: window_end(self._rest)])
            finished = found[:-1] if len(found) > 1 else found
            self._rest = self._rest[sum(map(len, finished)) :]
            yield from map(single_spaced, finished)

    def end(self) -> Iterator[str]:
        rest, self._rest = self._rest, ""
        if rest.strip():
            yield from map(single_spaced, self._segment(rest))

    def _segment(self, text: str) -> list[str]:
        from sentencex import segment

        return joined(with_number(segment(self._language, text)), self._unfinished)


def with_number(sentences: list[str]) -> list[str]:
    """A list's "1. Bread" is one sentence."""
    if len(sentences) > 1 and ENTRY_NUMBER.fullmatch(sentences[0]):
        return [sentences[0] + sentences[1], *sentences[2:]]
    return sentences


def joined(sentences: list[str], unfinished: re.Pattern[str] | None) -> list[str]:
    """Those that were cut after an abbreviation that sentencex doesn't know."""
    if unfinished is None or len(sentences) < 2:
        return sentences
    whole = sentences[:1]
    for sentence in sentences[1:]:
        if unfinished.search(whole[-1][-LAST_WORD:] + sentence[:1]):
            whole[-1] += sentence
        else:
            whole.append(sentence)
    return whole


def window_end(paragraph: str) -> int:
    return paragraph.rfind(" ", 0, WINDOW) + 1 or WINDOW


def single_spaced(text: str) -> str:
    return " ".join(text.split())


def is_short(sentence: str) -> bool:
    """Whether every voice can speak it at once."""
    return len(sentence) <= MAX_SENTENCE_CHARACTERS and len(sentence.split()) <= MAX_SENTENCE_WORDS


def halves(sentence: str) -> tuple[str, str]:
    """Of two characters or more: cut where it hurts least."""
    cut = middle(sentence)
    return sentence[:cut].strip(), sentence[cut:].strip()


def middle(sentence: str) -> int:
    """The end of a clause nearest to the middle, else of a word, else the middle itself."""
    half = len(sentence) // 2
    for end in (CLAUSE_END, SPACE):
        cuts = [found.end() for found in end.finditer(sentence) if found.end() < len(sentence)]
        if cuts:
            return min(cuts, key=lambda cut: abs(cut - half))
    return half
