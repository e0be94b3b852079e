"""The dictionary, as the API and the page list it."""

import pytest

from tests.accounts.conftest import join_team_of
from tests.jobs.pronunciations.words import ADDRESS, PAGE, add


@pytest.fixture
def words(alice, charlie):
    add(alice, "SQL", "sequel", language="en")
    add(alice, "Echo", "/ˈɛkoʊ/")
    add(alice, "<b>", "bold <i>", language="en_US")
    add(charlie, "Secret")


def listed(client, query=""):
    answer = client.get(f"{ADDRESS}{query}")
    assert answer.status_code == 200
    return [entry["word"] for entry in answer.json()["items"]]


def test_api(api, alice, words):
    client = api(join_team_of(alice, "mate"))
    assert listed(client) == ["<b>", "Echo", "SQL"]
    first = client.get(f"{ADDRESS}?limit=2").json()
    assert listed(client, f"?limit=2&cursor={first['next']}") == ["SQL"]
    found = {q: listed(client, f"?q={q}") for q in ("sql", "QUEL", "ɛko", "[", "bold", "secret")}
    assert found == {"sql": ["SQL"], "QUEL": ["SQL"], "ɛko": ["Echo"], "[": [], "bold": ["<b>"], "secret": []}
    assert listed(client, "?language=en") == ["SQL"]
    assert {client.get(f"{ADDRESS}{bad}").status_code for bad in ("?limit=0", "?cursor=x", "?q=a%00b")} == {422}


def test_page(page, alice, words):
    client = page(alice)
    html = client.get(PAGE).content.decode()
    assert [html.index(word) for word in ("&lt;b&gt;", ">Echo<", ">SQL<")] == sorted(
        html.index(word) for word in ("&lt;b&gt;", ">Echo<", ">SQL<")
    )
    assert "<bdi>bold &lt;i&gt;</bdi>" in html
    assert "English (US)" in html
    assert "Secret" not in html
    html = client.get(f"{PAGE}?q=seq").content.decode()
    assert (">SQL<" in html, ">Echo<" in html) == (True, False)
    assert "Nothing fits" in client.get(f"{PAGE}?q=none").content.decode()


def test_pages_of_it(page, alice):
    client = page(alice)
    assert "Your team's words will be here" in client.get(PAGE).content.decode()
    for number in range(21):
        add(alice, f"word{number}")
    html = client.get(PAGE).content.decode()
    assert (">word20<" in html, ">word0<" in html) == (True, False)
    more = html.partition('hx-get="/pronunciations?cursor=')[2].partition('"')[0]
    rest = client.get(f"{PAGE}?cursor={more}", headers={"hx-request": "true"}).content.decode()
    assert (">word0<" in rest, "<html" in rest, "Show more" in rest) == (True, False, False)
