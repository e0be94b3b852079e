import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import times
from leads.actions import leads, notes
from leads.models import ConversationSession, Lead, TranscriptEvent
from tests.accounts.conftest import join_team_of
from tests.leads.leads import PERSON, make_lead


def html_of(client, address, query=None, **headers):
    answer = client.get(address, query or {}, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_list_offers_the_first_step(page, alice):
    html = html_of(page(alice), "/leads")
    assert "Your leads will be here" in html
    assert 'role="search"' not in html


def test_the_list(page, alice, charlie):
    make_lead(charlie, email="b@b.example", name="Hidden")
    lead = make_lead(alice, tags=["big fish"])
    leads.change_lead(by=alice, lead=lead, owner=alice.pk)
    html = html_of(page(alice), "/leads")
    assert f'href="/leads/{lead.pk}"' in html
    assert "big%20fish" in html
    assert 'state-new">New' in html
    assert "Hidden" not in html


def test_the_list_is_filtered(page, alice):
    mate = join_team_of(alice, "mate")
    lead = make_lead(alice, tags=["big fish"], timestamp=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    leads.change_lead(by=alice, lead=lead, owner=mate.pk, status="closed")
    client = page(alice)
    fitting = {
        "status": "closed",
        "q": "acme",
        "tag": "Big Fish",
        "owner": mate.pk,
        "from": "2026-11-01",
        "to": "2026-11-01",
    }
    assert lead.pk in html_of(client, "/leads", fitting)
    for wrong in ({"status": "new"}, {"q": "nobody"}, {"tag": "big"}, {"owner": alice.pk}, {"from": "2026-11-02"}):
        html = html_of(client, "/leads", fitting | wrong)
        assert lead.pk not in html
        assert "Nothing fits" in html


def test_nonsense_in_the_address(page, alice):
    make_lead(alice)
    client = page(alice)
    assert "Say a day like" in html_of(client, "/leads", {"from": "yesterday"})
    for query in ({"status": "won"}, {"owner": "nobody"}, {"q": "\0"}, {"tag": "x" * 1_000}, {"to": "\0"}):
        html_of(client, "/leads", query)
    assert client.get("/leads", {"cursor": "nonsense"}).status_code == 422


def test_the_tabs_count(page, alice):
    make_lead(alice)
    make_lead(alice, email="b@b.example", status="closed")
    html = html_of(page(alice), "/leads", {"q": "acme"})
    assert 'All <span class="lead-count">2</span>' in html
    assert 'Closed <span class="lead-count">1</span>' in html
    assert "/leads?q=acme&amp;status=closed" in html


def test_the_tabs_count_what_the_filter_lets_through(page, alice):
    make_lead(alice)
    make_lead(alice, email="b@b.example", company="Nord", status="closed")
    html = html_of(page(alice), "/leads", {"q": "acme", "status": "new"})
    for words in ("All", "New", "Closed"):
        assert f'{words} <span class="lead-count">{0 if words == "Closed" else 1}</span>' in html


def test_a_date_field_gets_days_only(page, alice):
    make_lead(alice, timestamp=dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC))
    html = html_of(page(alice), "/leads", {"from": "2026-11-01", "to": "2026-11-01T10:00:00Z"})
    assert 'name="from" value="2026-11-01"' in html
    assert 'name="to" value=""' in html
    assert "Ann Lee" in html


def test_the_tabs_count_no_further_than_needed(page, alice, monkeypatch):
    monkeypatch.setattr("leads.models.leads.COUNTED_MAX", 2)
    monkeypatch.setattr("leads.views.leads.COUNTED_MAX", 2)
    for number in range(3):
        make_lead(alice, email=f"{number}@a.example")
    make_lead(alice, email="b@b.example", status="closed")
    html = html_of(page(alice), "/leads")
    for words in (
        'All <span class="lead-count">3+<',
        'New <span class="lead-count">2+<',
        'Closed <span class="lead-count">1<',
    ):
        assert words in html


def test_the_navigation_counts_new_ones(page, alice, charlie):
    make_lead(charlie)
    make_lead(alice, email="b@b.example")
    make_lead(alice, email="c@c.example", status="contacted")
    assert '<span>1</span><span class="visually-hidden"> new</span>' in html_of(page(alice), "/speak")


def test_the_navigation_says_where_one_is(page, alice):
    lead = make_lead(alice)
    for path in (
        f"/leads/{lead.pk}",
        f"/leads/{lead.pk}/erase",
        f"/leads/{lead.pk}/merge",
        "/leads/import",
        "/leads/duplicates",
    ):
        here = re.findall(r'href="([^"]+)" aria-current="true"', html_of(page(alice), path))
        assert here == ["/leads"], path


def test_more_rows(page, alice):
    for number in range(21):
        make_lead(alice, email=f"{number}@a.example", timestamp=times.now() - dt.timedelta(minutes=number))
    client = page(alice)
    whole = html_of(client, "/leads")
    cursor = whole.partition("cursor=")[2].partition('"')[0]
    rows = html_of(client, "/leads", {"cursor": cursor}, **{"HX-Request": "true"})
    assert rows.count("<tr") == 1
    assert Lead.objects.get(email="20@a.example").pk in rows
    assert "<html" not in rows


def test_new(page, alice):
    client = page(alice)
    assert 'value="desk"' in html_of(client, "/leads/new")
    answer = client.post("/leads/new", PERSON | {"tags": "big, fish", "message": "Two\r\nlines"}, follow=True)
    lead = Lead.objects.get()
    assert answer.redirect_chain[-1][0] == f"/leads/{lead.pk}"
    assert "Ann Lee is added." in answer.content.decode()
    assert (lead.tags, lead.message) == (["big", "fish"], "Two\nlines")


def test_new_of_a_known_email(page, alice):
    lead = make_lead(alice, phone="1")
    answer = page(alice).post("/leads/new", PERSON | {"company": "Acme Ltd"}, follow=True)
    assert "was known by this e-mail" in answer.content.decode()
    assert (Lead.objects.get().company, Lead.objects.get().phone, Lead.objects.get()) == ("Acme Ltd", "1", lead)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Say the lead&#x27;s name."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"email": ""}, "Say the lead&#x27;s e-mail."),
        ({"company": "x" * 201}, "at most 200 characters"),
        ({"name": "\u202e"}, "Say the lead&#x27;s name."),
        ({"tags": "x" * 41}, "A tag has 1 to 40"),
    ],
)
def test_new_says_what_is_wrong(page, alice, wrong, words):
    assert words in page(alice).post("/leads/new", PERSON | wrong).content.decode()
    assert not Lead.objects.exists()


def test_new_while_it_can_not_be_written(page, alice, monkeypatch):
    monkeypatch.setattr("leads.journal.is_behind", lambda: True)
    answer = page(alice).post("/leads/new", PERSON, follow=True)
    assert "The lead is kept" in answer.content.decode()
    assert not Lead.objects.exists()


def test_one_lead(page, alice):
    lead = make_lead(alice, message="<i>Call</i> me.", budget="5,000", metadata={"utm": "<autumn>"}, tags=["big"])
    html = html_of(page(alice), f"/leads/{lead.pk}")
    for words in ("&lt;i&gt;Call&lt;/i&gt; me.", "5,000", "&lt;autumn&gt;", "ann@acme.example", "Added as New"):
        assert words in html
    for absent in ("Phone", "Job title", "Timeline"):
        assert absent not in html


def test_its_conversations(page, alice):
    lead = make_lead(alice)
    for number in range(2):
        start = times.now() - dt.timedelta(hours=2 - number)
        session = ConversationSession.objects.create(
            team=alice.team, session_id=f"call:{number}", start_time=start, lead=lead
        )
        for index in range(7):
            TranscriptEvent.objects.create(
                team=alice.team,
                session_id=session.session_id,
                event_id=f"{index}",
                timestamp=start + dt.timedelta(seconds=index),
                arrival=index,
                role="user",
                content=f"word {number}.{index}",
            )
    html = html_of(page(alice), f"/leads/{lead.pk}")
    assert html.index("word 1.1") < html.index("word 1.6")
    for absent in ("word 1.0", "word 0.6"):
        assert absent not in html
    assert html.count("going on") == 2
    assert html.index('href="/conversations/call:1"') < html.index('href="/conversations/call:0"')


def test_signed_out(client):
    for path in ("/leads", "/leads/new", f"/leads/{'a' * 24}"):
        assert client.get(path)["Location"].startswith("/login")


def test_what_is_not_there(page, alice):
    for path in ("a" * 24, "export", "1", "a" * 24 + "/notes/1/delete"):
        assert page(alice).get(f"/leads/{path}").status_code == 404


@pytest.mark.parametrize("path", ["/leads", "/leads?q=ann", "/leads/{lead.pk}", "/leads/{lead.pk}/change"])
def test_no_page_joins(page, alice, path):
    """MongoDB joins tables whole before it looks which rows are asked for."""
    lead = make_lead(alice)
    leads.change_lead(by=alice, lead=lead, owner=alice.pk)
    notes.add_note(by=alice, lead=lead, text="Called.")
    with CaptureQueriesContext(connection) as queries:
        html_of(page(alice), path.format(lead=lead))
    asked = [query["sql"] for query in queries]
    assert asked
    assert not [sql for sql in asked if " JOIN " in sql or "$lookup" in sql]


def test_what_a_client_sent_along_is_in_words(page, alice):
    more = {f"key_{number}": number for number in range(51)}
    lead = make_lead(alice, metadata={"wants_demo": True, "plan": {"seats": [1, 2]}} | more, message="Hello.\n" * 30)
    html = html_of(page(alice), f"/leads/{lead.pk}")
    assert "<dt><bdi>wants demo</bdi></dt><dd><bdi>yes</bdi></dd>" in html
    assert "{&quot;seats&quot;: [1, 2]}" in html
    assert "3 more in the API." in html
    assert 'aria-label="Message" tabindex="0"' in html
