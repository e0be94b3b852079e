import pytest

from config.ids import from_uuid, new_id
from leads.actions import leads
from leads.models import LeadAlias
from tests.accounts.conftest import join_team_of
from tests.leads.leads import PERSON, make_lead

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def lead(alice):
    return make_lead(alice)


def test_by_id(api, alice, lead):
    for address in (lead.pk, lead.pk.upper()):
        assert api(alice).get(f"/api/leads/{address}").json()["_id"] == lead.pk
    assert api(join_team_of(alice, "mate")).get(f"/api/leads/{lead.pk}").status_code == 200


def test_by_an_old_uuid(api, page, alice):
    leads.create_lead(by=alice, record_id=from_uuid(UUID), **PERSON)
    assert api(alice).get(f"/api/leads/{UUID}").json()["_id"] == from_uuid(UUID)
    assert page(alice).get(f"/leads/{UUID}").status_code == 200


def test_an_id_that_was_merged_leads_to_the_lead(api, page, alice, lead):
    merged = leads.create_lead(by=alice, **PERSON).record.id
    assert merged != lead.pk
    assert api(alice).get(f"/api/leads/{merged}").json()["_id"] == lead.pk
    assert page(alice).get(f"/leads/{merged}")["Location"] == f"/leads/{lead.pk}"
    assert api(alice).patch(f"/api/leads/{merged}", {"phone": "9"}, "application/json").json()["_id"] == lead.pk


def test_by_email(api, alice, lead):
    for email in ("ann@acme.example", "ANN@ACME.example", "ann%40acme.example", "%20ann@acme.example"):
        assert api(alice).get(f"/api/leads/by-email/{email}").json()["_id"] == lead.pk


def test_by_an_email_of_rare_characters(api, alice):
    lead = make_lead(alice, email="a/b+c%d@bücher.example")
    assert api(alice).get("/api/leads/by-email/a%2Fb%2Bc%25d@b%C3%BCcher.example").json()["_id"] == lead.pk


@pytest.mark.parametrize(
    "path",
    [
        "by-email",
        "by-email/",
        "by-email/nobody",
        "by-email/ben@acme.example",
        "by-email/%00",
        "by-email/%FF@acme.example",
        "x" * 24,
        "a" * 24,
        "a" * 5_000,
        "1",
        "%00",
        UUID,
        UUID.replace("-", ""),
    ],
)
def test_what_is_not_there(api, alice, lead, path):
    assert api(alice).get(f"/api/leads/{path}").status_code == 404


def test_other_teams_see_nothing(api, page, alice, bob, charlie, lead):
    merged = leads.create_lead(by=alice, **PERSON).record.id
    for stranger in (bob, charlie):
        for path in (lead.pk, merged, "by-email/ann@acme.example", f"{lead.pk}/notes", f"{lead.pk}/history"):
            assert api(stranger).get(f"/api/leads/{path}").status_code == 404
        for path in (lead.pk, merged, f"{lead.pk}/change", f"{lead.pk}/delete"):
            assert page(stranger).get(f"/leads/{path}").status_code == 404


def test_an_alias_of_another_team_opens_nothing(api, alice, charlie, lead):
    alias = new_id()
    LeadAlias.objects.create(pk=alias, team=charlie.team, lead=lead)
    assert api(charlie).get(f"/api/leads/{alias}").status_code == 404
