"""What the display filters write."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from config.templatetags import show

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    with timezone.override(UTC):
        yield


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (98, "1:38"), (3_723, "1:02:03")],
)
def test_clock(value: float | None, words: str) -> None:
    assert show.clock(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (0, "0.0 s"),
        (0.02, "under 0.1 s"),
        (0.34, "0.3 s"),
        (9.97, "10 s"),
        (48.2, "48 s"),
        (125, "2 min 5 s"),
        (11_525, "3 h 12 min"),
    ],
)
def test_seconds(value: float | None, words: str) -> None:
    assert show.seconds(value) == words


def test_making_time_adds_what_is_known() -> None:
    assert show.making_time({"synthesis": 4.5, "encoding": 0.3, "queued": 9}) == pytest.approx(4.8)
    assert show.making_time({"synthesis": 4.5, "encoding": None}) == 4.5
    assert show.making_time({"synthesis": None}) is None


@pytest.mark.parametrize(
    ("making", "duration", "words"),
    [
        (4.8, 98, "20 times faster than speech"),
        (10, 25, "2.5 times faster than speech"),
        (10, 11, "as fast as speech"),
        (10, 5, "slower than speech"),
        (0, 5, "5000 times faster than speech"),
    ],
)
def test_pace(making: float, duration: float, words: str) -> None:
    assert show.pace(making, duration) == words


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=14), "14 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=47), "1 day ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=20), "1 Nov 2026"),
    ],
)
def test_ago(past: timedelta, words: str) -> None:
    assert f">{words}</time>" in show.ago(NOON - past)


def test_ago_gives_the_exact_time() -> None:
    html = show.ago(NOON)
    assert 'datetime="2026-11-21T12:00:00+00:00"' in html
    assert 'title="21 November 2026, 12:00 UTC"' in html
    assert show.ago(None) == "–"


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(hours=6), "today 18:00 UTC"),
        (timedelta(hours=21, minutes=12), "tomorrow 09:12 UTC"),
        (timedelta(hours=-13), "yesterday 23:00 UTC"),
        (timedelta(days=9), "30 November 12:00 UTC"),
    ],
)
def test_day(ahead: timedelta, words: str) -> None:
    assert f" data-day>{words}</time>" in show.day(NOON + ahead)


@pytest.mark.parametrize(
    ("voice_id", "words"),
    [
        ("en_US-lessac-medium", "Lessac (medium)"),
        ("en_GB-southern_english_female-x_low", "Southern English Female (x low)"),
        ("demo", "demo"),
    ],
)
def test_voice(voice_id: str, words: str) -> None:
    assert show.voice(voice_id) == words


@pytest.mark.parametrize(
    ("code", "words"),
    [("en_US", "English (US)"), ("de", "German"), ("zh_CN", "Simplified Chinese"), ("xx_YY", "xx_YY"), ("", "")],
)
def test_language(code: str, words: str) -> None:
    assert show.language(code) == words
