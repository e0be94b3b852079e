"""Reports by mail: on Monday and every morning, once, also after a crash; late, but not too late; and when asked."""

import datetime as dt

import pytest

from config import times
from leads.actions import mail_choices, report_mails
from leads.models import ReportMail
from leads.notices import mail_links
from tests.leads.figures import add_lead, add_session
from tests.leads.notices.conftest import sweep

MONDAY = dt.datetime(2031, 11, 17, report_mails.HOUR, 0, 5, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WEEK_BEFORE = "2031-W46"


@pytest.fixture
def subscribed(alice, clock, mails):
    """Alice has wanted the weekly report since a Thursday."""
    clock.set(MONDAY - 4 * DAY)
    mail_choices.choose(by=alice, new_leads="none", status_changes=False, weekly=True, daily=False)
    return alice


def at(clock, moment):
    clock.set(moment)
    sweep()


def test_once_on_monday_morning(subscribed, mails, clock):
    lead = add_lead(subscribed, MONDAY - 3 * DAY, name="Eve <Quay>", company="Acme", status="qualified")
    add_session(subscribed, MONDAY - 3 * DAY, lead=lead, lead_generated=True, duration_seconds=90)
    add_lead(subscribed, MONDAY, name="Outside")
    at(clock, MONDAY - dt.timedelta(minutes=1))
    assert mails == []
    for hours in (0, 1, 30, 80):
        at(clock, MONDAY + dt.timedelta(hours=hours))
    (mail,) = mails
    assert mail.to == ["alice@example.com"]
    assert mail.subject == f"Weekly report of {subscribed.team.name}: Week {WEEK_BEFORE}"
    html, type_ = mail.alternatives[0]
    assert type_ == "text/html"
    for text in (mail.body, html):
        assert "Outside" not in text
        assert f"/reports/weekly?week={WEEK_BEFORE}" in text
        assert "Monday, 10 November 2031 to Sunday, 16 November 2031" in text
    assert "Eve &lt;Quay&gt;" in html
    assert "Leads: 1 (0 the week before)" in mail.body
    for remote in ("<img", "<link", "<script", "url("):
        assert remote not in html
    assert f"<{mail_link(html)}>" == mail.extra_headers["List-Unsubscribe"]
    at(clock, MONDAY + 7 * DAY)
    assert len(mails) == 2


def mail_link(html):
    return (
        "http"
        + html.partition("/settings/notifications/off/")[0].rpartition("http")[2]
        + ("/settings/notifications/off/" + html.partition("/settings/notifications/off/")[2].partition('"')[0])
    )


def test_a_late_start_sends_the_missed_one_but_not_after_ten_days(subscribed, mails, clock):
    at(clock, MONDAY + 3 * DAY)
    assert [mail.subject[-8:] for mail in mails] == [WEEK_BEFORE]
    at(clock, MONDAY + 7 * DAY + 6 * DAY)
    assert len(mails) == 1


def test_nobody_gets_the_week_before_they_subscribed(alice, mails, clock):
    clock.set(MONDAY + DAY)
    mail_choices.choose(by=alice, new_leads="none", status_changes=False, weekly=True, daily=True)
    sweep()
    assert mails == []


def test_two_sweepers_and_two_workers_send_one(subscribed, mails, clock):
    clock.set(MONDAY)
    for _ in range(2):
        report_mails.add(subscribed.pk, subscribed.team_id, "weekly", WEEK_BEFORE)
    report_mails.schedule_reports()
    rows = [ReportMail.objects.get(), ReportMail.objects.get()]
    for row in rows:
        report_mails.mail_report(row=row)
    assert len(mails) == 1


@pytest.mark.parametrize("step, sent", [("of_report", 1), ("send", 0)])
def test_a_crash(subscribed, mails, clock, monkeypatch, step, sent):
    """Before the mail server has it another worker sends it; when it may have it, nobody does."""
    clock.set(MONDAY)
    report_mails.schedule_reports()
    module = report_mails.mails if step == "of_report" else report_mails.mail
    with monkeypatch.context() as patch:
        patch.setattr(module, step, lambda *args, **fields: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            report_mails.mail_report(row=ReportMail.objects.get())
    for minutes in (1, 4, 30):
        at(clock, MONDAY + dt.timedelta(minutes=minutes))
    assert len(mails) == sent
    assert ReportMail.objects.get().state == ("sent" if sent else "doubtful")


def test_a_server_that_is_away_is_tried_again(subscribed, mails, clock, broken_server):
    at(clock, MONDAY)
    assert ReportMail.objects.get().state == "waiting"
    broken_server.undo()
    at(clock, MONDAY + dt.timedelta(minutes=2))
    assert (ReportMail.objects.get().state, len(mails)) == ("sent", 1)


def test_one_that_waits_is_not_sent_after_such_mails_were_switched_off(subscribed, mails, clock, broken_server):
    at(clock, MONDAY)
    broken_server.undo()
    mail_choices.switch_off(token=mail_links.off_link(subscribed, "weekly").rpartition("/")[2])
    at(clock, MONDAY + dt.timedelta(minutes=2))
    assert (mails, ReportMail.objects.count()) == ([], 0)


def test_it_is_given_up_after_hours(subscribed, mails, clock, broken_server):
    for hours in range(0, 60, 6):
        at(clock, MONDAY + dt.timedelta(hours=hours))
    assert ReportMail.objects.get().state == "failed"


def test_not_to_the_disabled_nor_to_another_team(alice, subscribed, mails, clock):
    clock.set(MONDAY)
    report_mails.schedule_reports()
    subscribed.is_active = False
    subscribed.save()
    sweep()
    assert mails == []
    assert ReportMail.objects.get().state == "failed"


def test_the_daily_report(alice, mails, clock):
    clock.set(MONDAY - DAY)
    mail_choices.choose(by=alice, new_leads="none", status_changes=False, weekly=False, daily=True)
    add_lead(alice, MONDAY - DAY, name="Eve")
    for hours in (0, 1, 20):
        at(clock, MONDAY + dt.timedelta(hours=hours))
    (mail,) = mails
    assert mail.subject.endswith("Sunday, 16 November 2031")
    assert "Eve" in mail.body
    assert "/reports/daily?date=2031-11-16" in mail.alternatives[0].content


@pytest.mark.parametrize(
    "kind, fields", [("weekly", {"week": "2025-W47"}), ("weekly", {}), ("daily", {"date": "2025-11-17"})]
)
def test_asked_for(alice, page, mails, kind, fields):
    client = page(alice)
    answer = client.post(f"/reports/{kind}/mail", fields, follow=True)
    assert "is on its way to alice@example.com" in answer.text
    sweep()
    (mail,) = mails
    assert mail.subject.startswith(f"{kind.title()} report of")
    assert "Nothing came in" in mail.body
    assert ReportMail.objects.get().state == "sent"
    assert "Sent" in client.get("/settings/notifications").text


def test_asked_for_in_vain(alice, page, settings, mails):
    client = page(alice)
    for kind, fields in (("weekly", {"week": "2025-W99"}), ("daily", {"date": "x"})):
        assert "notice-bad" in client.post(f"/reports/{kind}/mail", fields, follow=True).text
    for _ in range(report_mails.ASKED_AN_HOUR):
        client.post("/reports/weekly/mail")
    assert "asked for many reports" in client.post("/reports/weekly/mail", follow=True).text
    settings.EMAIL_URL = ""
    assert "No mail can be sent here" in client.post("/reports/weekly/mail", follow=True).text
    assert ReportMail.objects.count() == report_mails.ASKED_AN_HOUR


def test_the_daily_page(alice, page, charlie):
    add_lead(alice, MONDAY - DAY, name="Eve <Quay>")
    add_session(alice, MONDAY - DAY, session_id="call_7", channel="whatsapp")
    text = page(alice).get("/reports/daily", {"date": "2031-11-16"}).text
    for part in ("Eve &lt;Quay&gt;", "call_7", "WhatsApp", "/api/reports/daily?date=2031-11-16", "?date=2031-11-15"):
        assert part in text
    assert "Eve" not in page(charlie).get("/reports/daily", {"date": "2031-11-16"}).text
    assert "Nothing came in yet today" in page(alice).get("/reports/daily").text
    for bad in ("x", "9999-12-31", "2031-02-30"):
        answer = page(alice).get("/reports/daily", {"date": bad})
        assert (answer.status_code, "Send a date" in answer.text) == (200, True)
    assert "Day before" not in page(alice).get("/reports/daily", {"date": "0001-01-01"}).text
    weekly = page(alice).get("/reports/weekly", {"week": "2025-W47"}).text
    assert "/api/reports/weekly?week=2025-W47" in weekly
    assert times.now().date().isoformat() in page(alice).get("/reports/daily").text
