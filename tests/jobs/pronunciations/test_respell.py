"""What a dictionary makes of a sentence."""

import random
import string

from jobs.text.pronunciation import Entry, respeller
from tests.effort import effort

WORDS = {
    "3": "tree",
    "Echo": "Echo desk",
    "Echo desk": "Echo",
    "ping": "pong",
    "pong": "ping",
    "C++": "see plus plus",
    "C": "see",
    "e.g.": "for example",
    "O'Neil": "oh neel",
    "New York": "Big Apple",
    "York": "Yorrick",
    "a.b": "dotted",
    "(x)": "ex",
    ".*": "anything",
    ".NET": "dot net",
    "can": "kan",
    "s": "ess",
    "SQL": "[[ˈsiːkwəl]]",
    "Jack": "[[dʒæk]]",
    "Max": "[[mæks]]",
    "東京": "とうきょう",
    "ता": "TA",
    "กา": "KA",
    "Straße": "Strasse",
    "café": "caffay",
}
SENTENCES = {
    "Echo, ECHO desk; Echos, Echo's: Echo.": "Echo desk, Echo; Echos, Echo desk's: Echo desk.",
    "ping pong Ping": "pong ping pong",
    "C++, C++17, C+ and C# in C.": "see plus plus, C++17, see+ and C# in see.",
    "e.g. one, E.G. two, x e.g.": "for example one, for example two, x for example",
    "O’Neil's and o'neil": "oh neel's and oh neel",
    "New York, York, New Yorker": "Big Apple, Yorrick, New Yorker",
    "a.b a.bc aab (x) x anything .*": "dotted a.bc aab ex x anything anything",
    ".NET but ASP.NET": "dot net but ASP.NET",
    "can, can't, can's, don't, s": "kan, can't, kan's, don't, ess",
    "SQL's, sql; Jack's Max's": "[[ˈsiːkwəlz]], [[ˈsiːkwəl]]; [[dʒæks]] [[mæksɪz]]",
    "[[SQL]] is left, [[ping is not": "[[SQL]] is left, [[pong is not",
    "東京都は東京SQL": "とうきょう都はとうきょう[[ˈsiːkwəl]]",
    "किताब ता": "किताब TA",
    "กา ก้า": "KA ก้า",
    "İ STRAßE straße STRASSE": "İ Strasse Strasse STRASSE",
    "3 of 3: $3.50, 1,3, 3:30, 2.3. 1/3 3.": "tree of tree: $3.50, 1,3, 3:30, 2.3. 1/3 tree.",
    "C.S. Lewis, Echo.com, a.c": "C.S. Lewis, Echo desk.com, a.c",
    "Café cafés _can_": "caffay cafés _kan_",
    "": "",
}


def entries(words):
    return tuple(Entry(word, said) for word, said in words.items())


def test_sentences():
    respell = respeller(entries(WORDS))
    assert {sentence: respell(sentence) for sentence in SENTENCES} == SENTENCES


def test_capitals_and_what_a_voice_cant_say():
    """The first entry of the longest word that is meant is taken; where none is, one may begin further on."""
    respell = respeller(
        (
            Entry("US", "you ess", is_case_sensitive=True),
            Entry("US Army", "the army", is_case_sensitive=True),
            Entry("army", "arrmy"),
            Entry("sql", ""),
            Entry("SQL", "sequel"),
            Entry("vase", ""),
            Entry("O'Neil", "oh", is_case_sensitive=True),
        )
    )
    assert respell("US us US army, US Army. SQL vase O’Neil") == "you ess us US arrmy, the army. sequel vase oh"


def test_no_english_endings_elsewhere():
    assert respeller((Entry("Max", "[[maks]]"),), "de_DE")("Max's") == "[[maks]]'s"


def test_a_thousand_words_cost_less_than_a_millisecond():
    chooser = random.Random(1)  # noqa: S311 - a repeatable choice
    words = ["".join(chooser.choices(string.ascii_letters, k=chooser.randint(3, 12))) for _ in range(1_000)]
    respell = respeller(entries(dict.fromkeys(words, "a b")))
    sentences = [" ".join(chooser.choices(words, k=130))[:1_000], "a" * 1_000, " ".join(words)[:1_000]]
    for sentence in sentences:
        hundred_times = effort(lambda sentence=sentence: [respell(sentence) for _ in range(100)])
        assert hundred_times < 5  # 0.9


def test_words_that_begin_alike_a_hundred_deep():
    words = {"a" * length: "x" for length in range(1, 101)}
    respell = respeller(entries(words))
    assert respell(f"{'a' * 100} {'a' * 101}") == f"x {'a' * 101}"
