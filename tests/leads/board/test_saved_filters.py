"""Filters that a team keeps under names: saved, shown as links, deleted."""

import pytest
from django.db import IntegrityError

from config.errors import Conflict
from leads.actions import saved_filters
from leads.models import SavedFilter
from tests.accounts.conftest import join_team_of
from tests.leads.leads import make_lead

HOT = {"q": "acme", "tag": "big fish"}
QUERY = "?q=acme&tag=big+fish"
IN_HTML = QUERY.replace("&", "&amp;")


def save(user, name="Hot", wanted=None):
    return saved_filters.save_filter(by=user, name=name, wanted=wanted or HOT)


def html_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_saved_for_the_team(page, alice, charlie):
    mate, lead = join_team_of(alice, "mate"), make_lead(alice)
    client = page(alice)
    assert "Save this filter…" not in html_of(client, "/leads")
    assert "Save this filter…" in html_of(client, f"/leads{QUERY}")
    answer = client.post("/leads/filters", {"name": " Hot  ones ", "at": "leads", "status": "", **HOT})
    assert answer["Location"] == f"/leads{QUERY}"
    html = html_of(client, answer["Location"])
    assert "The filter “Hot ones” is saved for your team." in html
    assert f'href="/leads{IN_HTML}" aria-current="page" dir="auto">Hot ones</a>' in html
    assert "Save this filter…" not in html
    saved = SavedFilter.objects.get()
    assert (saved.by, saved.team, saved.wanted) == (alice, alice.team, HOT)
    assert f'href="/leads/filters/{saved.pk}/delete"' in html
    html = html_of(page(mate), "/leads")
    assert f'href="/leads{IN_HTML}" dir="auto">Hot ones</a>' in html
    assert f'href="/leads/filters/{saved.pk}/delete"' not in html  # it is not the one that is shown
    assert "Hot ones" not in html_of(page(charlie), "/leads")
    assert lead.pk in html


def test_on_the_board(page, alice):
    make_lead(alice)
    client = page(alice)
    assert client.post("/leads/filters", {"name": "Hot", "at": "board", **HOT})["Location"] == f"/leads/board{QUERY}"
    save(alice, "Hot and closed", HOT | {"status": "closed"})
    html = html_of(client, f"/leads/board{QUERY}")
    assert f'href="/leads/board{IN_HTML}" aria-current="page" dir="auto">Hot</a>' in html
    assert 'href="/leads?status=closed&amp;q=acme&amp;tag=big+fish" dir="auto">Hot and closed</a>' in html


@pytest.mark.parametrize("at", ["/leads", "logout", "", "//evil.example"])
def test_it_leads_nowhere_else(page, alice, at):
    answer = page(alice).post("/leads/filters", {"name": "Hot", "at": at, **HOT})
    assert answer["Location"] == f"/leads{QUERY}"


def test_what_is_not_saved(page, alice):
    client = page(alice)
    refused = {
        "Give the filter a name.": [{"name": " "}, {"name": "\u202e"}, {}],
        "at most 60 are kept": [{"name": "x" * 61}],
        "The character U+0000 is not taken here.": [{"name": "\0"}, {"q": "\0"}],
        "This filters nothing.": [{"q": " ", "tag": ""}],
        "at most 200 are kept": [{"q": "x" * 201}],
        "There is no such status.": [{"status": "won"}],
        "Choose an owner of the list.": [{"owner": "nobody"}],
        "Say a day like": [{"from": "yesterday"}, {"to": "9999-12-31"}],
    }
    for sentence, wrongs in refused.items():
        for wrong in wrongs:
            sent = HOT | ({"name": "Hot"} if wrong else {}) | wrong
            html = html_of(client, client.post("/leads/filters", sent)["Location"])
            assert sentence in html, wrong
    assert not SavedFilter.objects.exists()


def test_a_name_is_one_filter_s(alice, charlie, monkeypatch):
    save(alice)
    save(charlie)
    for name in ("Hot", "hot", " HOT "):
        with pytest.raises(Conflict, match="has a filter “Hot” already"):
            save(alice, name, {"q": "other"})
    for name in ("[", "(", "*", "a.c", "abc", "É"):  # no regular expressions, on no database
        save(alice, name)
    with pytest.raises(Conflict, match="has a filter “É” already"):
        save(alice, "é")

    def refuse(self, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(SavedFilter, "save", refuse)  # somebody was a moment earlier
    with pytest.raises(Conflict, match="has a filter “New” already"):
        save(alice, "New")


def test_there_is_an_end(alice, charlie, monkeypatch):
    monkeypatch.setattr(saved_filters, "FILTERS_MAX", 2)
    save(charlie)
    for name in "ab":
        save(alice, name)
    with pytest.raises(Conflict, match="Your team has 2 saved filters. Delete one"):
        save(alice, "c")


def test_it_is_deleted_by_any_member(page, alice, charlie):
    saved, client = save(alice), page(join_team_of(alice, "mate"))
    address = f"/leads/filters/{saved.pk}/delete"
    html = html_of(client, address)
    assert "Delete the filter “<bdi>Hot</bdi>”?" in html
    assert "<bdi>Alice</bdi> saved it" in html
    assert page(charlie).post(address).status_code == 404
    saved_filters.delete_filter(by=charlie, saved=saved)
    assert SavedFilter.objects.exists()
    answer = client.post(address, follow=True)
    assert answer.redirect_chain == [(f"/leads{QUERY}", 302)]
    assert "The filter “Hot” is deleted." in answer.content.decode()
    assert client.get(address).status_code == 404


def test_an_owner_who_left_is_still_shown_as_one(page, alice):
    """The filter shows nobody's leads then, and has to say why."""
    make_lead(alice)
    html = html_of(page(alice), f"/leads?owner={'a' * 24}")
    assert "selected>Somebody who left</option>" in html
    assert "Somebody who left" not in html_of(page(alice), "/leads?owner=nobody")
