"""The button that fetches a voice, and what the page shows while it comes."""

import pytest

from config.leases import Lease
from tests.voices.piper_catalogue_stub import MODEL, VOICE, status
from voices import tasks
from voices.actions import downloads
from voices.models import Voice, VoiceDownload

ONE = f"/voices/catalogue/{VOICE}"
DOWNLOAD = f"{ONE}/download"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def listed(db, piper):
    downloads.refresh_now(source=piper.list, write=lambda line: None)
    piper.asked.clear()


def run():
    tasks.run_download(VoiceDownload.objects.get().pk)


def body(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_with_scripts_the_line_follows_the_download(page, bob, piper, listed):
    client = page(bob)
    line = body(client.post(DOWNLOAD, headers=HTMX))
    assert line.lstrip().startswith('<li class="offer"')
    assert f'hx-get="{ONE}"' in line
    assert "waiting" in line
    assert piper.asked == []
    lease = Lease.claim(VoiceDownload.objects.get())
    lease.step(progress=40)
    line = body(client.get(ONE, headers=HTMX))
    assert "downloading · 40 %" in line
    assert '<progress max="100" value="40"' in line
    lease.hand_back()
    run()
    line = body(client.get(ONE, headers=HTMX))
    assert "hx-get" not in line
    assert f"/speak?voice={VOICE}" in line
    assert Voice.objects.available().filter(voice_id=VOICE).exists()


def test_without_scripts_the_page_of_the_voice_follows_it(page, bob, piper, listed):
    client = page(bob)
    assert client.post(DOWNLOAD).url == ONE
    shown = body(client.get(ONE))
    assert f'<meta http-equiv="refresh" content="3; url={ONE}">' in shown
    assert shown.count('<li class="offer"') == 1
    run()
    shown = body(client.get(ONE))
    assert "http-equiv" not in shown
    assert "On this machine" in shown


def test_a_failure_is_shown_with_try_again(page, bob, piper, listed):
    client = page(bob)
    piper.fail(MODEL, status(404))
    client.post(DOWNLOAD)
    run()
    for headers in ({}, HTMX):
        shown = body(client.get(ONE, headers=headers))
        assert "status 404" in shown
        assert "Try again" in shown
        assert "hx-get" not in shown
    piper.faults.clear()
    assert "waiting" in body(client.post(DOWNLOAD, headers=HTMX))
    run()
    assert "On this machine" in body(client.get(ONE))


def test_pressed_twice_it_is_one_download(page, bob, listed):
    client = page(bob)
    for _ in range(2):
        assert "waiting" in body(client.post(DOWNLOAD, headers=HTMX))
    assert VoiceDownload.objects.count() == 1


def test_a_voice_that_is_here_is_not_fetched(page, bob, demo, listed):
    client = page(bob)
    address = f"/voices/catalogue/{demo.voice_id}"
    assert "is on this machine already" in body(client.post(f"{address}/download", follow=True))
    assert "On this machine" in body(client.post(f"{address}/download", headers=HTMX))
    assert not VoiceDownload.objects.exists()
