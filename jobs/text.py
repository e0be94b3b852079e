"""Text made ready to be spoken: tidied, and cut into sentences that every voice can take."""

import re
import unicodedata
from collections.abc import Iterator

from config.errors import Unprocessable
from voices.engines import MAX_SENTENCE_CHARACTERS, MAX_SENTENCE_WORDS

WINDOW = 2_000  # characters given to sentencex at once: its time grows with the square of them where spaces are rare
UNSPOKEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\ufeff\ud800-\udfff]")
WORD = re.compile(r"\S{1,200}")
LINE_END = re.compile(r"\r\n?|[\v\x85\u2028]")
PARAGRAPH_END = re.compile(r"[\f\u2029]|\n\s*\n")
CLAUSE_END = re.compile(r"[;:,،؛]\s|[；：，、]")
SPACE = re.compile(r"\s")


class NothingToSay(Unprocessable):
    code = "nothing_to_say"

    def __init__(self) -> None:
        super().__init__("There is nothing to say in this text.", field="text")


def is_speakable(text: str) -> bool:
    """Whether there is a letter or a digit to say."""
    return any(character.isalnum() for character in text)


def sentences(text: str, language: str = "en") -> list[str]:
    """Tidy the text and cut it into what is spoken in one breath.

    Each has a letter or a digit, at most 100 words and at most 1,000 characters, and no white space but single spaces;
    an empty list means that there is nothing to say. `language` is a code such as "en_US": it chooses the abbreviations
    that don't end a sentence. Characters that can't be spoken are left out.
    """
    language = re.split("[_-]", language)[0].lower()
    return [
        piece
        for paragraph in paragraphs(text)
        for sentence in split_paragraph(paragraph, language)
        for piece in pieces(sentence.strip())
        if is_speakable(piece)
    ]


def paragraphs(text: str) -> Iterator[str]:
    """The parts between blank lines, with single spaces only."""
    for paragraph in PARAGRAPH_END.split(UNSPOKEN.sub("", LINE_END.sub("\n", composed(text)))):
        if words := paragraph.split():
            yield " ".join(words)


def composed(text: str) -> str:
    """NFC, word by word: over a long run of accents its time grows with the square of their number."""
    return WORD.sub(lambda word: unicodedata.normalize("NFC", word[0]), text)


def split_paragraph(paragraph: str, language: str) -> Iterator[str]:
    """The sentences of one paragraph; a window's last one is unfinished and begins the next window."""
    from sentencex import segment

    start = 0
    while start < len(paragraph):
        end = window_end(paragraph, start)
        found = segment(language, paragraph[start:end])
        finished = found[:-1] if end < len(paragraph) and len(found) > 1 else found
        yield from finished
        start += sum(map(len, finished))


def window_end(paragraph: str, start: int) -> int:
    end = start + WINDOW
    return end if end >= len(paragraph) else paragraph.rfind(" ", start, end) + 1 or end


def pieces(sentence: str) -> list[str]:
    """Halve what is too long, where it hurts least."""
    if len(sentence) <= MAX_SENTENCE_CHARACTERS and len(sentence.split()) <= MAX_SENTENCE_WORDS:
        return [sentence]
    cut = middle(sentence)
    return pieces(sentence[:cut].strip()) + pieces(sentence[cut:].strip())


def middle(sentence: str) -> int:
    """The end of a clause nearest to the middle, else of a word, else the middle itself."""
    half = len(sentence) // 2
    for end in (CLAUSE_END, SPACE):
        cuts = [found.end() for found in end.finditer(sentence) if found.end() < len(sentence)]
        if cuts:
            return min(cuts, key=lambda cut: abs(cut - half))
    return half
