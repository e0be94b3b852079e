"""Changing and deleting the ticked leads of the table."""

import pytest

from config.errors import Conflict, Unprocessable
from leads.actions import leads as actions
from leads.actions import selected
from leads.models import Lead, LeadNote
from tests.accounts.conftest import join_team_of
from tests.leads.leads import make_lead

FULL = [f"tag {number}" for number in range(20)]


@pytest.fixture
def pair(alice):
    """Two leads of Alice's team."""
    return [make_lead(alice, email=f"{name}@acme.example", name=name, tags=["big"]) for name in ("Ann", "Bo")]


def send(client, door, leads, **values):
    """The words that the table answers with."""
    ticked = {"lead": [lead if isinstance(lead, str) else lead.pk for lead in leads]}
    answer = client.post(f"/leads/{door}?q=acme", ticked | values, follow=True)
    assert answer.redirect_chain == [("/leads?q=acme", 302)]
    return [message.message for message in answer.context["messages"]]


def rows():
    return sorted(Lead.objects.values_list("name", "status", "owner", "tag_line"))


def test_all_at_once(page, alice, pair):
    mate, client = join_team_of(alice, "mate"), page(alice)
    changes = {"status": "contacted", "owner": mate.pk, "add_tags": "VIP, autumn", "remove_tags": "big"}
    assert send(client, "change", pair, **changes) == ["2 leads are changed."]
    assert rows() == [(name, "contacted", mate.pk, "|vip|autumn|") for name in ("Ann", "Bo")]
    change = pair[0].changes.order_by("-pk").first()
    assert (change.by, change.to_status) == (alice, "contacted")
    assert send(client, "change", pair, **changes) == ["Nothing to change: 2 leads are so already."]
    assert send(client, "change", pair[:1], owner="nobody") == ["1 lead is changed."]
    assert send(client, "change", pair, owner="nobody") == ["1 lead is changed; 1 was so already."]


def test_who_is_not_changed_and_why(page, alice, charlie, pair):
    client = page(alice)
    actions.change_lead(by=alice, lead=pair[0], tags=FULL)
    hidden, gone = make_lead(charlie), make_lead(alice, email="c@acme.example")
    gone_id = gone.pk
    actions.delete_lead(by=alice, lead=gone)
    assert send(client, "change", [*pair, hidden, gone_id, "nonsense"], add_tags="vip") == [
        "2 leads are not here any more.",
        "1 lead is changed.",
        "1 lead is not changed: Ann. A lead has at most 20 tags.",
    ]
    assert send(client, "change", pair, owner=charlie.pk) == [
        "2 leads are not changed: Bo, Ann. Nobody in your team has this id. Choose a member."
    ]
    assert Lead.objects.get(pk=hidden.pk).tags == []


def test_many_names_are_counted(page, alice, monkeypatch):
    monkeypatch.setattr("leads.views.selected.NAMED", 1)
    full = [make_lead(alice, email=f"{name}@a.example", name=name, tags=FULL) for name in "abc"]
    words = send(page(alice), "change", full, add_tags="vip")
    assert words == ["3 leads are not changed: c and 2 more. A lead has at most 20 tags."]


def test_what_is_refused_as_a_whole(page, alice, pair, monkeypatch):
    client, before = page(alice), rows()
    refused = {
        "Choose what to change.": {"add_tags": " , "},
        "There is no such status.": {"status": "won"},
        "A tag has 1 to 40 characters": {"add_tags": "x" * 41},
        "“vip” is to be added and removed.": {"add_tags": "vip", "remove_tags": "VIP"},
    }
    for sentence, changes in refused.items():
        answer = client.post("/leads/change?q=acme", {"lead": [lead.pk for lead in pair], **changes})
        assert answer.context["refusal"].startswith(sentence)
        assert answer.text.count(" checked") == 2  # nothing is to be ticked or written again
        assert all(f'value="{text}"' in answer.text for name, text in changes.items() if "tags" in name)
    for door in ("change", "delete"):
        assert send(client, door, [], status="closed") == ["Tick the leads first."]
        assert client.get(f"/leads/{door}").status_code == 405
    monkeypatch.setattr("config.selection.SELECTED_MAX", 1)
    assert send(client, "delete", pair, sure="yes") == ["Choose at most 1 leads at once."]
    assert (
        "at most 1 leads" in client.post("/leads/change", {"lead": [row.pk for row in pair], "status": "closed"}).text
    )
    assert rows() == before


def test_what_somebody_else_does_at_the_same_moment_stays(alice, pair, monkeypatch):
    """A tag that a mate adds between our look and our write is not lost."""
    mate, write, calls = join_team_of(alice, "mate"), actions.write_changes, []

    def overtaken(by, lead, values, status):
        if by == alice and not calls:
            calls.append(lead.pk)
            actions.change_lead(by=mate, lead=Lead.objects.get(pk=lead.pk), tags=["big", "theirs"])
        write(by, lead, values, status)

    monkeypatch.setattr(actions, "write_changes", overtaken)
    report = selected.change_selected(by=alice, leads=pair[:1], add_tags=["ours"])
    assert (report.changed, Lead.objects.get(pk=pair[0].pk).tags) == (1, ["big", "theirs", "ours"])
    calls.clear()
    with pytest.raises(Conflict, match="at the same moment"):
        actions.change_lead(by=alice, lead=Lead.objects.get(pk=pair[1].pk), tags=[])


def test_one_that_is_always_overtaken_or_goes_is_reported(alice, pair, monkeypatch):
    def overtaken(*, by, lead, **changes):
        raise Conflict("Somebody was first.")

    monkeypatch.setattr(actions, "change_lead", overtaken)
    Lead.objects.filter(pk=pair[1].pk).delete()  # after the list of them was read
    report = selected.change_selected(by=alice, leads=pair, status="closed")
    assert (report.changed, report.same) == (0, 0)
    assert {reason: [lead.name for lead in leads] for reason, leads in report.refused.items()} == {
        "Somebody changed this lead at the same moment. Look at it again.": ["Ann"],
        "This lead was deleted in the meantime.": ["Bo"],
    }
    with pytest.raises(Unprocessable, match="Choose what to change"):
        selected.change_selected(by=alice, leads=pair)


def test_delete_asks_first(page, alice, charlie, pair):
    client, hidden = page(alice), make_lead(charlie, name="Hidden")
    answer = client.post("/leads/delete?q=acme", {"lead": [pair[0].pk, hidden.pk]})
    html = answer.content.decode()
    assert "Delete this lead?" in html
    assert 'action="/leads/delete?q=acme"' in html
    assert "Hidden" not in html
    assert Lead.objects.count() == 3
    LeadNote.objects.create(team=alice.team, lead=pair[0], text="Called.")
    assert send(client, "delete", pair, sure="yes") == ["2 leads are deleted."]
    assert (Lead.objects.get(), LeadNote.objects.count()) == (hidden, 0)


def test_the_table_has_boxes(page, alice, pair):
    client = page(alice)
    html = client.get("/leads", {"q": "acme", "cursor": ""}).content.decode()
    assert f'type="checkbox" name="lead" value="{pair[0].pk}" aria-label="Tick Ann"' in html
    assert 'action="/leads/change?q=acme"' in html
    assert 'formaction="/leads/delete?q=acme"' in html
    rows = client.get("/leads", headers={"HX-Request": "true"}).content.decode()
    assert rows.count('name="lead"') == 2
