"""What is found is marked, and everything else stays as it was written."""

import pytest

from leads.highlights import BEFORE_CHARACTERS, EXCERPT_CHARACTERS, excerpt, marked
from leads.words import clauses, fits, terms

LONG = "rope " * 100


@pytest.mark.parametrize(
    ("text", "q", "html"),
    [
        ("The Café is open.", "cafe", "The <mark>Café</mark> is open."),
        ("The cafe\u0301 is open.", "CAFÉ", "The <mark>cafe\u0301</mark> is open."),
        ("Straße", "strasse", "<mark>Straße</mark>"),
        ("ΣΑΣ σας", "σας", "<mark>ΣΑΣ</mark> <mark>σας</mark>"),
        ("a <b> & a", "a b", "<mark>a</mark> &lt;<mark>b</mark>&gt; &amp; <mark>a</mark>"),
        ("price list, list price", '"price list"', "<mark>price list</mark>, list price"),
        ("price, list", '"price list" price', "<mark>price, list</mark>"),
        ("ropes", "rope", "ropes"),
        ("İstanbul", "istanbul", "<mark>İstanbul</mark>"),
        ("고양이 왔다", "고양이", "<mark>고양이</mark> 왔다"),
        ("<script>", "", "&lt;script&gt;"),
        ("", "rope", ""),
    ],
)
def test_marked(text, q, html):
    assert marked(text, q) == html


def test_an_excerpt_is_around_the_first_match():
    text = f"{LONG}the <harbour> wakes {LONG}harbour"
    html = excerpt(text, "harbour")
    assert html.startswith("…rope")
    assert html.endswith("rope…")
    assert "the &lt;<mark>harbour</mark>&gt; wakes" in html
    shown = html.replace("<mark>", "").replace("</mark>", "").replace("&lt;", "<").replace("&gt;", ">").strip("…")
    assert EXCERPT_CHARACTERS - BEFORE_CHARACTERS < len(shown) <= EXCERPT_CHARACTERS
    assert shown in text


def test_a_short_text_is_shown_whole():
    assert excerpt("The harbour.", "harbour") == "The <mark>harbour</mark>."
    assert excerpt(LONG, "sun").startswith("rope rope")
    assert excerpt("x" * 1_000, "x" * 150) == f"{'x' * EXCERPT_CHARACTERS}…"


def test_a_match_that_is_longer_than_the_excerpt():
    text = f"{'y' * 100} {'x' * 900}"
    assert excerpt(text, f"{'y' * 100} {'x' * 90}").count("<mark>") == 1


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("", []),
        ('Café "Price  List', ["cafe", "price list"]),
        ("rope ROPE rope", ["rope"]),
        ("e-mail", ["e mail"]),
        ("🎉 - _", []),
    ],
)
def test_terms(q, expected):
    assert terms(q) == expected


def test_a_long_question_is_cut_between_words():
    q = "harbour " * 24 + "lighthouse"
    assert terms(q) == ["harbour"]
    assert terms("x" * 300) == ["x" * 200]


def test_fits():
    assert fits("The price, list!", clauses('"price list"'))
    assert not fits("The pricelist", clauses("price"))
    assert not fits("the price of the list", clauses('"price list"'))
