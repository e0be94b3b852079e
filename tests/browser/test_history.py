"""The job list: rows that go on by themselves, ticks, filters."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_listen import MADE_MILLISECONDS, text
from tests.browser.test_speak import speak


def make(page: Page, title: str, sentences: int = 1) -> None:
    page.goto("/speak")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text").fill(text(sentences))
    page.get_by_role("button", name="Speak", exact=True).click()
    page.wait_for_url("**/jobs/*")


# Where the letters of titles begin.
BEGINS = """links => links.map((link) => {
    const letters = document.createRange();
    letters.selectNodeContents(link);
    return Math.round(letters.getBoundingClientRect().left);
})"""


@pytest.fixture
def word():
    """In the titles of one test's jobs."""
    return uuid.uuid4().hex


def row(page: Page, title: str):
    return page.get_by_role("row").filter(has_text=title)


def tick(page: Page, title: str) -> None:
    page.get_by_label(f"Tick {title}").check()


def delete_ticked(page: Page) -> None:
    page.get_by_role("button", name="Delete the ticked").click()
    page.get_by_role("button", name="Delete", exact=False).last.click()


def test_rows_go_on_by_themselves_and_stop_asking(open_page, word):
    page, asked = open_page(), []
    make(page, f"Row {word}", 100)
    page.goto(f"/jobs?q={word}")
    page.on("request", lambda request: asked.append(request.url) if "/jobs/rows" in request.url else None)
    tick(page, f"Row {word}")
    state = row(page, word).locator(".state")
    expect(state).to_contain_text("making it", timeout=MADE_MILLISECONDS)
    expect(state).to_have_text("ready", timeout=MADE_MILLISECONDS)
    assert page.get_by_label(f"Tick Row {word}").is_checked()
    expect(page.locator("[data-rows-said]")).to_have_text(f"Row {word}: ready")
    count = len(asked)
    page.wait_for_timeout(2_500)
    assert len(asked) == count
    delete_ticked(page)
    page.get_by_text("1 job is deleted.").wait_for()


def test_several_are_cancelled_and_deleted(open_page, word):
    page = open_page()
    make(page, f"Short {word}")
    page.get_by_role("link", name="Download").wait_for(timeout=MADE_MILLISECONDS)
    for number in range(2):
        make(page, f"Long {number} {word}", 1_500)
    page.goto(f"/jobs?q={word}")
    page.get_by_label("Tick all shown").check()
    expect(page.locator("[data-ticked]")).to_have_text("3 ticked")
    page.get_by_role("button", name="Cancel the ticked").click()
    page.get_by_text("2 jobs are cancelled; 1 had finished already.").wait_for()
    assert page.url.endswith(f"q={word}")
    tick(page, f"Short {word}")
    tick(page, f"Long 1 {word}")
    assert page.get_by_label("Tick all shown").evaluate("(box) => box.indeterminate")
    page.get_by_role("button", name="Delete the ticked").click()
    page.get_by_role("heading", name="Delete these 2 jobs?").wait_for()
    page.get_by_role("link", name="Leave them").click()
    page.get_by_label("Tick all shown").check()
    delete_ticked(page)
    page.get_by_text("3 jobs are deleted.").wait_for()
    page.get_by_text("Nothing fits").wait_for()


def test_it_is_used_by_keyboard(open_page, word):
    page = open_page()
    make(page, f"Keys {word}")
    page.goto(f"/jobs?q={word}")
    box = page.get_by_label(f"Tick Keys {word}")
    box.focus()
    page.keyboard.press("Enter")  # must not delete or cancel anything
    page.keyboard.press("Space")
    assert box.is_checked()
    page.get_by_role("button", name="Delete the ticked").press("Enter")
    page.get_by_role("button", name="Delete the job").press("Enter")
    page.get_by_text("1 job is deleted.").wait_for()


def test_it_works_without_javascript(open_page, word):
    page = open_page(java_script_enabled=False)
    for number in range(2):
        make(page, f"Plain {number} {word}", 1_500)
    page.goto("/jobs")
    page.get_by_label("Search").fill(word)
    page.get_by_label("Voice").select_option("en_US-demo-low")
    page.get_by_role("button", name="Filter").click()
    assert not page.get_by_label("Tick all shown").is_visible()
    tick(page, f"Plain 0 {word}")
    page.get_by_role("button", name="Cancel the ticked").click()
    page.get_by_text("1 job is cancelled.").wait_for()
    for number in range(2):
        tick(page, f"Plain {number} {word}")
    delete_ticked(page)
    page.get_by_text("2 jobs are deleted.").wait_for()


def test_a_job_is_spoken_again_with_changes(open_page, word):
    page = open_page()
    make(page, f"Again {word}")
    page.goto(f"/jobs?q={word}")
    page.get_by_role("link", name=f"Speak Again {word} again, with changes").click()
    expect(page.get_by_label("Title")).to_have_value(f"Again {word}")
    page.goto(f"/jobs?q={word}")
    page.get_by_label("Tick all shown").check()
    delete_ticked(page)
    page.get_by_text("is deleted.").wait_for()


@pytest.mark.parametrize("width", [768, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_fits_narrow_screens(open_page, width, scheme):
    page = open_page(viewport={"width": width, "height": 740}, color_scheme=scheme)
    speak(page)
    page.goto("/jobs")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_a_row_has_room_for_a_long_voice_and_a_title_from_right_to_left(open_page, word, width):
    page, word = open_page(viewport={"width": width, "height": 900}), word[:8]
    make(page, f"مرحبا بكم {word}")
    make(page, f"Plain {word}")
    page.goto(f"/jobs?q={word}")
    page.evaluate("""() => {
        for (const voice of document.querySelectorAll("td.row-voice")) voice.textContent = "A voice with a longer name";
    }""")
    for found in page.get_by_role("row").filter(has_text=word).all():
        voice, when, again = (found.locator(part).bounding_box() for part in (".row-voice", "time", ".row-again a"))
        assert voice["x"] + voice["width"] <= when["x"]
        assert when["x"] + when["width"] <= again["x"]
    assert len(set(page.locator(".row-link").evaluate_all(BEGINS))) == 1
    page.get_by_label("Tick all shown").check()
    delete_ticked(page)
    page.get_by_text("2 jobs are deleted.").wait_for()


def test_home_tells_once_that_a_job_is_ready(open_page, word):
    page = open_page()
    make(page, f"Home {word}", 60)
    page.goto("/")
    page.locator("#spoken echo-player").wait_for(timeout=MADE_MILLISECONDS)
    expect(page.locator("[data-rows-said]")).to_have_text(f"Home {word}: ready", timeout=MADE_MILLISECONDS)
    told = [words for words in page.get_by_role("status").all_inner_texts() if words]
    assert told == [f"Home {word}: ready"]
    page.goto(f"/jobs?q={word}")
    tick(page, f"Home {word}")
    delete_ticked(page)
    page.get_by_text("1 job is deleted.").wait_for()
