"""Piper's list: the action, the task, and the page on which staff see it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import queue
from tests.voices.piper_catalogue_stub import VOICE, status
from voices import tasks
from voices.actions import catalogue, downloads
from voices.engines import known_voices
from voices.models import Voice, VoiceDownload

PAGE = "/voices/catalogue"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def seeded(db):
    catalogue.seed_voices(lambda line: None)


def run(row=None):
    tasks.run_download((row or VoiceDownload.objects.get()).pk)


def body(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_staff_fetch_the_list_by_a_task(page, bob, piper, redis):
    client = page(bob)
    assert client.post(f"{PAGE}/refresh").url == PAGE
    assert piper.asked == [], "the request itself fetches nothing"
    assert len(queue.queue_of("network").job_ids) == 1
    waiting = body(client.get(PAGE))
    assert "Fetching Piper" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert 'hx-get="/voices/catalogue"' in body(client.get(PAGE, headers=HTMX))
    client.post(f"{PAGE}/refresh")
    assert VoiceDownload.objects.count() == 1
    run()
    assert client.get(PAGE, headers=HTMX)["HX-Refresh"] == "true"
    ready = body(client.get(PAGE))
    assert "Stub (low)" in ready
    assert "was fetched" in ready
    assert "http-equiv" not in ready
    voice = Voice.objects.get(voice_id=VOICE)
    assert (voice.available, voice.engine, voice.sample_rate, voice.version) == (False, "piper", 16_000, "")


def test_looking_at_the_page_fetches_nothing(page, bob, piper, seeded):
    body(page(bob).get(PAGE))
    body(page(bob).get(f"{PAGE}/en_US-lessac-medium"))
    assert piper.asked == []
    assert not VoiceDownload.objects.exists()


def test_without_a_network_the_page_says_so_and_works_on(page, bob, settings, seeded):
    settings.PIPER_CATALOGUE_URL = "http://127.0.0.1:9/voices.json"
    client = page(bob)
    client.post(f"{PAGE}/refresh")
    run()
    shown = body(client.get(PAGE))
    assert "127.0.0.1 can&#x27;t be reached" in shown
    assert "Try again" in shown
    assert "Lessac (medium)" in shown


def test_a_failed_list_can_be_fetched_again(page, bob, piper):
    piper.fail("voices.json", status(500))
    client = page(bob)
    client.post(f"{PAGE}/refresh")
    run()
    assert "status 500" in body(client.get(PAGE))
    piper.faults.clear()
    client.post(f"{PAGE}/refresh")
    run()
    assert "Stub (low)" in body(client.get(PAGE))


def test_a_changed_entry_changes_its_row_and_the_bad_ones_are_told(db, piper):
    downloads.refresh_now(source=piper.list, write=lambda line: None)
    piper.catalogue = {VOICE: piper.facts(num_speakers=1, speaker_id_map={}), "../evil": piper.facts()}
    lines = []
    downloads.refresh_now(source=piper.list, write=lines.append)
    assert Voice.objects.get().speakers == []
    assert len(lines) == 1
    assert "'../evil': It was left out" in lines[0]


def test_only_staff_see_the_pages(client, page, alice, seeded):
    address = f"{PAGE}/en_US-lessac-medium"
    for path in (PAGE, address):
        assert page(alice).get(path).status_code == 403
        assert client.get(path, headers={"accept": "text/html"}).url == f"/login?next={path}"
    for path in (f"{PAGE}/refresh", f"{address}/download"):
        assert page(alice).post(path).status_code == 403
        assert client.post(path, headers={"accept": "text/html"}).status_code == 302
    assert not VoiceDownload.objects.exists()


def test_the_voices_page_leads_staff_there_and_shows_what_is_here(page, alice, bob, demo, seeded):
    assert f'href="{PAGE}"' in body(page(bob).get("/voices"))
    shown = body(page(alice).get("/voices"))
    assert PAGE not in shown
    assert "Lessac" not in shown
    assert "German" not in shown


def test_speakers_can_be_unfolded(page, alice, demo):
    shown = body(page(alice).get("/voices"))
    assert "<details" in shown
    assert "<li>low</li><li>mid</li><li>high</li>" in shown


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("q=LESSAC", "en_US-lessac-medium", "en_US-amy-medium"),
        ("language=de_DE", "de_DE-thorsten-medium", "en_US-amy-medium"),
        ("quality=high", "en_US-ryan-high", "en_US-ryan-medium"),
        ("q=%00thorsten", "de_DE-thorsten-medium", "en_US-amy-medium"),
    ],
)
def test_the_page_filters(page, bob, seeded, query, shown, hidden):
    found = body(page(bob).get(f"{PAGE}?{query}"))
    assert f"{shown}/download" in found
    assert f"{hidden}/download" not in found


def test_the_page_says_when_nothing_fits_and_when_there_is_nothing(page, bob):
    assert "No voice of the list fits" in body(page(bob).get(f"{PAGE}?q={'z' * 300}"))
    assert "Voices to choose from will be here" in body(page(bob).get(PAGE))


def test_voices_stand_under_their_language(page, bob, seeded):
    shown = body(page(bob).get(PAGE))
    heads = [shown.index(f">{words}</h2>") for words in ("German (DE)", "English (GB)", "English (US)", "French (FR)")]
    assert heads == sorted(heads)
    assert shown.count('<li class="offer"') == len(known_voices.SIZES)
    assert "18 speakers" in shown


@pytest.mark.parametrize("path", ["nobody", "..", "a%00b", "x" * 500, "%20"])
def test_an_unknown_voice_is_404(page, bob, seeded, path):
    for address in (f"{PAGE}/{path}", f"{PAGE}/{path}/download"):
        assert page(bob).post(address).status_code in (404, 405)
    assert page(bob).get(f"{PAGE}/{path}").status_code in (404, 301, 302)


def test_the_wrong_method_is_refused(page, bob, seeded):
    client = page(bob)
    assert client.post(PAGE).status_code == 405
    assert client.get(f"{PAGE}/refresh").status_code == 405
    assert client.get(f"{PAGE}/en_US-lessac-medium/download").status_code == 405


def test_many_voices_take_no_more_questions(page, bob, seeded):
    client = page(bob)

    def count():
        with CaptureQueriesContext(connection) as queries:
            body(client.get(PAGE))
        return len(queries)

    few = count()
    entries = [known_voices.entry(f"xx_XX-v{number}-low", 1) for number in range(50)]
    catalogue.save_catalogue(entries=entries)
    assert count() == few
