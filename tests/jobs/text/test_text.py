"""Text made ready to be spoken."""

import random

import pytest

from config.text import forbidden_character
from jobs.text import is_speakable, utterances
from tests.effort import effort

SENTENCES = {
    "Dr. Smith met Mr. Jones. They talked.": ["Dr. Smith met Mr. Jones.", "They talked."],
    "Pi is 3.14 and e is 2.718. Nice.": ["Pi is 3.14 and e is 2.718.", "Nice."],
    "See https://example.com/a.b?c=d. Then www.foo.org. Bye.": [
        "See https://example.com/a.b?c=d.",
        "Then www.foo.org.",
        "Bye.",
    ],
    "Mail me@x.org! It is e.g. at 5 p.m. there.": ["Mail me@x.org!", "It is e.g. at 5 p.m. there."],
    "J. R. R. Tolkien wrote it. Good.": ["J. R. R. Tolkien wrote it.", "Good."],
    '"Stop!" he said. What? Really... Yes.': ['"Stop!" he said.', "What?", "Really...", "Yes."],
    "你好。我很好！你呢？": ["你好。", "我很好！", "你呢？"],
    "मैं ठीक हूँ। आप कैसे हैं?": ["मैं ठीक हूँ।", "आप कैसे हैं?"],
    "A heading\n\nThen text": ["A heading", "Then text"],
    "A heading\r\n \t\r\nThen text": ["A heading", "Then text"],
    "wrapped\nat the margin": ["wrapped at the margin"],
    "  a \t b\u00a0\u3000c\u2028d\x0be\x85f  ": ["a b c d e f"],
    "nul\x00l, half\ud800 \x1bc\x07o\u00adn\u200btr\ufeffol": ["null, half control"],
    "cafe\u0301": ["café"],
    "Yes. ... — ?! No.": ["Yes.", "No."],
    "": [],
    " \n\n\t ": [],
    "... ?! — \u201c\u201d \U0001f602": [],
}


def sentences(text: str, language: str = "en") -> list[str]:
    """As they are shown, of an engine that reads all scripts."""
    return [each.shown for each in utterances(text, language, is_remote=True)]


@pytest.mark.parametrize(("text", "expected"), SENTENCES.items())
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_language_chooses_the_abbreviations() -> None:
    text = "Am 3. Mai kommt sie. Gut."
    assert sentences(text, "de_DE") == sentences(text, "de") == ["Am 3. Mai kommt sie.", "Gut."]
    assert sentences("One. Two.", "xx-unknown") == sentences("One. Two.", "") == ["One.", "Two."]


def test_long_sentences_are_cut_at_clauses_first() -> None:
    text = " ".join(["word"] * 70) + "; " + " ".join(["other"] * 80)
    assert [len(piece.split()) for piece in sentences(text)] == [70, 80]
    assert sentences(text)[0].endswith("word;")


def test_long_sentences_without_clauses_are_cut_between_words() -> None:
    assert [len(piece.split()) for piece in sentences("word " * 101)] == [50, 51]
    assert sentences("a " * 100) == [" ".join("a" * 100)]


def test_numbers_are_not_cut() -> None:
    text = ("it costs 3,50 at 12:30 and " * 40).strip()
    assert " ".join(sentences(text)) == text


def test_one_word_of_50000_characters() -> None:
    pieces = sentences("a" * 50_000)
    assert "".join(pieces) == "a" * 50_000
    assert max(map(len, pieces)) <= 1_000


def test_long_paragraphs_have_no_seams() -> None:
    spoken = [f"Sentence number {number} was met by Dr. Smith." for number in range(300)]
    assert sentences(" ".join(spoken)) == spoken
    endless = "consectetur adipiscing " * 500
    assert " ".join(sentences(endless)) == endless.strip()


def test_nothing_is_lost_and_the_limits_hold() -> None:
    chooser = random.Random(1)  # noqa: S311 - a repeatable choice
    parts = [
        "Dr. ",
        "word ",
        "is ",
        "3.14 ",
        "end. ",
        "so, ",
        "你好。",
        "e.g. ",
        "(no. 5) ",
        "“Yes!” ",
        "http://a.b/c ",
        "x" * 300,
    ]
    for _ in range(100):
        text = "".join(chooser.choices(parts, k=chooser.randint(1, 900)))
        pieces = sentences(text)
        assert "".join("".join(pieces).split()) == "".join(text.split())
        assert all(len(piece) <= 1_000 and len(piece.split()) <= 100 for piece in pieces)


@pytest.mark.parametrize(
    "text",
    ["It works. Dr. A said so; fine. " * 3_200, "你好。" * 33_000, "«a. " * 25_000, "'" * 100_000, "a" * 100_000]
    + ["a, " * 33_000, "\n\na" * 33_000, "e" + "\u0316\u0301" * 50_000, "“a. b” " * 14_000, "." * 100_000],
    ids=["prose", "chinese", "quotes", "apostrophes", "word", "commas", "lines", "accents", "quoted", "stops"],
)
def test_a_hundred_thousand_characters_are_quick(text: str) -> None:
    assert effort(lambda: sentences(text)) < 40  # that of the slowest is 11


@pytest.mark.parametrize(
    ("text", "character"),
    [("a\x00b", "U+0000"), ("half \ud83d", "U+D83D"), ("\udc00", "U+DC00"), ("fine 😂 \x07\n", None), ("", None)],
)
def test_forbidden_character(text: str, character: str | None) -> None:
    assert forbidden_character(text) == character


@pytest.mark.parametrize(("text", "answer"), [("a", True), ("5", True), ("你", True), ("... 😂", False), ("", False)])
def test_is_speakable(text: str, answer: bool) -> None:
    assert is_speakable(text) is answer
