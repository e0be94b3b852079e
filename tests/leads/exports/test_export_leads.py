import datetime as dt

import pytest

from leads.exports import walking
from leads.exports.cells import plain_cell
from tests.leads.exports.files import READERS, array, body, sheet, table
from tests.leads.leads import make_lead
from tests.leads.talks import NOON

EVIL = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "+49-151=1", "+49 151 23'!A1")
EVIL += (" =1", "\u00a0=1", "\ufeff=1", *(f"{wide}1+1" for wide in "\uff1d\uff0b\uff0d\uff20"))
HARMLESS = ("+49 151 2345678", "+1 (555) 010-0199", "+4915112345678", " +49 151 2345", "plain", "a=1", "")


@pytest.fixture
def crowd(alice, monkeypatch):
    """More than two pages of leads, some of them of the same moment."""
    monkeypatch.setattr(walking, "PAGE_ROWS", 3)
    moments = [NOON + dt.timedelta(minutes=minute) for minute in (0, 1, 1, 1, 1, 2, 3, 4)]
    return [make_lead(alice, email=f"p{n}@acme.example", timestamp=moment) for n, moment in enumerate(moments)]


def test_every_format_has_the_same_rows_newest_first(api, alice, bob, crowd):
    make_lead(bob, email="bob@acme.example")
    expected = [lead.pk for lead in sorted(crowd, key=lambda lead: (lead.timestamp, lead.pk), reverse=True)]
    listed = [lead["_id"] for lead in api(alice).get("/api/leads").json()["items"]]
    assert listed == expected
    for kind, read in READERS.items():
        assert [row["_id"] for row in read(api(alice).get(f"/api/leads/export?format={kind}"))] == expected


def test_json_has_leads_as_the_api_shows_them(api, alice):
    lead = make_lead(alice, message="long " * 100, tags=["vip", "phone"], metadata={"country": "NO"}, phone="+47 22")
    [row] = array(api(alice).get("/api/leads/export?format=json"))
    assert row == api(alice).get(f"/api/leads/{lead.pk}").json()


def test_the_filter_is_the_lists(api, alice, crowd):
    make_lead(alice, email="big@acme.example", company="Big", status="qualified", timestamp=NOON)
    asked = {
        "status=qualified": 1,
        "company=big": 1,
        "q=p3@": 1,
        "to=2026-11-02T12:01:00Z": 6,
        "from=2026-11-02T12:02:00Z": 3,
        "tag=none": 0,
        "status=&owner=": 9,
    }
    assert {query: len(table(api(alice).get(f"/api/leads/export?{query}"))) for query in asked} == asked


def test_headers_tell_what_the_file_is(api, alice):
    day = dt.datetime.now(dt.UTC).date()
    kinds = {
        "csv": "text/csv; charset=utf-8",
        "json": "application/json",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    for kind, content_type in kinds.items():
        answer = api(alice).get(f"/api/leads/export?format={kind}")
        assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
        assert answer["Content-Disposition"] == f'attachment; filename="leads-{day}.{kind}"'
        assert answer["Cache-Control"] == "private, no-store"
        body(answer)


def test_nothing_there_is_a_file_with_nothing_in_it(api, alice):
    for kind, read in READERS.items():
        assert read(api(alice).get(f"/api/leads/export?format={kind}")) == []


def test_what_a_spreadsheet_would_reckon_with_is_text():
    assert [plain_cell(text) for text in EVIL] == [f"'{text}" for text in EVIL]
    assert [plain_cell(text) for text in HARMLESS] == list(HARMLESS)


def test_formulas_are_text_in_csv_and_xlsx_and_as_they_are_in_json(api, alice):
    make_lead(alice, name="=1+1", company="@SUM(A1)", phone="+49 151 2345678", budget="-5")
    for rows in (table(api(alice).get("/api/leads/export")), sheet(api(alice).get("/api/leads/export?format=xlsx"))):
        assert {rows[0][name] for name in ("name", "company", "budget")} == {"'=1+1", "'@SUM(A1)", "'-5"}
        assert rows[0]["phone"] == "+49 151 2345678"
    [row] = array(api(alice).get("/api/leads/export?format=json"))
    assert (row["name"], row["phone"]) == ("=1+1", "+49 151 2345678")


def test_bad_questions_are_422(api, alice):
    paths = (
        "leads/export?format=pdf",
        "leads/export?status=lost",
        "leads/export?from=soon",
        "sessions/export?channel=smoke",
        "transcripts/export?rows=words",
        "transcripts/export?rows=conversations&role=user",
    )
    answers = {path: api(alice).get(f"/api/{path}") for path in paths}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(paths, 422)
    assert "rows=events" in answers[paths[-1]].json()["detail"]
