"""Moving a lead on the board, with and without JavaScript, and two people at once."""

import threading

import pytest
from django.db import connection, connections

from leads.actions import leads, statuses
from leads.models import Lead, StatusChange
from tests.accounts.conftest import join_team_of
from tests.leads.board.test_board import NEWS, in_columns
from tests.leads.leads import make_lead

WHO_FIRST = "moved Ann Lee to Closed in the meantime, so it stayed there."


@pytest.fixture
def lead(alice):
    return make_lead(alice)


def move(client, lead, status, shown="new", **headers):
    return client.post(f"/leads/{lead.pk}/move?q=acme", {"status": status, "shown": shown}, headers=headers)


def test_it_moves(page, alice, lead):
    answer = move(page(alice), lead, "qualified", **NEWS)
    html = answer.content.decode()
    assert in_columns(html)["qualified"] == ("1", [lead.pk])
    assert 'data-say="Ann Lee is Qualified now."' in html
    assert "data-notice" not in html
    assert 'hx-get="/leads/board?q=acme&amp;mark=' in html
    change = StatusChange.objects.order_by("-pk").first()
    assert (change.by, change.from_status, change.to_status) == (alice, "new", "qualified")


def test_without_javascript(page, alice, lead):
    client = page(alice)
    answer = move(client, lead, "qualified")
    assert answer["Location"] == "/leads/board?q=acme"
    assert Lead.objects.get().status == "qualified"
    assert f"{lead} is Qualified now." in client.get("/leads/board").text


def test_one_that_is_out_of_sight_is_told_of(page, alice, lead, monkeypatch):
    monkeypatch.setattr("leads.pages.board.BOARD_ROWS", 1)
    make_lead(alice, email="b@acme.example", status="closed")
    html = move(page(alice), lead, "closed", **NEWS).content.decode()
    assert in_columns(html)["closed"][0] == "2"
    assert "Ann Lee is Closed now, further down than the 1 newest that are shown.</p>" in html


def test_whoever_comes_second_is_told_and_changes_nothing(page, alice, lead):
    mate = join_team_of(alice, "mate")
    leads.set_status(by=mate, lead=lead, status="closed")
    answer = move(page(alice), lead, "qualified", **NEWS)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert f"Mate {WHO_FIRST}" in html
    assert in_columns(html)["closed"] == ("1", [lead.pk])  # where it is
    assert f"You {WHO_FIRST}" in move(page(mate), lead, "qualified", **NEWS).content.decode()
    plain = page(alice)
    assert f"Mate {WHO_FIRST}" in plain.get(move(plain, lead, "qualified")["Location"]).content.decode()
    assert (Lead.objects.get().status, StatusChange.objects.count()) == ("closed", 2)


def test_the_same_move_by_two_is_no_conflict(page, alice, lead):
    leads.set_status(by=join_team_of(alice, "mate"), lead=lead, status="closed")
    assert move(page(alice), lead, "closed", **NEWS).status_code == 200
    assert StatusChange.objects.count() == 2


def test_somebody_whose_account_is_gone_moved_it(alice, lead):
    leads.set_status(by=join_team_of(alice, "mate"), lead=lead, status="closed")
    StatusChange.objects.update(by=None)
    with pytest.raises(statuses.Moved, match=f"^Somebody {WHO_FIRST}"):
        leads.set_status(by=alice, lead=lead, status="qualified", shown="new")


def test_what_can_not_be_moved(page, alice, charlie, lead):
    client = page(alice)
    answer = move(client, lead, "won", **NEWS)
    assert (answer.status_code, "There is no such status." in answer.content.decode()) == (422, True)
    assert move(client, lead, "won")["Location"] == "/leads/board?q=acme"
    assert move(client, lead, "closed", "\0", **NEWS).status_code == 409
    assert client.get(f"/leads/{lead.pk}/move").status_code == 405
    for other in (charlie, alice):
        answer = move(page(other), lead, "closed", **NEWS)
        assert answer.status_code == 404
        assert "This lead was deleted in the meantime." in answer.content.decode()
        assert move(page(other), lead, "closed").status_code == 404
        assert not Lead.objects.filter(status="closed").exists()
        Lead.objects.all().delete()


def test_the_page_of_a_lead_compares_too(page, alice, lead):
    leads.set_status(by=join_team_of(alice, "mate"), lead=lead, status="closed")
    client, address = page(alice), f"/leads/{lead.pk}"
    assert 'name="shown" value="closed"' in client.get(address).content.decode()
    sent = {"status": "qualified", "shown": "new"}
    assert f"Mate {WHO_FIRST}" in client.post(f"{address}/status", sent, headers=NEWS).content.decode()
    assert Lead.objects.get().status == "closed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "mongodb", reason="SQLite has one writer at a time")
def test_of_two_at_the_same_moment_one_moves_it(alice, lead):
    told, start = [], threading.Barrier(2)

    def run(status):
        start.wait()
        try:
            leads.set_status(by=alice, lead=Lead.objects.get(), status=status, shown="new")
        except statuses.Conflict as error:
            told.append(error.message)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(status,)) for status in ("closed", "qualified")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    assert StatusChange.objects.exclude(from_status="").get().to_status == Lead.objects.get().status
