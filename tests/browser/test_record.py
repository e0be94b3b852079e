"""Record a voice, hear it, and send it to an installation in which cloning is off: it is found among the files."""

import pytest
from playwright.sync_api import Page

from tests.browser.test_speak import HEARD
from tests.voices.sounds import sound

SECONDS = 1.5  # that are recorded
LEVELS = """async () => {
    const meter = document.querySelector("[data-level]");
    const until = performance.now() + 3000;
    while (performance.now() < until && !meter.value) await new Promise(requestAnimationFrame);
    return meter.value;
}"""
DENIED = """navigator.mediaDevices.getUserMedia =
    () => Promise.reject(new DOMException("no", "NotAllowedError"))"""

KEEP_STREAMS = """window.streams = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
        streams.push(await ask(wish));
        return streams.at(-1);
    }"""


def record(page: Page) -> None:
    page.get_by_role("button", name="Record", exact=True).or_(page.get_by_role("button", name="Record again")).click()
    page.get_by_role("button", name="Stop").wait_for()
    page.wait_for_timeout(SECONDS * 1_000)


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Play your recording").wait_for()


def keep(page: Page, name: str) -> None:
    page.get_by_label("Name of the voice").fill(name)
    page.get_by_label("I have the right").check()
    page.get_by_role("button", name="Keep the recording").click()
    page.wait_for_url("**/files")
    page.get_by_text("Your recording is kept in your files").wait_for()


def delete_first(page: Page) -> None:
    page.get_by_role("link", name="Delete…").first.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("1 file is deleted.").wait_for()


def test_a_person_records_hears_and_sends(open_page):
    page = open_page()
    page.goto("/voice-models/new")
    page.get_by_text("Voice cloning is off here").wait_for()
    record(page)
    assert page.evaluate(LEVELS) > 0
    stop(page)
    record(page)
    stop(page)
    assert page.locator("echo-player").count() == 1
    assert page.evaluate(HEARD)["duration"] >= SECONDS - 0.5
    page.get_by_role("button", name="Keep the recording").click()
    page.get_by_text("Give the voice a name.").wait_for()
    keep(page, "Recorded voice")
    page.get_by_title("Recorded voice.webm").first.wait_for()
    page.get_by_text("Not cloned yet").first.wait_for()
    page.get_by_role("link", name="Clone this voice").first.click()
    page.get_by_role("heading", name="Clone a recording").wait_for()
    page.goto("/files")
    delete_first(page)


def test_a_take_is_not_lost_by_leaving(open_page):
    page, asked = open_page(), []
    page.goto("/voice-models/new")
    page.on("dialog", lambda question: (asked.append(question.type), question.dismiss()))
    record(page)
    stop(page)
    page.evaluate("() => { location.href = '/voices'; }")
    page.wait_for_timeout(500)
    assert (asked, page.url.endswith("/voice-models/new")) == (["beforeunload"], True)
    page.close(run_before_unload=False)


def test_a_take_ends_in_time_and_frees_the_microphone(open_page):
    page = open_page()
    page.add_init_script(KEEP_STREAMS)
    page.goto("/voice-models/new")
    page.evaluate("() => { document.querySelector('[data-record]').dataset.longest = 3; }")
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_text("It stopped by itself").wait_for()
    assert page.evaluate("() => streams.flatMap((stream) => stream.getTracks().map((track) => track.readyState))") == [
        "ended"
    ]


def test_what_is_missing_is_shown_and_marked(open_page):
    page = open_page(viewport={"width": 390, "height": 500})
    page.goto("/voice-models/new")
    page.get_by_role("button", name="Keep the recording").click()
    page.wait_for_function("() => document.activeElement.id === 'problems'")
    assert page.locator("[aria-invalid]").count() == 3


def test_a_microphone_that_may_not_be_used_is_told(open_page):
    page = open_page()
    page.add_init_script(DENIED)
    page.goto("/voice-models/new")
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_text("The browser may not use the microphone.").wait_for()


def test_it_works_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/voice-models/new")
    assert page.get_by_role("button", name="Record", exact=True).count() == 0
    file = {"name": "plain.flac", "mimeType": "audio/flac", "buffer": sound("flac", 3.0)}
    page.get_by_label("Recording: choose").set_input_files([file])
    keep(page, "Plain voice")
    delete_first(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_narrow_screen(open_page, scheme):
    page = open_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page.goto("/voice-models/new")
    record(page)
    stop(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
