"""What the board shows, to whom, and what is new on it."""

import datetime as dt
import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import times
from leads.actions import leads
from leads.models import Lead
from leads.pages import board
from tests.accounts.conftest import join_team_of
from tests.leads.leads import make_lead

NEWS = {"HX-Request": "true"}
MARK = re.compile(r"mark=(\w+)")


def html_of(client, query=None):
    answer = client.get("/leads/board", query or {})
    assert answer.status_code == 200
    return answer.content.decode()


def in_columns(html):
    """The ids of the leads in each column, and its count."""
    parts = re.split(r'data-column="(\w+)"', html)[1:]
    return {
        status: (re.search(r"data-count>([\d,+]+)<", part)[1], re.findall(r'id="card-(\w+)"', part))
        for status, part in zip(parts[::2], parts[1::2], strict=True)
    }


def test_empty_it_offers_the_first_step(page, alice, charlie):
    make_lead(charlie)
    html = html_of(page(alice))
    assert "Your leads will be here" in html
    assert "data-column" not in html
    assert "every 10s, desk:news" in html  # the first lead comes in by itself


def test_a_column_for_each_status(page, alice, charlie, monkeypatch):
    monkeypatch.setattr(board, "BOARD_ROWS", 2)
    make_lead(charlie, name="Hidden")
    made = [
        make_lead(alice, email=f"{hours}@a.example", timestamp=times.now() - dt.timedelta(hours=hours))
        for hours in (3, 1, 2)
    ]
    closed = make_lead(alice, email="c@c.example", status="closed")
    leads.change_lead(by=alice, lead=closed, owner=alice.pk)
    html = html_of(page(alice))
    empty = ("0", [])
    assert in_columns(html) == {
        "new": ("3", [made[1].pk, made[2].pk]),
        "contacted": empty,
        "qualified": empty,
        "converted": empty,
        "closed": ("1", [closed.pk]),
    }
    assert html.count('class="board-more small">') == 1  # only of the new ones there are more
    assert '<a href="/leads?status=new">Show all' in html
    assert "<bdi>Alice</bdi>" in html
    assert "Hidden" not in html


def test_counts_end_somewhere(page, alice, monkeypatch):
    monkeypatch.setattr("leads.models.leads.COUNTED_MAX", 2)
    monkeypatch.setattr("leads.views.leads.COUNTED_MAX", 2)
    for number in range(3):
        make_lead(alice, email=f"{number}@a.example")
    assert in_columns(html_of(page(alice)))["new"][0] == "2+"


def test_it_is_filtered_as_the_table_is(page, alice):
    mate, client = join_team_of(alice, "mate"), page(alice)
    lead = make_lead(alice, tags=["big fish"], timestamp=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    leads.change_lead(by=alice, lead=lead, owner=mate.pk, status="closed")
    fitting = {"q": "acme", "tag": "Big Fish", "owner": mate.pk, "from": "2026-11-01", "to": "2026-11-01"}
    html = html_of(client, fitting | {"status": "new"})  # which all of them are, or are not: each has its column
    assert in_columns(html)["closed"] == ("1", [lead.pk])
    query = f"q=acme&amp;tag=Big+Fish&amp;owner={mate.pk}&amp;from=2026-11-01&amp;to=2026-11-01"
    assert f'href="/leads?{query}&amp;status=closed"' in html
    assert f'action="/leads/{lead.pk}/move?{query}&amp;status=new"' in html
    for wrong in ({"q": "nobody"}, {"tag": "big"}, {"owner": alice.pk}, {"from": "2026-11-02"}):
        html = html_of(client, fitting | wrong)
        assert lead.pk not in html
        assert "Nobody here." in html
    assert "Say a day like" in html_of(client, {"from": "yesterday"})
    assert "every 10s" in html_of(client, {"from": "2026-11-01"})
    assert "every 30s" in html_of(client, {"q": "acme"})  # words are looked for in all rows
    for nonsense in ({"owner": "nobody"}, {"q": "\0"}, {"tag": "x" * 1_000}, {"mark": "\0"}):
        html_of(client, nonsense)


def test_what_others_do_comes_in(page, alice):
    client, mate = page(alice), join_team_of(alice, "mate")
    lead = make_lead(alice)
    mark = MARK.search(html_of(client))[1]
    assert client.get("/leads/board", {"mark": mark}, headers=NEWS).status_code == 204
    leads.set_status(by=mate, lead=lead, status="contacted")
    news = client.get("/leads/board", {"mark": mark}, headers=NEWS)
    html = news.content.decode()
    assert in_columns(html)["contacted"] == ("1", [lead.pk])
    assert "<html" not in html
    assert "data-say" not in html  # nobody asked for it
    assert MARK.search(html)[1] != mark
    assert "HX-Request" in news["Vary"]
    leads.change_lead(by=mate, lead=Lead.objects.get(), owner=mate.pk)
    mark = MARK.search(html)[1]
    assert client.get("/leads/board", {"mark": mark}, headers=NEWS).status_code == 200


def test_its_cost_does_not_grow(page, alice):
    """Nor does it join, before which MongoDB reads whole tables."""
    client, counts = page(alice), []
    for more in (1, 4):
        for number in range(more):
            lead = make_lead(alice, email=f"{more}{number}@a.example")
            leads.change_lead(by=alice, lead=lead, owner=alice.pk)
        with CaptureQueriesContext(connection) as queries:
            html_of(client)
        counts.append(len(queries))
        assert not [query for query in queries if " JOIN " in query["sql"] or "$lookup" in query["sql"]]
    assert counts[0] == counts[1]
