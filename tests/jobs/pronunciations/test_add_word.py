"""A word is added to the dictionary: by the action, the API and the page."""

import pytest

from config.errors import Conflict, Unprocessable
from jobs.actions import pronunciations as actions
from jobs.models import Pronunciation
from tests.accounts.conftest import join_team_of
from tests.jobs.pronunciations.words import ADDRESS, PAGE, add, dictionary

SAID = {"replacement": "sequel"}
BAD = {
    "word": [
        *({"word": word} for word in ("", " ", "\u200b", "...", ".*", "😀", "[[", "a[[b", "x" * 101, "a\0b", "a\x07b")),
        {"word": "half \ud83d"},
        {"word": None},
        {"word": 5},
    ],
    "replacement": [
        {},
        *({"replacement": said} for said in ("", "  ", "...", "x" * 201, "a\0b", "\ud83d", "[[ˈɛkoʊ]]", "a]]b", 5)),
    ],
    "ipa": [
        {"ipa": "ɛ", "replacement": "a"},
        *(
            {"ipa": ipa}
            for ipa in ("[ɛ]", "ɛ]]", "a\0b", "a\x07b", "ɛ?", "漢", "//", "ˈː", "ɛ" * 201, "ç" * 150, "<b>")
        ),
    ],
    "language": [SAID | {"language": name} for name in ("English", "e", "en_", "en-US-x", "e\0n")],
    "case_sensitive": [SAID | {"case_sensitive": "sometimes"}],
}


def post(client, **fields):
    return client.post(ADDRESS, {"word": "SQL"} | fields, "application/json")


def test_it_is_tidied(alice):
    entry = add(alice, "  New \n York\u202e ", " Big\tApple ", language=" EN-us ")
    assert (entry.team, entry.by, entry.word, entry.key) == (alice.team, alice, "New York", "new york")
    assert (entry.replacement, entry.ipa, entry.language, entry.is_case_sensitive) == ("Big Apple", "", "en_US", False)
    entry = add(alice, "cafe\u0301", "/kæˈf.eɪ/")
    assert (entry.word, entry.replacement, entry.ipa, entry.said) == ("café", "", "kæˈfeɪ", "/kæˈfeɪ/")
    for word in ("C++", "O'Neil", "e.g.", "a.b", "(x)", "<b>bold</b>", "x" * 100, "東京"):
        assert add(alice, word, f"{word} {word}"[:200]).word == word


def test_api(api, alice):
    answer = post(api(alice), replacement="sequel", language="en")
    made = answer.json()
    assert (answer.status_code, made.pop("created_at")[-1]) == (201, "Z")
    entry = {"replacement": "sequel", "ipa": None, "language": "en", "case_sensitive": False}
    assert made == {"_id": Pronunciation.objects.get().pk, "word": "SQL", **entry}
    sounds = post(api(alice), word="US", ipa="/ˌju.ˈɛs/", case_sensitive=True).json()
    assert (sounds["ipa"], sounds["replacement"], sounds["case_sensitive"]) == ("ˌjuˈɛs", None, True)


def test_what_the_api_refuses(api, alice):
    client = api(alice)
    for field, bodies in BAD.items():
        for body in bodies:
            answer = post(client, **({"replacement": "sequel"} if field == "word" else {}) | body)
            assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", field]), body
    assert "No voice can say ? (U+003F), 漢 (U+6F22)." in post(client, ipa="ɛ?漢").json()["detail"]
    assert not Pronunciation.objects.exists()


def test_page(page, alice):
    client = page(alice)
    answer = client.post(PAGE, {"word": "SQL", "said": "/ˈsiːkwəl/", "is_case_sensitive": "on"}, follow=True)
    html = answer.content.decode()
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Voices say “SQL” as /ˈsiːkwəl/ from now on." in html
    assert "<bdi>/ˈsiːkwəl/</bdi>" in html
    assert "All languages, in these capitals" in html
    refused = {
        "id_word_error": [{"word": ""}, {"word": "sql"}, {"word": "..."}, {"word": "x" * 101}],
        "id_said_error": [{"said": ""}, {"said": "[["}, {"said": "/[/"}, {"said": "x" * 201}],
        "id_language_error": [{"language": "xx"}],
    }
    for where, wrongs in refused.items():
        for wrong in wrongs:
            answer = client.post(PAGE, {"word": "New", "said": "noo"} | wrong)
            assert (answer.status_code, f'id="{where}"' in answer.content.decode()) == (200, True), wrong
    assert dictionary() == {"SQL": "/ˈsiːkwəl/"}


def test_a_word_stands_once_for_a_language(alice, charlie, api, monkeypatch):
    add(alice, "O'Neil")
    add(charlie, "O'Neil")
    add(alice, "O'Neil", language="en")
    for word in ("o'neil", "O’NEIL", " O'Neil "):
        with pytest.raises(Conflict, match="has “O'Neil” already"):
            add(alice, word)
    answer = post(api(join_team_of(alice, "mate")), word="o'neil", replacement="oh")
    assert (answer.status_code, answer.json()["code"]) == (409, "known_word")
    for word in ("a.c", "abc", "É"):  # no regular expressions, on no database
        add(alice, word)
    with pytest.raises(Conflict, match="has “É” already"):
        add(alice, "é")
    monkeypatch.setattr(actions, "check_free", lambda entry: None)  # somebody is a moment earlier
    before = Pronunciation.objects.count()
    with pytest.raises(Conflict, match="has “ABC” already"):
        add(alice, "ABC")
    assert Pronunciation.objects.count() == before


def test_there_is_an_end(alice, charlie, monkeypatch):
    monkeypatch.setattr(actions, "PRONUNCIATIONS_MAX", 2)
    add(charlie)
    for word in "ab":
        add(alice, word)
    with pytest.raises(Conflict, match="at most 2 words. Remove those"):
        add(alice, "c")


def test_refusals_of_the_action_name_their_field(alice):
    with pytest.raises(Unprocessable) as refused:
        actions.add(by=alice, word="SQL")
    assert refused.value.field == "replacement"
