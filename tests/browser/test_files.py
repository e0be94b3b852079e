"""Upload, listen, delete."""

import pytest

from tests.browser.test_speak import HEARD
from tests.voices.sounds import sound

SEEK = """async () => {
    const audio = document.querySelector(".file audio");
    const seeked = new Promise((done) => audio.addEventListener("seeked", done, {once: true}));
    audio.currentTime = 2;
    await seeked;
    return audio.currentTime;
}"""


def files(*names):
    return [{"name": name, "mimeType": "", "buffer": sound(name.rpartition(".")[2], 3.0)} for name in names]


def choose(page, *names):
    page.goto("/files")
    page.get_by_label("Sounds").set_input_files(files(*names))
    page.get_by_role("button", name="Upload").click()


def test_a_person_uploads_hears_and_deletes(open_page):
    page = open_page()
    choose(page, "heard one.mp3", "heard two.wav")
    page.get_by_role("button", name="Play heard two.wav").wait_for()
    assert page.locator("[data-uploads] li").count() == 2
    heard = page.evaluate(HEARD)
    assert heard["duration"] == pytest.approx(3.0, abs=0.1)
    assert page.evaluate(SEEK) == pytest.approx(2, abs=0.01)
    for name in ("heard one.mp3", "heard two.wav"):
        page.get_by_label(f"Tick {name}").first.check()
    page.get_by_role("button", name="Delete the ticked").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("2 files are deleted.").wait_for()


def test_it_works_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    choose(page, "plain.flac")
    page.get_by_text("1 file is uploaded.").wait_for()
    page.get_by_role("link", name="Delete… plain.flac").first.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("1 file is deleted.").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_narrow_screen(open_page, scheme):
    page = open_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page.goto("/files")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
