"""A dictionary of pronunciations as what it makes of a sentence."""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from jobs.text.utterances import Respell, as_written

# Between letters of these scripts there are no spaces, and so no limits of words: Thai to Burmese, Khmer, CJK.
UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
LETTER = rf"[^\W_{UNSPACED[1:]}"
IS_UNSPACED = re.compile(UNSPACED)
BRACKETED = r"\[\[.*?\]\]"  # phonemes that the text has already
POSSESSIVE = re.compile(rf"'s(?!{LETTER})")
NO_ENDING = f"(?!'(?!s(?!{LETTER})){LETTER})"  # but the possessive one: "can" does not stand in "can't"
NO_SIGN = r"(?!\+\+|#)"
BEGINS, ENDS = f"(?:(?={UNSPACED})|(?<!{LETTER}))", f"(?:(?<={UNSPACED})|(?!{LETTER}){NO_ENDING})"
ENDING_CHARACTERS = 2  # of the longest of "'s", "'t", "'ll" and their kind
SIGNS = str.maketrans("’ʼ‐‑", "''--")  # that are read alike
SIBILANTS, VOICELESS = "szʃʒ", "ptkfθ"
DICTIONARIES = 64  # that a process keeps ready
Trie = dict[str, Any]


class Entry(NamedTuple):
    """A word, and how it is spoken: in other words, or as `[[phonemes]]`; empty where a voice can't say these."""

    word: str
    spoken: str
    is_case_sensitive: bool = False

    def is_meant(self, word: str) -> bool:
        return not self.is_case_sensitive or word.translate(SIGNS) == self.word.translate(SIGNS)


def folded(text: str) -> str:
    """The text as words are compared: of any case, with one kind of apostrophe. It has as many characters as before."""
    case = text.casefold()
    alike = case if len(case) == len(text) else "".join(map(fold_one, text))
    return alike.translate(SIGNS)


def fold_one(character: str) -> str:
    return next((case for case in (character.casefold(), character.lower()) if len(case) == 1), character)


@functools.lru_cache(maxsize=DICTIONARIES)
def respeller(entries: tuple[Entry, ...], language: str = "en") -> Respell:
    """What puts the entries in place of their words: whole words only, the longest first, each part of a sentence once.

    Of several entries of a word the first that is meant is taken. `language`, such as "en_US", is of the sentences.
    """
    if not entries:
        return as_written
    known: dict[str, list[Entry]] = {}
    for entry in entries:
        known.setdefault(folded(entry.word), []).append(entry)
    words = re.compile(f"{BRACKETED}|{any_of(known)}")
    is_english = language.lower().startswith("en")

    def respell(sentence: str) -> str:
        return "".join(parts(sentence, words, known, is_english))

    return respell


def parts(sentence: str, words: re.Pattern[str], known: dict[str, list[Entry]], is_english: bool) -> Iterator[str]:
    """The sentence in pieces: what lies between the words, and how these are spoken."""
    alike = folded(sentence)
    at = done = 0
    while found := words.search(alike, at):
        start, at = found.span()
        entry = meant(known.get(found[0], ()), sentence, start, at)
        if entry:
            owner = POSSESSIVE.match(alike, at) if is_english and entry.spoken.startswith("[[") else None
            yield sentence[done:start]
            yield with_s(entry.spoken) if owner else entry.spoken
            at = done = owner.end() if owner else at
        elif found[0] in known:
            at = start + 1  # there may be a shorter one in it
    yield sentence[done:]


def meant(entries: Iterable[Entry], sentence: str, start: int, end: int) -> Entry | None:
    word = sentence[start:end]
    entry = next((each for each in entries if each.spoken and each.is_meant(word)), None)
    return entry if entry and stands_alone(sentence, start, end) else None


def stands_alone(sentence: str, start: int, end: int) -> bool:
    """Whether it is no part of something longer for all that no letter is beside it: of "don't", "e.g." or "3.50"."""
    before, word, after = sentence[max(0, start - 2) : start], sentence[start:end], sentence[end : end + 2][::-1]
    if len(word) <= ENDING_CHARACTERS and (is_joined(before, ".'’ʼ") or is_joined(after, ".")):
        return False
    if (word[0].isdigit() and is_joined(before, ".,:/")) or (word[-1].isdigit() and is_joined(after, ".,:/")):
        return False
    is_cut = is_mark(before[-1:]) and not IS_UNSPACED.match(word)
    return not is_cut and not is_mark(after[-1:])


def is_joined(beside: str, signs: str) -> bool:
    """Whether a letter or a digit follows beyond one of the signs."""
    return len(beside) == 2 and beside[0].isalnum() and beside[1] in signs


def is_mark(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] == "M"


def with_s(phonemes: str) -> str:
    """With the ending of "Anna's", "Jack's" or "Max's"."""
    last = phonemes[-3]
    return f"{phonemes[:-2]}{'ɪz' if last in SIBILANTS else 's' if last in VOICELESS else 'z'}]]"


# The regular expression: a tree of beginnings, so that a thousand words cost little more than one


def any_of(words: Iterable[str]) -> str:
    """Matches the longest of the words that stands whole at a place."""
    tree: Trie = {}
    for word in words:
        node = tree
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return f"{BEGINS}{branches(tree, '')}{ENDS}"


def branches(node: Trie, last: str) -> str:
    """What may follow a beginning that ends with `last`; the end of a word comes after all that are longer."""
    found = [tail(character, below) for character, below in sorted(node.items()) if character]
    if "" in node:
        found.append(limit_after(last))
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"


def tail(character: str, node: Trie) -> str:
    """A straight run of characters is written as one: the tree is as deep as it is forked, not as it is long."""
    run = [character]
    while len(node) == 1 and "" not in node:
        [(character, node)] = node.items()
        run.append(character)
    return re.escape("".join(run)) + branches(node, character)


def limit_after(last: str) -> str:
    """A sign is not followed by itself: "C+" does not stand in "C++", nor does "C" in it or in "C#"."""
    if last.isalnum():
        return NO_SIGN
    return "" if last == "." else f"(?!{re.escape(last)})"
