"""The page of choices, and the links in mails that switch them off."""

import re

import pytest
from django.test import Client

from accounts.actions import teams
from leads.actions import mail_choices
from leads.models import MailChoice, ReportKind
from leads.notices import mail_links

PAGE = "/settings/notifications"
ALL = {"new_leads": "all", "status_changes": "on", "weekly": "on", "daily": "on"}


def test_choices_are_kept(alice, page, settings):
    client = page(alice)
    assert "no mail server is set up" in client.get(PAGE).text
    settings.EMAIL_URL = "smtp://mail.example.com"
    assert "no mail server" not in client.get(PAGE).text
    assert client.post(PAGE, ALL)["Location"] == PAGE
    choice = MailChoice.objects.get(user=alice)
    assert (choice.new_leads, choice.status_changes) == ("all", True)
    since = choice.weekly_since
    assert since and choice.daily_since
    client.post(PAGE, {"new_leads": "mine", "weekly": "on"})
    choice.refresh_from_db()
    assert (choice.new_leads, choice.status_changes, choice.daily_since) == ("mine", False, None)
    assert choice.weekly_since == since
    text = client.get(PAGE).text
    assert re.search(r'value="mine"[^>]* checked', text)
    assert PAGE in client.get("/settings").text


@pytest.mark.parametrize("choice", ["", "everything", "all\0"])
def test_bad_choices(alice, page, choice):
    answer = page(alice).post(PAGE, {"new_leads": choice})
    assert answer.status_code == 200
    assert "errorlist" in answer.text
    assert not MailChoice.objects.exists()


@pytest.mark.parametrize("kind", mail_links.KINDS)
def test_a_link_switches_its_kind_off_without_signing_in(alice, kind):
    mail_choices.choose(by=alice, new_leads="all", status_changes=True, weekly=True, daily=True)
    path = mail_links.off_link(alice, kind).removeprefix("http://127.0.0.1:8000")
    stranger = Client(enforce_csrf_checks=True)
    assert "Switch it off" in stranger.get(path).text
    before = MailChoice.objects.values().get()
    assert before["new_leads"] == "all"
    for _ in range(2):
        answer = stranger.post(path, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "Switched off" in answer.text) == (200, True)
    left = MailChoice.objects.get()
    on = {mail_links.NEWS: left.new_leads != "none" or left.status_changes}
    on |= {ReportKind.WEEKLY: left.weekly_since is not None, ReportKind.DAILY: left.daily_since is not None}
    assert on == {each: each != kind for each in mail_links.KINDS}


def test_links_that_are_none(alice, client):
    link = mail_links.off_link(alice, "weekly").rpartition("/")[2]
    for token in (link[:-1], link.replace("weekly", "daily"), "x", f"{alice.pk}.weekly"):
        for answer in (client.get(f"{PAGE}/off/{token}"), client.post(f"{PAGE}/off/{token}")):
            assert answer.status_code == 404
            assert "This link is incomplete" in answer.text


def test_choices_stay_with_the_team_that_one_leaves(mate):
    mail_choices.choose(by=mate, new_leads="all", status_changes=True, weekly=True, daily=True)
    teams.leave_team(by=mate)
    assert not MailChoice.objects.exists()
