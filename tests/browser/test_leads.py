"""A lead's page by keyboard, with words of any length, and on a narrow screen."""

import uuid

import pytest

from tests.browser.test_conversations import Assistant

LONG = {
    "company": "C" * 200,
    "interest": "I" * 500,
    "budget": "b" * 200,
    "message": "m" * 3_000,
    "metadata": {"k" * 90: "v" * 900},
    "tags": ["t" * 40],
}
FOCUSED = "document.activeElement.id"


@pytest.fixture
def lead(open_page):
    """Makes a lead with a person's token; its page's address."""

    def made(page, **fields):
        person = {"name": "x" * 100, "email": f"{uuid.uuid4().hex}@acme.example", "company": "Acme", "interest": "bots"}
        return f"/leads/{Assistant(page).send('post', '/api/leads', person | fields)['_id']}"

    return made


def test_status_and_notes_by_keyboard(open_page, lead):
    page = open_page()
    page.goto(lead(page))
    page.locator("#status-contacted").press("Enter")
    page.locator("#status-contacted[aria-pressed=true]").wait_for()
    assert page.evaluate(FOCUSED) == "status-contacted"
    page.locator("#said", has_text="Contacted").wait_for(state="attached")
    page.get_by_label("New note").fill("Called.")
    page.locator("#add-note").press("Enter")
    page.locator("#said", has_text="The note is added. 1 note.").wait_for(state="attached")
    assert page.evaluate(FOCUSED) == "add-note"


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_pages_fit_the_screen(open_page, lead, width):
    page = open_page(viewport={"width": width, "height": 740})
    address = lead(page, **LONG)
    for path in (address, f"{address}/change", f"{address}/delete", "/leads", "/analytics", "/reports/weekly"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == width
