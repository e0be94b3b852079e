"""The sentences of a job: marked as they are heard, played when they are chosen."""

from playwright.sync_api import Page, expect

from tests.browser.test_speak import speak

COUNT = 30
TEXT = " ".join(f"Here is number {number}." for number in range(COUNT))
SCROLLED = "() => document.getElementById('sentences').scrollTop"
TIME = "() => document.querySelector('#status audio').currentTime"


def heard(page: Page):
    return page.locator("#sentences [aria-current]")


def test_the_sentence_that_is_heard_is_marked_and_one_that_is_chosen_is_played(open_page):
    page = open_page()
    speak(page, TEXT, "wav")
    sentences = page.locator("#sentences a")
    sentences.last.wait_for()
    expect(sentences).to_have_count(COUNT)
    assert heard(page).count() == 0

    sentences.nth(2).click()
    expect(heard(page)).to_contain_text("number 2.")
    expect(heard(page)).to_contain_text("number 3.")  # it goes on by itself

    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(heard(page)).to_contain_text(f"number {COUNT - 2}.")
    assert page.evaluate(TIME) > 20
    page.evaluate("() => document.activeElement.blur()")

    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    expect(heard(page)).to_contain_text("number 0.")
    assert page.evaluate(SCROLLED) == 0  # it was in sight, so the list goes along

    page.evaluate("() => { document.getElementById('sentences').scrollTop = 10_000; }")
    away = page.evaluate(SCROLLED)
    expect(heard(page)).to_contain_text("number 1.")
    assert page.evaluate(SCROLLED) == away > 0
    page.get_by_role("button", name="Pause").click()
    expect(heard(page)).to_have_count(1)
