"""The board by mouse, by keyboard and without scripts; two people at once; ticked leads."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_conversations import Assistant

SOON = 35_000  # ms; others' moves come in by the news, or at the latest after 30 s


@pytest.fixture
def word():
    """In the companies of one test's leads."""
    return uuid.uuid4().hex


@pytest.fixture
def team(open_page, word):
    """Makes leads with these names; the board that shows them, and what the API changes."""

    def made(*names: str, **options: object) -> tuple[Page, Assistant, list[str]]:
        page = open_page(**options)
        assistant = Assistant(page)
        people = [{"name": name, "email": f"{name}@{word}.example", "company": word, "interest": "x"} for name in names]
        ids = [assistant.send("post", "/api/leads", person | {"tags": [word]})["_id"] for person in people]
        page.goto(f"/leads/board?tag={word}")
        return page, assistant, ids

    return made


def column(page: Page, status: str):
    return page.locator(f"[data-column={status}]")


def card(page: Page, lead_id: str, status: str):
    return column(page, status).locator(f"#card-{lead_id}")


def test_dragged_and_by_keyboard(team):
    page, _, (ann, bo) = team("Ann", "Bo")
    card(page, ann, "new").drag_to(column(page, "closed"))
    expect(card(page, ann, "closed")).to_be_visible()
    expect(column(page, "closed").locator("h2 [data-count]")).to_have_text("1")
    expect(page.locator("#said")).to_have_text("Ann is Closed now.")
    page.get_by_label("Move Bo from New").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.id") == f"move-{bo}"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card(page, bo, "qualified")).to_be_visible()
    expect(page.locator("#said")).to_have_text("Bo is Qualified now.")
    page.wait_for_function(f"() => document.activeElement.id === 'move-{bo}'")


def test_two_people_at_once(team):
    page, assistant, (ann, bo) = team("Ann", "Bo")
    assistant.send("patch", f"/api/leads/{ann}", {"status": "converted"})
    card(page, ann, "new").drag_to(column(page, "closed"))
    expect(page.get_by_role("alert")).to_contain_text("moved Ann to Converted in the meantime, so it stayed there.")
    expect(card(page, ann, "converted")).to_be_visible()
    expect(column(page, "closed").locator("li")).to_have_count(0)
    assistant.send("patch", f"/api/leads/{bo}", {"status": "contacted"})
    expect(card(page, bo, "contacted")).to_be_visible(timeout=SOON)  # by itself
    card(page, bo, "contacted").drag_to(column(page, "new"))
    expect(card(page, bo, "new")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_without_javascript_on_a_narrow_screen(team, word):
    page, _, (ann,) = team("Ann", java_script_enabled=False, viewport={"width": 390, "height": 740})
    page.get_by_label("Move Ann from New").click()
    page.get_by_role("button", name="Closed").click()
    expect(card(page, ann, "closed")).to_be_visible()
    assert page.url.endswith(f"?tag={word}")
    page.get_by_text("Save this filter…").click()
    page.get_by_label("Its name for your team").fill(word)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("navigation", name="Saved filters").get_by_role("link", name=word).click()
    page.get_by_role("link", name="Delete this filter…").click()
    page.get_by_role("button", name="Delete the filter").click()
    page.get_by_label("Tick Ann").check()
    page.get_by_text("Change or delete the ticked…").click()
    page.get_by_role("combobox", name="Status").select_option("new")
    page.get_by_role("button", name="Change them").click()
    page.get_by_text("1 lead is changed.").wait_for()


def test_ticked_leads_are_changed_and_deleted(team, word):
    page, _, _ = team("Ann", "Bo", viewport={"width": 390, "height": 740})
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
    page.get_by_role("link", name="Table", exact=True).click()
    page.get_by_label("Tick all shown").check()
    expect(page.locator("[data-ticked]")).to_have_text("2 ticked")
    page.get_by_text("Change or delete the ticked…").click()
    page.get_by_label("Add tags").fill("vip")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
    page.get_by_label("Add tags").press("Enter")
    page.get_by_text("2 leads are changed.").wait_for()
    expect(page.get_by_role("link", name="vip", exact=True)).to_have_count(2)
    page.get_by_label("Tick all shown").check()
    page.get_by_text("Change or delete the ticked…").click()
    page.get_by_role("button", name="Delete them…").click()
    page.get_by_role("button", name="Delete 2 leads").click()
    page.get_by_text("2 leads are deleted.").wait_for()
    page.get_by_text("Nothing fits").wait_for()
