"""A mail server, and time that passes when a test says so."""

import datetime as dt

import pytest
from django.core.mail.backends import locmem
from django.utils import timezone

from config import times
from leads.actions import news_mails, notices, report_mails
from leads.models import MailChoice, ReportMail
from tests.accounts.conftest import join_team_of


class Clock:
    def __init__(self, patch):
        self.ahead = dt.timedelta(0)
        real = timezone.now
        patch.setattr(timezone, "now", lambda: real() + self.ahead)

    def pass_by(self, **time):
        self.ahead += dt.timedelta(**time)

    def set(self, moment):
        self.ahead += moment - times.now()


@pytest.fixture
def mate(alice):
    """A member of Alice's team."""
    return join_team_of(alice, "mate")


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def mails(settings, mailoutbox):
    settings.EMAIL_URL = "smtp://mail.example.com"
    return mailoutbox


@pytest.fixture
def broken_server(monkeypatch):
    """A mail server that is away until the test says otherwise."""

    def away(self, messages):
        raise ConnectionRefusedError("no mail server")

    with monkeypatch.context() as patch:
        patch.setattr(locmem.EmailBackend, "send_messages", away)
        yield patch


def sweep():
    """What the sweeper and the workers do, one after the other."""
    notices.gather()
    news_mails.sweep()
    for choice in MailChoice.objects.due():
        news_mails.mail_news(choice=choice)
    report_mails.schedule_reports()
    report_mails.sweep()
    for row in ReportMail.objects.due():
        report_mails.mail_report(row=row)
