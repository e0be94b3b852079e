"""The sound of a conversation: heard by the team, and from any of its moments."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile

from tests.accounts.conftest import join_team_of
from tests.leads.talks import NOON, make_event, make_session
from tests.voices.sounds import sound
from voices.actions import audio_files
from voices.models import AudioFile

TALK = "/conversations/call_1"
AUDIO = f"{TALK}/audio"


@pytest.fixture
def file(api, alice):
    answer = api(alice).post("/api/audio-file", {"file": ContentFile(sound(seconds=2.0), "call.wav")})
    return AudioFile.objects.get(pk=answer.json()["file_id"])


@pytest.fixture
def talk(alice, file):
    return make_session(alice, audio_file=file, end_time=NOON + dt.timedelta(minutes=1))


def test_the_team_hears_it(page, alice, charlie, talk):
    for user in (alice, join_team_of(alice, "mate")):
        answer = page(user).get(AUDIO)
        assert (answer.status_code, b"".join(answer)) == (200, sound(seconds=2.0))
        assert answer.headers["Content-Type"] == "audio/wav"
        assert answer.headers["Cache-Control"].startswith("private")
    assert page(charlie).get(AUDIO).status_code == 404


def test_a_part_of_it(page, alice, talk):
    answer = page(alice).get(AUDIO, headers={"range": "bytes=10-19"})
    assert (answer.status_code, b"".join(answer)) == (206, sound(seconds=2.0)[10:20])


def test_it_is_saved_under_its_name(page, alice, talk):
    answer = page(alice).get(f"{AUDIO}?download=1")
    assert b"".join(answer)
    assert 'filename="call.wav"' in answer.headers["Content-Disposition"]


def test_the_page_plays_it(page, alice, talk):
    html = page(alice).get(TALK).content.decode()
    assert f'<audio controls preload="metadata" src="{AUDIO}"' in html
    assert 'data-duration="2.0"' in html


def test_moments_in_the_sound(page, alice, talk):
    """Those before its start and after its end can't be played."""
    for seconds in (-1, 0, 1.25, 2, 60):
        make_event(alice, f"at {seconds}", minute=seconds / 60)
    html = page(alice).get(TALK).content.decode()
    assert html.count("data-play-from=") == 2
    for seconds in ("0.0", "1.25"):
        assert f'data-play-from="{seconds}" hidden>Play from here</button>' in html


def test_without_a_sound(page, alice):
    make_session(alice)
    make_event(alice)
    html = page(alice).get(TALK).content.decode()
    assert ("<audio" in html, "data-play-from" in html) == (False, False)
    assert page(alice).get(AUDIO).status_code == 404


@pytest.mark.parametrize("fields", [{"is_stored": False}, {"content_type": "application/octet-stream"}])
def test_a_sound_that_cant_be_played(page, alice, talk, file, fields):
    AudioFile.objects.filter(pk=file.pk).update(**fields)
    make_event(alice)
    html = page(alice).get(TALK).content.decode()
    assert "kept elsewhere, or can" in html
    assert ("<audio" in html, "data-play-from" in html) == (False, False)
    assert page(alice).get(AUDIO).status_code == 409


def test_a_sound_that_was_deleted(page, alice, talk, file):
    audio_files.delete_file(by=alice, file=file)
    assert page(alice).get(AUDIO).status_code == 404
    assert "<audio" not in page(alice).get(TALK).content.decode()
