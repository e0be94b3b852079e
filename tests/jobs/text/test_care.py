"""What of a text is not spoken: Markdown's marks, emoji, marks of pauses; and the characters that are spoken alike."""

import random
import unicodedata

from jobs.text import Utterance, utterances
from tests.effort import effort, seconds

MARKDOWN = {
    "# A *fine* title #\nText **bold**, __too__, ~~gone~~ and `code`.": [
        "A fine title",
        "Text bold, too, gone and code.",
    ],
    "Title\n=====\nText\n\n---\n\n> quoted\n> words": ["Title", "Text", "quoted words"],
    "- one\n* two\n+ three\n  more\n\n1. first\n2) second\n   - deep": [
        *("one", "two", "three more"),
        *("1. first", "2) second", "deep"),
    ],
    "- [x] done\n- [ ] open": ["done", "open"],
    "See [the docs](https://a.b/c 'd'), <https://e.f> and ![a cat](cat.png).": ["See the docs, https://e.f and a cat."],
    "By [name][1] or [name].\n\n[1]: https://a.b\n[name]: <https://c.d> 'Title'": ["By name or name."],
    "| Name | Age |\n|---|--:|\n| Ann | 5 |\n| Bob | |": ["Name, Age", "Ann, 5", "Bob"],
    "```python\nprint('*a*')\n\nx = 1\n```\nAfter": ["print('*a*')", "x = 1", "After"],
    "~~~\na *b*\n```\nc": ["a *b* ``` c"],
    "<p>One<br>two, H<sub>2</sub>O</p> <!-- gone --> &amp; \\*so\\*": ["One two, H2O & *so*"],
    "    indented is prose\n\n\tso is this": ["indented is prose", "so is this"],
}
PLAIN = (
    "2 * 3 * 4",
    "snake_case_name and a_b",
    "5 < 6 and 7 > 6",
    "a <b and c> d, <Mary>",
    "#1 in town",
    "1984. A year.",
    "C:\\path",
    "*not closed, nor _this or `that or [this",
    "[Note]: remember",
    "$x = [1, 2]; f(a)[0]",
    "~5 | 6 ~ 7",
    "-5 degrees",
    "C# and (c)",
    "© 2026, 5 #, 6 *, ™",
    ":-) <3 ^_^ xD",
)
TIDIED = {
    "cafe\u0301 ﬁne ﬂag": "café fine flag",
    "Ｈｅｌｌｏ，１２！": "Hello，12！",
    "𝐇𝐞𝐥𝐥𝐨 𝓌ℴ𝓇𝓁𝒹 𝟚 ℝ": "Hello world 2 R",
    "①b Ⅷ ｶﾞ ⼈": "1 b VIII ガ 人",
    "x² H₂O ½ ™ ℹ": "x² H₂O ½ ™ ℹ",
    "so\u00adft ze\u200bro \u202eleft\u202c w\u200dord": "soft zero left word",
    "می\u200cخواهم क्\u200dष": "می\u200cخواهم क्\u200dष",
    "Well done 👍🏽! I ❤️ it 👩‍👩‍👧 🇩🇪.": "Well done! I it.",
    "★ 1️⃣ one ✅ two ■ F♯": "1 one two F♯",
    "What‼": "What!!",
}
PAUSES = {
    "One. [pause 500ms] Two.": [("One.", 500), ("Two.", 0)],
    "one [PAUSE 1.5s] two [pause 2] three": [("one", 1_500), ("two", 2_000), ("three", 0)],
    "a [pause 1s][pause  3 seconds ] b [pause 99999s]": [("a", 4_000), ("b", 10_000)],
    "a [pause 6s] [pause 7s] b": [("a", 10_000), ("b", 0)],
    "[pause 1s] a\n\nb\n\n[pause 300ms]\n\nc\n\n[pause 2s]\n\nd": [("a", 400), ("b", 400), ("c", 2_000), ("d", 0)],
    "- one [pause 1s]\n- **two [pause 1s] three**": [("one", 1_000), ("two", 1_000), ("three", 0)],
    "[pause 1s [pause 1s] x": [("[pause 1s", 1_000), ("x", 0)],
    "a [[pause 1s]] b": [("a [", 1_000), ("] b", 0)],
    "[pause] [pause abc] [pause -5s] [pause 5 days] [pause": [
        ("[pause] [pause abc] [pause -5s] [pause 5 days] [pause", 0)
    ],
    "a \ufdd05000\ufdd1 b": [("a 5000 b", 0)],
    "[pause 1s]": [],
    "a" + "[pause 1s]" * 2_000 + "b": [("a", 10_000), ("b", 0)],
}
HOSTILE = {
    "quotes": ">" * 50_000,
    "quotes apart": "> " * 50_000,
    "brackets": "[" * 100_000,
    "links": "[](" * 33_000,
    "open links": "[" * 50_000 + "](x)" * 10_000,
    "stars": "*" * 50_000,
    "emphasis": "*a_b" * 25_000,
    "ticks": "`a``" * 25_000,
    "entries": "- a\n" * 25_000,
    "depth": "".join(" " * number + "- a\n" for number in range(400)),
    "tables": "|a|\n|-|\n" * 12_000,
    "tags": "<a b=c" * 16_000,
    "pauses": "[pause 1s]" * 10_000,
    "broken pauses": "[pause 1" * 12_000,
    "emoji": "😂 " * 50_000,
    "spaces": " " * 100_000,
    "fences": "```\n" * 25_000,
    "dots": "1." * 50_000,
    "prices": "$1" * 50_000,
    "ranges": "1-" * 50_000,
    "links to": "http://" * 14_000,
    "mails": "a@a." * 25_000,
}
PARTS = [
    "word ",
    "Dr. ",
    "**",
    "_",
    "[",
    "](",
    ")",
    "[[",
    "]]",
    "`",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "1. ",
    "| ",
    "|-|\n",
    "#",
]
PARTS += [
    "[pause 1s]",
    "[pause ",
    "😂",
    "\u200d",
    "e\u0301",
    "日本",
    "Привет ",
    "αβγ",
    "$3.50 ",
    "5-10 km ",
    "11/22/2026 ",
]
PARTS += [
    "<b>",
    "</",
    "<!--",
    "&amp;",
    "\\",
    "http://a.b/c ",
    "me@x.org ",
    "X" * 1_200,
    "$1 " * 40,
    "```\n",
    "~~",
    "~~~",
]
PARTS += ["\ufdd0", "\ue000", "\x00", "\ud800", "Henry VIII ", "1984 ", "½", "²", "٣", "v1.2.3 ", "+1 555 123 4567 "]


def shown(text: str) -> list[str]:
    return [each.shown for each in utterances(text, is_remote=True)]


def test_markdown_is_read_without_its_marks() -> None:
    assert {text: shown(text) for text in MARKDOWN} == MARKDOWN


def test_plain_texts_stay_as_they_are() -> None:
    assert [" ".join(shown(text)) for text in PLAIN] == list(PLAIN)


def test_characters_are_made_plain_and_ornaments_left_out() -> None:
    assert {text: " ".join(shown(text)) for text in TIDIED} == TIDIED


def test_pauses_follow_what_was_said_before_them() -> None:
    assert {text: [(each.shown, each.pause) for each in utterances(text)] for text in PAUSES} == PAUSES


def test_what_is_longer_than_a_block_goes_on_as_if_it_were_not_cut() -> None:
    sentence = "It was *said* by Dr. Smith of [Acme](https://a.b). "
    for text in (sentence * 300, (sentence + "\n") * 300):
        assert shown(text) == ["It was said by Dr. Smith of Acme."] * 300
    rows = "".join(f"| {number} | b |\n" for number in range(400))
    assert shown(f"| a | b |\n|---|---|\n{rows}")[-1] == "399, b"
    entries = "".join(f"{number}. An entry\n" for number in range(1, 1_000))
    assert shown(entries)[-1] == "999. An entry"


def test_hostile_texts_take_bounded_time() -> None:
    """Of each an eighth of 100,000 characters, which are to take about a second at most; the slowest costs 3."""
    list(utterances("Warm up: $5, *a* 😂."))
    efforts = {name: effort(lambda text=text: list(utterances(text[:12_500]))) for name, text in HOSTILE.items()}
    assert {name: spent for name, spent in efforts.items() if spent > 12} == {}


def test_the_first_sentence_of_a_long_text_comes_at_once() -> None:
    """As soon as that of a tenth of it: the rest is not looked at. The best of five tries each."""
    next(utterances("Warm up: $5, *a* 😂."))
    for text in ("It *works*. " * 8_300, "It works. " * 10_000, "It *works*.\n" * 8_300, "It works.\n\n" * 9_000):
        tenth, whole = (min(seconds_to_first(each) for _ in range(5)) for each in (text[: len(text) // 10], text))
        assert whole < 4 * tenth


def seconds_to_first(text: str) -> float:
    return seconds(lambda: next(utterances(text)))


def test_whatever_is_written_nothing_fails_and_the_limits_hold() -> None:
    chooser = random.Random(10)  # noqa: S311 - a repeatable choice
    for _ in range(150):
        text = "x" + "".join(chooser.choices(PARTS, k=chooser.randint(1, 120)))
        for each in utterances(text, chooser.choice(["en_US", "de_DE", "ru_RU", "xx"])):
            assert isinstance(each, Utterance)
            assert len(each.spoken) <= 1_000
            assert len(each.spoken.split()) <= 100
            assert "  " not in each.spoken + each.shown
            assert "[[" not in each.spoken
            assert "\ufdd0" not in each.spoken + each.shown
            assert 0 <= each.pause <= 10_000


def test_no_letter_of_prose_is_lost() -> None:
    chooser = random.Random(11)  # noqa: S311 - a repeatable choice
    words = [
        "A",
        "word",
        "is",
        "3.14",
        "so,",
        "no. 5",
        "(see",
        "that)",
        "“Yes!”",
        "5 < 6",
        "a_b",
        "2 * 3",
        "#1",
        "~5",
        "x" * 300,
    ]
    words += [
        "C:\\path",
        "$5",
        "me@x.org",
        "http://a.b/c",
        "He said:",
        "end.",
        "*",
        "-",
        "5-6",
        "and/or",
        "[1]",
        "{2}",
        "e.g.",
    ]
    for _ in range(100):
        text = "A " + " ".join(chooser.choices(words, k=chooser.randint(1, 900)))
        assert letters("".join(shown(text))) == letters(text)


def letters(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each)[0] in "LN")
