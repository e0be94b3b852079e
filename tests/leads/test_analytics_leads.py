"""What is known of leads."""

import pytest

from leads.actions import leads
from leads.models import DailyRollup, Lead
from tests.accounts.conftest import join_team_of
from tests.leads.figures import add_lead, ago, name_of, settle

PATH = "/api/analytics/leads"


@pytest.fixture
def desk(alice):
    """Three days with leads, one of them today."""
    add_lead(alice, ago(40, 9), company="Harbour", status="converted", source="")
    add_lead(alice, ago(40, 23, 59), company="Acme", status="new")
    add_lead(alice, ago(3), company="", interest="", status="contacted", source="import")
    add_lead(alice, ago(0, 0), company="Acme")


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
def test_everything(alice, api, desk, counted):
    if counted:
        settle()
        assert DailyRollup.objects.count() == 2
    assert api(alice).get(PATH).json() == {
        "total_leads": 4,
        "recent_leads_7_days": 2,
        "status_distribution": {"new": 2, "contacted": 1, "converted": 1},
        "top_companies": [{"_id": "Acme", "count": 2}, {"_id": "Harbour", "count": 1}],
        "top_interests": [{"_id": "bots", "count": 3}],
        "by_day": [
            {"_id": name_of(40), "count": 2},
            {"_id": name_of(3), "count": 1},
            {"_id": name_of(0), "count": 1},
        ],
        "by_source": [{"_id": "web", "count": 2}, {"_id": "import", "count": 1}],
    }


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
@pytest.mark.parametrize(
    ("start", "end", "total"),
    [
        ((40,), (3,), 3),
        ((40, 9), (40, 9), 1),
        ((40, 10), (3, 11), 1),
        ((39,), (4,), 0),
        (None, (40,), 2),
        ((3,), None, 2),
        ((-2,), None, 0),
        (None, (-9,), 4),
    ],
)
def test_period(alice, api, desk, counted, start, end, total):
    """A day is in it whole, a time to the millisecond."""
    if counted:
        settle()
    asked = {name: said(given) for name, given in (("from", start), ("to", end)) if given}
    answer = api(alice).get(PATH, asked).json()
    assert (answer["total_leads"], answer["recent_leads_7_days"]) == (total, 2)


def said(given):
    return name_of(*given) if len(given) == 1 else ago(*given).isoformat()


def test_without_leads(alice, api):
    answer = api(alice).get(PATH).json()
    assert answer["total_leads"] == answer["recent_leads_7_days"] == 0
    assert answer["status_distribution"] == {}
    assert all(answer[name] == [] for name in ("top_companies", "top_interests", "by_day", "by_source"))


def test_at_most_ten_companies_ties_by_name(alice, api):
    for number in range(12):
        add_lead(alice, ago(2), company=f"Firm {number:02}", interest="$where.it.is")
    add_lead(alice, ago(2), company="Firm 11", interest=".")
    settle()
    answer = api(alice).get(PATH).json()
    assert [entry["_id"] for entry in answer["top_companies"]] == ["Firm 11", *(f"Firm {n:02}" for n in range(9))]
    assert answer["top_interests"] == [{"_id": "$where.it.is", "count": 12}, {"_id": ".", "count": 1}]


def test_a_status_that_changed_counts_as_it_is_now(alice, api, desk):
    settle()
    leads.set_status(by=alice, lead=Lead.objects.get(status="converted"), status="closed")
    assert api(alice).get(PATH).json()["status_distribution"] == {"new": 2, "closed": 1, "contacted": 1}


def test_the_team_sees_it_and_nobody_else(alice, bob, charlie, api, desk):
    mate = join_team_of(alice, "mate")
    totals = [api(person).get(PATH).json()["total_leads"] for person in (mate, bob, charlie)]
    assert totals == [4, 0, 0]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("to=2026-13-01", "to"),
        ("from=2026-11-21&to=2026-11-20", "from"),
        ("from=2026-11-21T10:00:00Z&to=2026-11-21T09:00:00Z", "from"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
        (f"from={'9' * 5000}", "from"),
        ("from=%00", "from"),
    ],
)
@pytest.mark.parametrize("kind", ["leads", "conversations", "transcripts"])
def test_bad_period(alice, api, kind, query, field):
    answer = api(alice).get(f"/api/analytics/{kind}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["query", field]


def test_the_document_lets_clients_send_days(openapi):
    """A `date-time` there would make typed clients refuse `2026-11-21`."""
    parameters = openapi["paths"]["/api/analytics/leads"]["get"]["parameters"]
    assert [each["name"] for each in parameters] == ["from", "to"]
    assert "date-time" not in str(parameters)


@pytest.mark.parametrize("query", ["from=0001-01-01", "from=0001-01-01&to=9999-12-30", "from=9999-12-31", "from=&to="])
@pytest.mark.parametrize("kind", ["leads", "conversations", "transcripts"])
def test_far_periods(alice, api, desk, kind, query):
    assert api(alice).get(f"/api/analytics/{kind}?{query}").status_code == 200


def test_future_leads_count_but_are_not_recent(alice, api):
    add_lead(alice, ago(-400))
    add_lead(alice, ago(-401))
    settle()
    answer = api(alice).get(PATH).json()
    assert (answer["total_leads"], answer["recent_leads_7_days"], len(answer["by_day"])) == (2, 0, 2)
