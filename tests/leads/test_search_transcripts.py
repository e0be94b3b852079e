"""GET /api/transcripts/search."""

import pytest

from accounts.actions import keys
from leads.models import Lead
from tests.accounts.conftest import join_team_of
from tests.leads.talks import make_event, make_events, make_session

PATH = "/api/transcripts/search"


def ask(client, **query):
    return client.get(PATH, query)


@pytest.fixture
def said(alice):
    make_session(alice, channel="whatsapp")
    return make_events(alice, "Do you ship to <Norway>?", "We ship anywhere.", "Thanks!")


def test_events_with_their_session(api, alice, said):
    answer = ask(api(alice), q="SHIP")
    assert answer.status_code == 200
    newest, oldest = answer.json()["items"]
    assert oldest == {
        "event_id": said[0].event_id,
        "session_id": "call_1",
        "timestamp": "2026-11-02T12:00:00.000Z",
        "role": "user",
        "content": "Do you ship to <Norway>?",
        "source": "",
        "meta": {},
        "created_at": oldest["created_at"],
        "session": {
            "session_id": "call_1",
            "start_time": "2026-11-02T12:00:00.000Z",
            "channel": "whatsapp",
            "lead_id": None,
        },
        "highlight": "Do you <mark>ship</mark> to &lt;Norway&gt;?",
    }
    assert newest["content"] == "We ship anywhere."
    assert answer.json()["next"] is None


def test_the_lead_of_the_session(api, alice):
    lead = Lead.objects.create(team_id=alice.team_id, name="Ann", email="ann@example.com")
    make_session(alice, lead=lead)
    make_event(alice, "rope")
    assert ask(api(alice), q="rope").json()["items"][0]["session"]["lead_id"] == lead.pk


def test_a_long_text_is_cut_and_marked_where_it_matches(api, alice):
    make_session(alice)
    make_event(alice, "a " * 5_000 + "rope")
    (found,) = ask(api(alice), q="rope").json()["items"]
    assert found["content"] == "a " * 100
    assert "<mark>rope</mark>" in found["highlight"]


def test_page_by_page(api, alice):
    make_session(alice)
    make_events(alice, *["rope"] * 5)
    first = ask(api(alice), q="rope", limit=3).json()
    second = ask(api(alice), q="rope", limit=3, cursor=first["next"]).json()
    times = [item["timestamp"] for page in (first, second) for item in page["items"]]
    assert (len(times), times) == (5, sorted(times, reverse=True))
    assert second["next"] is None


def test_team_mates_see_it_and_nobody_else(api, alice, bob, charlie, said):
    assert len(ask(api(join_team_of(alice, "mate")), q="ship").json()["items"]) == 2
    for user in (bob, charlie):
        assert ask(api(user), q="ship").json() == {"items": [], "next": None}


@pytest.mark.parametrize("q", ["", "   ", None])
def test_it_needs_words(api, alice, q):
    answer = ask(api(alice), **({} if q is None else {"q": q}))
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["query", "q"])


@pytest.mark.parametrize("q", ['"', "\0", "-", "🎉", "a" * 5_000, "rope* OR", "ship\0"])
def test_signs_break_nothing(api, alice, said, q):
    assert ask(api(alice), q=q).status_code == 200


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"limit": 0}, {"limit": 101}, {"cursor": "\0"}])
def test_malformed(api, alice, said, query):
    assert ask(api(alice), q="ship", **query).status_code == 422


def test_who_may_ask(client, api, alice, said):
    assert ask(client, q="ship").status_code == 401
    assert api(alice).post(PATH, {}, "application/json").status_code == 405
    for scope, status in (("read", 200), ("desk", 200), ("speak", 403)):
        _, key = keys.create_key(by=alice, name="Robot", scopes=[scope])
        assert client.get(PATH, {"q": "ship"}, headers={"x-api-key": key}).status_code == status


def test_a_conversation_of_that_name_is_not_in_its_way(api, alice):
    assert api(alice).get(PATH).status_code == 422
