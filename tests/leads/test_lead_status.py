import pytest

from config.errors import Conflict, NotFound, Unprocessable
from leads.actions import leads, statuses
from leads.models import DirtyDay, Lead, LeadStatus, StatusChange
from tests.accounts.conftest import join_team_of
from tests.leads.leads import make_lead


@pytest.fixture
def lead(alice):
    return make_lead(alice)


def steps(lead):
    return [(row.by, row.from_status, row.to_status) for row in lead.changes.order_by("pk") if row.from_status]


@pytest.mark.parametrize("start", LeadStatus.values)
@pytest.mark.parametrize("end", LeadStatus.values)
def test_any_may_follow_any_other(alice, start, end):
    lead = make_lead(alice, status=start)
    leads.set_status(by=alice, lead=lead, status=end)
    assert Lead.objects.get().status == lead.status == end
    assert steps(lead) == ([] if start == end else [(alice, start, end)])


def test_the_same_again_changes_nothing(alice, lead):
    leads.set_status(by=alice, lead=lead, status="new")
    assert Lead.objects.get().updated_at == lead.updated_at
    assert StatusChange.objects.count() == 1


def test_it_starts_from_what_the_row_has_now(alice, lead):
    """Not from what was read a while ago."""
    mate = join_team_of(alice, "mate")
    leads.set_status(by=mate, lead=Lead.objects.get(), status="closed")
    leads.set_status(by=alice, lead=lead, status="converted")
    assert steps(lead) == [(mate, "new", "closed"), (alice, "closed", "converted")]


def test_of_two_at_once_one_comes_too_late(alice, lead, monkeypatch):
    """On a server without transactions."""
    rows = Lead.objects.filter(pk=lead.pk, status="closed")
    monkeypatch.setattr(statuses.Lead.objects, "filter", lambda **kwargs: Stale(rows))
    with pytest.raises(Conflict, match="at the same moment"):
        statuses.move(lead, "closed", by_id=alice.pk)
    monkeypatch.undo()
    assert (Lead.objects.get().status, steps(lead)) == ("new", [])


class Stale:
    """Rows that have moved on since their status was read."""

    def __init__(self, rows):
        self.rows = rows

    def values_list(self, *args, **kwargs):
        return self

    def first(self):
        return "qualified"

    def filter(self, **kwargs):
        return self.rows


def test_unknown_or_gone(alice, lead):
    with pytest.raises(Unprocessable, match="new, contacted, qualified, converted, closed"):
        leads.set_status(by=alice, lead=lead, status="won")
    Lead.objects.all().delete()
    with pytest.raises(NotFound, match="deleted in the meantime"):
        leads.set_status(by=alice, lead=lead, status="closed")


def test_its_days_are_counted_again(alice, lead):
    past = lead.timestamp.replace(year=2020)
    Lead.objects.update(timestamp=past)
    leads.set_status(by=alice, lead=Lead.objects.get(), status="closed")
    assert DirtyDay.objects.filter(team=alice.team, day=past.date()).exists()


def test_api_by_email(api, alice, lead):
    for email in ("ann@acme.example", "ANN%40acme.example", "%20Ann@ACME.example%20"):
        status = "qualified" if lead.changes.count() == 1 else "closed"
        answer = api(alice).patch(f"/api/leads/by-email/{email}/status", {"status": status}, "application/json")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert steps(lead) == [(alice, "new", "qualified"), (alice, "qualified", "closed")]


def test_api_refuses(api, alice, charlie, lead):
    address = "/api/leads/by-email/ann@acme.example/status"
    for body in ({"status": "won"}, {"status": ""}, {"status": None}, {}):
        assert api(alice).patch(address, body, "application/json").status_code == 422
    for email in ("ben@acme.example", "%00", "nobody", "a%2Fb@acme.example"):
        path = f"/api/leads/by-email/{email}/status"
        assert api(alice).patch(path, {"status": "closed"}, "application/json").status_code == 404
    assert api(charlie).patch(address, {"status": "closed"}, "application/json").status_code == 404
    assert api(alice).get(address).status_code == 405
    assert Lead.objects.get().status == "new"


def test_api_history(api, alice, charlie, lead):
    leads.set_status(by=alice, lead=lead, status="contacted")
    address = f"/api/leads/{lead.pk}/history"
    seen = api(alice).get(address).json()
    assert [(step["from"], step["to"], step["by"]) for step in seen["items"]] == [
        ("new", "contacted", alice.pk),
        (None, "new", alice.pk),
    ]
    first = api(alice).get(address, {"limit": 1}).json()
    assert api(alice).get(address, {"limit": 1, "cursor": first["next"]}).json()["items"] == seen["items"][1:]
    assert api(charlie).get(address).status_code == 404


def test_page(page, alice, lead):
    client, address = page(alice), f"/leads/{lead.pk}/status"
    assert client.post(address, {"status": "contacted"})["Location"] == f"/leads/{lead.pk}"
    html = client.get(f"/leads/{lead.pk}").content.decode()
    assert "New → Contacted" in html
    assert 'value="contacted" aria-pressed="true"' in html


def test_page_fragment(page, alice, lead):
    answer = page(alice).post(f"/leads/{lead.pk}/status", {"status": "closed"}, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert "New → Closed" in html
    assert "<html" not in html


@pytest.mark.parametrize("is_fragment", [False, True])
def test_page_says_what_is_wrong(page, alice, lead, is_fragment):
    client = page(alice)
    headers = {"HX-Request": "true"} if is_fragment else {}
    for body in ({"status": "won"}, {}):
        answer = client.post(f"/leads/{lead.pk}/status", body, headers=headers, follow=True)
        assert "Choose one of the list." in answer.content.decode()
    assert Lead.objects.get().status == "new"


def test_page_takes_only_post(page, alice, lead):
    assert page(alice).get(f"/leads/{lead.pk}/status").status_code == 405
