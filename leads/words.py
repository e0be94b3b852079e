"""What somebody searches for: words and quoted phrases, and where a text has them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

QUERY_MAX_CHARACTERS = 200
CLAUSE = re.compile(r'"([^"]*)"?|([^\s"]+)')
WORD = re.compile(r"[^\W_]+")
UNSEARCHABLE = re.compile(r'[\x00-\x1f\x7f"\\\ud800-\udfff]')  # controls, halves of pairs, and what quotes phrases
ACCENTS = ("\u0300", "\u036f")  # marks that stand over and under letters
Span = tuple[int, int]  # of a text, from the first character to the one after the last


@dataclass(frozen=True)
class Clause:
    """A word, or several that follow each other: as written, and as they are compared."""

    text: str
    words: tuple[str, ...]


def clauses(q: str) -> list[Clause]:
    """What a text must have, all of it: words, and phrases in quotes. Any text may be asked for; signs are not words.

    Of a long question the words count that end within the first QUERY_MAX_CHARACTERS.
    """
    found: dict[tuple[str, ...], Clause] = {}
    for phrase, word in CLAUSE.findall(cut(q)):
        text = " ".join(UNSEARCHABLE.sub(" ", phrase or word).split())
        if words := tuple(word for word, _ in words_of(text)):
            found.setdefault(words, Clause(text, words))
    return list(found.values())


def cut(q: str) -> str:
    """A word that is cut through would find nothing."""
    start = q[:QUERY_MAX_CHARACTERS]
    if len(q) == len(start) or q[len(start)].isspace():
        return start
    return start.rsplit(maxsplit=1)[0] if len(start.split()) > 1 else start


def terms(q: str) -> list[str]:
    """The words and phrases that are looked for, in lower case and without accents."""
    return [" ".join(clause.words) for clause in clauses(q)]


def words_of(text: str) -> Iterator[tuple[str, Span]]:
    """Each word of a text, as words are compared, and where it stands."""
    plain, places = folded(text)
    for match in WORD.finditer(plain):
        # Accents that stand behind their letter belong to it.
        end = places[match.end()] if match.end() < len(plain) else len(text)
        yield match[0], (places[match.start()], end)


def folded(text: str) -> tuple[str, Sequence[int]]:
    """A text in lower case without accents, and of each of its characters the place in the text."""
    if text.isascii():
        return text.lower(), range(len(text))
    letters, places = [], []
    for place, character in enumerate(text):
        for letter in unicodedata.normalize("NFD", character.casefold()):
            if not ACCENTS[0] <= letter <= ACCENTS[1]:
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def fits(text: str, wanted: Sequence[Clause]) -> bool:
    """Whether a text has all of them."""
    words = f" {' '.join(word for word, _ in words_of(text))} "
    return all(f" {' '.join(clause.words)} " in words for clause in wanted)


def matches(text: str, wanted: Sequence[Clause]) -> list[Span]:
    """Where a text has any of them, from its start on; none reaches into the next."""
    found = list(words_of(text))
    sequences = {clause.words for clause in wanted}
    spans: list[Span] = []
    for place, (_, (start, _)) in enumerate(found):
        longest = max((len(words) for words in sequences if is_at(found, place, words)), default=0)
        if longest and (not spans or start >= spans[-1][1]):
            spans.append((start, found[place + longest - 1][1][1]))
    return spans


def is_at(found: Sequence[tuple[str, Span]], place: int, words: tuple[str, ...]) -> bool:
    return tuple(word for word, _ in found[place : place + len(words)]) == words
