"""News by mail: to whoever wants them, many in one, tried again, switched off by a link."""

import pytest

from config import db
from leads.actions import leads, mail_choices, news_mails
from leads.models import MailChoice, Notice
from tests.leads.leads import PERSON, make_lead
from tests.leads.notices.conftest import sweep

CHOICE = {"new_leads": "all", "status_changes": True, "weekly": False, "daily": False}


@pytest.fixture
def told(alice, mails, clock):
    """Alice wants all news; a sweep after a while."""
    mail_choices.choose(by=alice, **CHOICE)

    def later(**time):
        sweep()
        clock.pass_by(**time or {"minutes": 6})
        sweep()
        return mails

    return later


def test_one_lead(alice, mate, told):
    lead = make_lead(mate, interest="<b>bots</b>")
    (mail,) = told()
    assert (mail.to, mail.subject) == (["alice@example.com"], "New lead: Ann Lee, Acme")
    assert f"http://127.0.0.1:8000/leads/{lead.pk}" in mail.body
    html = mail.alternatives[0].content
    assert "&lt;b&gt;bots" in html
    assert "<img" not in html
    assert "No more of these mails" in html
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Notice.objects.fresh().count() == 0
    assert told() == [mail]


def test_many_are_one_mail_and_later_ones_wait_their_turn(alice, mate, mails, clock, told, monkeypatch):
    monkeypatch.setattr(db, "BATCH_ROWS", 7)
    for number in range(30):
        make_lead(mate, name=f"Nr. {number}.", email=f"{number}@acme.example")
    told(seconds=45)
    assert [mail.subject for mail in mails] == ["30 new leads"]
    places = [mails[0].body.find(f"Nr. {number}.") for number in reversed(range(10, 30))]
    assert places[0] != -1
    assert places == sorted(places)
    assert "Nr. 9." not in mails[0].body
    assert "And 10 more" in mails[0].body
    make_lead(mate, email="late@acme.example")
    told(seconds=60)
    assert len(mails) == 1
    told(minutes=6)
    assert [mail.subject for mail in mails[1:]] == ["New lead: Ann Lee, Acme"]


def test_what_is_wanted(alice, mate, api, page, mails, clock, told):
    """By choice: all, mine, none; statuses of my leads; never what I do by hand, but what my program does."""
    lead = make_lead(mate)
    leads.change_lead(by=mate, lead=lead, owner=alice.pk)
    other = make_lead(mate, email="other@acme.example", name="Other")
    mail_choices.choose(by=mate, new_leads="none", status_changes=True, weekly=False, daily=False)
    mail_choices.choose(by=alice, **CHOICE | {"new_leads": "mine"})
    told()
    assert [(mail.to, mail.subject) for mail in mails] == [(["alice@example.com"], "New lead: Ann Lee, Acme")]
    for each in (lead, other):
        leads.set_status(by=mate, lead=each, status="contacted")
    page(alice).post(f"/leads/{lead.pk}/status", {"status": "qualified"})
    told()
    assert [mail.subject for mail in mails[1:]] == ["Ann Lee: New → Contacted, by Mate"]
    mail_choices.choose(by=alice, **CHOICE)
    page(alice).post("/leads/new", PERSON | {"email": "hand@acme.example", "source": "desk"})
    assert len(told()) == 2
    fields = PERSON | {"email": "program@acme.example", "name": "Program"}
    api(alice).post("/api/leads", fields, content_type="application/json")
    assert [mail.subject for mail in told()[2:]] == ["New lead: Program, Acme"]


def test_nothing_to_those_who_left_are_disabled_or_chose_later(alice, bob, mate, told, mails):
    make_lead(mate)
    mail_choices.choose(by=mate, **CHOICE)
    alice.is_active = False
    alice.save()
    assert told() == []
    mail_choices.let_go(mate)
    assert not MailChoice.objects.filter(user=mate).exists()


def test_a_server_that_is_away_is_tried_again(alice, mate, told, mails, clock, broken_server, page):
    make_lead(mate)
    told(minutes=6)
    choice = MailChoice.objects.get(user=alice)
    assert (choice.tries, choice.held_until, len(mails)) == (1, None, 0)
    assert "could not be sent to alice@example.com" in page(alice).get("/settings/notifications").text
    broken_server.undo()
    told(minutes=6)
    assert [mail.subject for mail in mails] == ["New lead: Ann Lee, Acme"]
    assert MailChoice.objects.get(user=alice).tries == 0


def test_it_is_given_up_after_hours(alice, mate, told, mails, broken_server, caplog):
    make_lead(mate)
    for _ in range(8):
        told(hours=6)
    assert "the mail server has refused them for hours" in caplog.text
    broken_server.undo()
    assert told() == []


def test_one_of_two_workers_sends_and_a_dead_one_is_followed(alice, mate, mails, clock, told, monkeypatch):
    make_lead(mate)
    told(seconds=1)
    clock.pass_by(minutes=1)
    first, second = MailChoice.objects.get(user=alice), MailChoice.objects.get(user=alice)
    with monkeypatch.context() as patch:
        patch.setattr(news_mails, "send", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            news_mails.mail_news(choice=first)
    news_mails.mail_news(choice=second)
    assert mails == []
    told(minutes=3)
    assert len(mails) == 1


def test_what_comes_while_a_mail_is_sent_is_told_too(alice, mate, mails, clock, told, monkeypatch):
    make_lead(mate)
    told(seconds=1)
    clock.pass_by(minutes=1)
    send = news_mails.send
    monkeypatch.setattr(news_mails, "send", lambda *args: make_lead(mate, email="b@acme.example") and send(*args))
    news_mails.mail_news(choice=MailChoice.objects.get(user=alice))
    monkeypatch.setattr(news_mails, "send", send)
    told()
    assert len(mails) == 2


def test_without_a_mail_server_nothing_is_sent(alice, mate, told, mails, settings):
    settings.EMAIL_URL = ""
    make_lead(mate)
    assert told() == []
    assert Notice.objects.fresh().count() == 0
