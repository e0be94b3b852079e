"""Make an echo, hear it with the default voice, change it, delete it."""

import pytest

from tests.browser.test_speak import HEARD

PERSONA = "You are a calm lighthouse keeper."


def make(page, name):
    page.goto("/echos/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Persona").fill(PERSONA)
    page.get_by_role("button", name="Make the echo").click()
    page.get_by_role("heading", name=name, exact=True).wait_for()


def delete(page):
    page.get_by_role("link", name="Delete this echo").click()
    page.get_by_role("button", name="Delete the echo").click()
    page.get_by_text("is deleted.").wait_for()


def test_an_echo_is_made_and_heard(open_page):
    page = open_page()
    make(page, "Keeper of the light")
    page.get_by_label("Text").fill("Ropes creak, and a gull complains.")
    page.get_by_role("button", name="Say it").click()
    page.wait_for_selector("#spoken audio", state="attached")
    heard = page.evaluate(HEARD)
    assert (heard["duration"] > 1, heard["paused"]) == (True, False)
    page.get_by_role("link", name="Choose another voice").click()
    page.get_by_label("Voice").select_option("voice:en_US-demo-low")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Keeper of the light is changed.").wait_for()
    page.get_by_text("Demo (low)").wait_for()
    delete(page)


def test_it_is_used_by_keyboard(open_page):
    page = open_page()
    make(page, "Keeper by keyboard")
    page.get_by_label("Text").focus()
    page.keyboard.type("A gull.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#spoken audio", state="attached")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "player-button"
    delete(page)


def test_it_works_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    make(page, "Plain keeper")
    page.get_by_label("Text").fill("A gull.")
    page.get_by_role("button", name="Say it").click()
    page.locator("audio[controls]").wait_for(timeout=15_000)
    page.goto("/echos?q=plain")
    page.get_by_role("link", name="Plain keeper").first.click()
    delete(page)


@pytest.mark.parametrize("path", ["/echos", "/echos/new", "/voices?part=mine", "/voices/en_US-demo-low"])
def test_the_pages_fit_a_narrow_screen(open_page, path):
    page = open_page(viewport={"width": 360, "height": 740})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
