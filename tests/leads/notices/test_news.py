"""What open pages are told: new leads and statuses that moved, at once, cheaply, and not of one's own doing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.actions import leads
from leads.notices import marks, news
from tests.leads.leads import PERSON, make_lead

PATH = "/news"


class OpenPage:
    """A page in a browser, and what it keeps."""

    def __init__(self, client):
        self.client = client
        html = client.get("/leads").text
        self.state = html.partition('data-state="')[2].partition('"')[0]
        self.look()

    def look(self):
        answer = self.client.get(PATH, {"state": self.state})
        if answer.status_code == 204:
            return None
        assert answer.status_code == 200
        self.state = answer.json()["state"]
        return answer.json()

    def words(self):
        answer = self.look()
        return [each["words"] for each in answer["news"]] if answer else []


@pytest.fixture
def cold(monkeypatch):
    """Marks cool down at once: what they tell is in the database."""
    monkeypatch.setattr(marks, "HOT_SECONDS", 0.001)


@pytest.fixture
def opened(page):
    return lambda user: OpenPage(page(user))


def test_a_lead_and_its_status_are_told_to_the_team(alice, mate, charlie, opened):
    other = opened(charlie)
    seen = [opened(alice), opened(mate)]
    lead = make_lead(mate)
    for each in seen:
        answer = each.look()
        assert answer["counts"] == {"leads": 1, "inbox": 0}
        (told,) = answer["news"]
        assert (told["kind"], told["words"]) == ("lead", "New lead: Ann Lee, Acme")
        assert told["address"] == f"/leads/{lead.pk}"
        assert each.look() is None
    leads.set_status(by=mate, lead=lead, status="contacted")
    answer = seen[0].look()
    assert (answer["news"][0]["words"], answer["counts"]["leads"]) == ("Ann Lee: New → Contacted, by Mate", 0)
    leads.change_lead(by=mate, lead=lead, phone="1")
    leads.set_status(by=mate, lead=lead, status="contacted")
    assert seen[0].look() is None
    assert other.look() is None


def test_not_of_what_is_done_in_the_same_browser(alice, page, opened):
    here, elsewhere = opened(alice), opened(alice)
    here.client.post("/leads/new", PERSON | {"source": "desk"})
    answer = here.look()
    assert (answer["news"], answer["counts"]["leads"]) == ([], 1)
    here.client.post(f"/leads/{alice.team.leads.get().pk}/status", {"status": "closed"})
    answer = here.look()
    assert (answer["news"], answer["counts"]["leads"]) == ([], 0)
    assert elsewhere.words() == ["Ann Lee: New → Closed, by Alice", "New lead: Ann Lee, Acme"]


def test_a_program_with_ones_own_key_is_news(alice, api, opened):
    here = opened(alice)
    api(alice).post("/api/leads", PERSON, content_type="application/json")
    assert here.words() == ["New lead: Ann Lee, Acme"]


def test_without_news_the_database_is_not_asked(alice, redis, cold, opened):
    here = opened(alice)
    with CaptureQueriesContext(connection) as queries:
        assert here.look() is None
    assert [each["sql"] for each in queries] == []
    make_lead(alice)
    assert here.words() == ["New lead: Ann Lee, Acme"]
    with CaptureQueriesContext(connection) as queries:
        assert here.look() is None
    assert len(queries) == 0


def test_a_hot_mark_is_looked_behind(alice, redis, opened):
    """The mark is raised before the rows are committed: whoever looks in between looks again."""
    here = opened(alice)
    marks.raise_mark(alice.team_id)
    assert here.look()["news"] == []
    assert not news.is_nothing_new("b", news.read_state(here.state))
    assert here.look() is None
    make_lead(alice)
    assert here.words() == ["New lead: Ann Lee, Acme"]


def test_a_pass_lets_in_to_nothing_else(alice, redis, cold, opened):
    """Whoever signed out learns nothing, even while the browser's pass lasts."""
    here = opened(alice)
    session = here.client.cookies["sessionid"].value
    here.client.post("/logout")
    here.client.cookies["sessionid"] = session
    assert here.client.get(PATH, {"state": here.state}).status_code == 204
    make_lead(alice)
    assert here.client.get(PATH, {"state": here.state})["Location"].startswith("/login")


def test_without_redis_pages_ask_less_often(alice, opened):
    here = opened(alice)
    answer = here.client.get(PATH, {"state": here.state})
    assert (answer.status_code, answer["Retry-After"]) == (204, "10")
    make_lead(alice)
    assert here.words() == ["New lead: Ann Lee, Acme"]


@pytest.mark.parametrize("state", ["", "x", "99999999999999..", "1.zz.", "1" * 400, "٣..", "5\0.."])
def test_bad_states_look_from_now_on(alice, page, state):
    make_lead(alice)
    answer = page(alice).get(PATH, {"state": state})
    assert (answer.status_code, answer.json()["news"]) == (200, [])


def test_many_are_told_as_one(alice, opened):
    here = opened(alice)
    for number in range(5):
        make_lead(alice, email=f"{number}@acme.example", name=f"Line\nbreak {number} {'x' * 100}")
    answer = here.look()
    assert len(answer["news"]) == 5
    assert [len(each) for each in answer["news"]] == [4, 4, 4, 2, 2]
    assert "\n" not in answer["news"][0]["words"]
    assert len(answer["news"][0]["words"]) < 120


def test_a_lead_that_has_gone_is_not_told(alice, opened):
    here, lead = opened(alice), make_lead(alice)
    leads.delete_lead(by=alice, lead=lead)
    assert here.look() is None
