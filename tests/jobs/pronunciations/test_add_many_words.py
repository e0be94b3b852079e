"""Many words are added at once, on a page: all of them or none."""

import pytest

from config.errors import Conflict, Unprocessable
from jobs.actions import pronunciation_lists
from jobs.models import Pronunciation
from tests.jobs.pronunciations.words import add, dictionary

IMPORT = "/pronunciations/import"
TEXT = 'SQL, sequel\r\n\r\n"Smith, John",Jon Smith\nEcho,/ˈɛkoʊ/ , en\nsql,ess cue ell\n'


def test_page(page, alice):
    add(alice, "SQL", "squeal", is_case_sensitive=True)
    client = page(alice)
    assert "Add many words" in client.get(IMPORT).content.decode()
    html = client.post(IMPORT, {"text": TEXT}, follow=True).content.decode()
    assert "2 added, 1 changed." in html
    assert dictionary() == {"SQL": "ess cue ell", "Smith, John": "Jon Smith", "Echo": "/ˈɛkoʊ/"}
    assert Pronunciation.objects.get(word="SQL").is_case_sensitive
    assert "0 added, 0 changed." in client.post(IMPORT, {"text": TEXT}, follow=True).content.decode()
    html = client.post(IMPORT, {"text": "a, b\nc"}).content.decode()
    assert "Line 2: Write a word, a comma and how it is said." in html


def test_one_bad_line_refuses_all(alice, monkeypatch):
    bad = {
        "": "Write a word, a comma",
        " \n": "Write a word, a comma",
        "a": "Line 1: Write a word, a comma",
        "a,b\n,c": "Line 2: Write the word as it stands",
        "a,b\nc,": "Line 2: Write a word, a comma",
        "a,b,en,d": "Line 1: Write a word, a comma",
        "a,b,English": "Line 1: Name a language",
        "a,/漢/": "Line 1: No voice can say 漢",
        'a,b\n"c': "Line 2: Write a word, a comma",
        "a,b\n" * 1_001: "Send at most 1,000 lines",
        f"a,{'x' * 200_000}": "Line 1: ",
    }
    for text, sentence in bad.items():
        with pytest.raises(Unprocessable, match=sentence):
            pronunciation_lists.add_many(by=alice, text=text)
    add(alice, "x")
    monkeypatch.setattr(pronunciation_lists, "PRONUNCIATIONS_MAX", 2)
    with pytest.raises(Conflict, match="Remove those"):
        pronunciation_lists.add_many(by=alice, text="a,b\nc,d")
    assert dictionary() == {"x": "sequel"}
