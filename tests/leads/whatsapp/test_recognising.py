"""What a message tells of its writer."""

import pytest

from leads.whatsapp.recognising import recognise
from tests.effort import effort

NUMBER = "4915112345678"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My name is Ada Lovelace.", {"name": "Ada Lovelace"}),
        ("hi, my name's Ada", {"name": "Ada"}),
        ("I'm Ludwig van Beethoven", {"name": "Ludwig van Beethoven"}),
        ("ich heiße Jürgen Müller", {"name": "Jürgen Müller"}),
        ("Je m’appelle Zoé Léger", {"name": "Zoé Léger"}),
        ("my name is محمد علي", {"name": "محمد علي"}),
        ("This is Bob from Harbour & Sons, call me", {"name": "Bob", "company": "Harbour & Sons"}),
        ("I work at Analytical Engines Ltd.", {"company": "Analytical Engines Ltd"}),
        ("We're from Zéphyr Énergie", {"company": "Zéphyr Énergie"}),
        ("Our company is called Blue Door", {"company": "Blue Door"}),
        ("Writing on behalf of Müller Bau GmbH", {"company": "Müller Bau GmbH"}),
        ("Mail me: Ada.Lovelace+x@Example.ORG.", {"email": "ada.lovelace+x@example.org"}),
        ("我叫李雷 lilei@example.cn", {"email": "lilei@example.cn"}),
        ("Ring 030 901820 please", {"phone": "+4930901820"}),
        ("or +1 202 555 0143", {"phone": "+12025550143"}),
        (
            "Name: Grace Hopper\nCompany: Navy Labs\nE-mail: grace@navy.example",
            {"name": "Grace Hopper", "company": "Navy Labs", "email": "grace@navy.example"},
        ),
    ],
)
def test_what_is_found(text, found):
    assert recognise(text, phone_number=NUMBER) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I'm interested in pricing",
        "I am from Berlin",
        "I am Sorry",
        "This is great",
        "We work with Python",
        "call me back at home",
        "meet me @ noon, a@b or x@y.1",
        "order 4915112345678",  # the writer's own number
        "it costs 1000000 for 2026-11-21",
        "👋🏽 \u202e gnihton",
    ],
)
def test_what_is_not(text):
    assert recognise(text, phone_number=NUMBER) == {}


def test_without_a_country_only_whole_numbers_are_phones():
    assert recognise("030 901820", phone_number="user.id") == {}
    assert recognise("+49 30 901820", phone_number="user.id") == {"phone": "+4930901820"}


@pytest.mark.parametrize("part", ["A ", "a@", "Name: ", "this is A ", "1 2 ", "A & ", "a.a@a.a", "é", "'"])
def test_long_texts_take_no_time(part):
    assert effort(lambda: recognise(part * 40_000, phone_number=NUMBER)) < 5
