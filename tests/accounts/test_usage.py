"""What is counted by day, and the page that shows it."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection

from accounts.actions import usage
from accounts.models import UsageDay, User
from config import times
from config.errors import DomainError, Unprocessable
from jobs import actions, synthesis
from jobs.models import Job

NOON = dt.datetime(2030, 1, 31, 12, tzinfo=dt.UTC)


@pytest.fixture
def noon(monkeypatch):
    monkeypatch.setattr(times, "now", lambda: NOON)


def day(user):
    return UsageDay.objects.get(user=user)


def test_amounts_add_up(alice, charlie, noon):
    usage.count(alice, uploads=1, upload_bytes=5_000_000_000)
    usage.count(alice, uploads=1, upload_bytes=1, speech_seconds=1.5)
    usage.count(alice, speech_seconds=0.25)
    row = day(alice)
    assert (row.day, row.uploads, row.upload_bytes) == (NOON.date(), 2, 5_000_000_001)
    assert (row.speech_seconds, row.jobs, row.key_calls) == (1.75, 0, 0)
    assert not UsageDay.objects.filter(user=charlie).exists()


@pytest.mark.django_db(transaction=True)
def test_the_first_of_a_day_at_once(alice):
    def count(number):
        try:
            usage.count(alice, jobs=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(24)))
    assert day(alice).jobs == 24


def test_jobs_and_their_speech_are_counted(alice, finished):
    row = day(alice)
    assert row.jobs == 1
    assert row.speech_seconds == pytest.approx(finished.duration, abs=0.001)
    actions.run_job(job=finished)
    assert day(alice).speech_seconds == row.speech_seconds


def test_what_is_refused_or_fails_is_not_counted_as_speech(alice, demo, monkeypatch):
    def fail(job: Job, path, *more):
        raise DomainError("The voice is broken.")

    with pytest.raises(Unprocessable):
        actions.start_job(by=alice, text="")
    assert not UsageDay.objects.exists()
    monkeypatch.setattr(synthesis, "speak", fail)
    actions.run_job(job=actions.start_job(by=alice, text="Ropes creak."))
    assert (day(alice).jobs, day(alice).speech_seconds) == (1, 0)


def test_a_job_does_not_fail_for_a_figure(alice, demo, monkeypatch, caplog):
    def fail(*args):
        raise OperationalError("database is locked")

    monkeypatch.setattr(usage, "add", fail)
    job = actions.start_job(by=alice, text="Ropes creak.")
    actions.run_job(job=job)
    job.refresh_from_db()
    assert job.status == "completed"
    assert caplog.text.count("Not counted") == 2


def test_page_shows_thirty_days_and_their_sum(page, alice, charlie, noon):
    for days, seconds in ((0, 61), (29, 3600), (30, 7200)):
        UsageDay.objects.create(
            user=alice, day=NOON.date() - dt.timedelta(days=days), speech_seconds=seconds, jobs=1200
        )
    UsageDay.objects.create(user=charlie, day=NOON.date(), uploads=777)
    html = page(alice).get("/usage").content.decode()
    for words in ("31 Jan", "2 Jan", "1:01", "1:00:00", "1:01:01", "2,400"):
        assert words in html
    for words in ("1 Jan", "2:00:00", "777"):
        assert f">{words}<" not in html
    assert html.split('class="bars"')[1].split("</svg>")[0].count("<rect") == 2
    assert "style=" not in html


def test_page_without_speech_has_no_bars(page, alice, noon):
    usage.count(alice, key_calls=3)
    html = page(alice).get("/usage").content.decode()
    assert "Speech by day" not in html
    assert ">3<" in html


def test_page_shows_the_text_sent_to_engines_if_there_was_any(page, alice, noon):
    usage.count(alice, jobs=1)
    assert b"voice engines" not in page(alice).get("/usage").content
    usage.count(alice, billed_bytes=2_048)
    html = page(alice).get("/usage").content.decode()
    assert html.count("Billed text") == 1
    assert html.count("2.0\xa0KB") == 2


def test_page_before_anything_was_used(page, alice):
    html = page(alice).get("/usage").content.decode()
    assert "Nothing used yet" in html
    assert "of 1.0" in html  # GB of storage


def test_page_needs_sign_in(client, page, alice):
    assert client.get("/usage").url == "/login?next=/usage"
    assert page(alice).post("/usage").status_code == 405


def test_staff_finds_usage_by_email(page, alice, bob, charlie):
    usage.count(alice, jobs=71)
    usage.count(charlie, jobs=72)
    html = page(bob).get("/admin/accounts/usageday/?q=alice@").content.decode()
    assert ">71<" in html
    assert ">72<" not in html


def test_counts_go_with_the_account(alice):
    usage.count(alice, jobs=1)
    User.objects.filter(pk=alice.pk).delete()
    assert not UsageDay.objects.exists()
