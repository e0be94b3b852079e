"""A new lead shows on a page that is open in another browser, at its next look, and disturbs nobody."""

import uuid

from tests.browser.test_conversations import Assistant


def test_a_lead_is_told_on_an_open_page(open_page):
    page, list_page = open_page(), open_page(viewport={"width": 390, "height": 740})
    list_page.goto("/leads")
    page.goto("/speak")
    page.get_by_label("Text").fill("Ropes")
    name = f"Ann {uuid.uuid4().hex[:6]}"
    assistant = Assistant(page)
    person = {"name": name, "email": f"{uuid.uuid4().hex}@acme.example", "company": "Acme", "interest": "bots"}
    lead, looks = assistant.send("post", "/api/leads", person), []
    page.on("request", lambda request: looks.append(request.url) if "/news?" in request.url else None)
    toast = page.locator(".toast:visible")
    toast.get_by_role("link", name=name).wait_for()
    assert len(looks) <= 2, "one may have been under way when the lead came"
    page.locator("[data-news-said]", has_text=name).wait_for(state="attached")
    assert page.evaluate("document.activeElement.id") == "id_text"
    assert toast.get_by_role("link", name=name).get_attribute("href") == f"/leads/{lead['_id']}"
    list_page.locator(".new-rows-link", has_text="new lead").wait_for()
    assert list_page.evaluate("document.documentElement.scrollWidth") == 390
    list_page.locator(".new-rows-link").click()
    list_page.locator(".row-link", has_text=name).wait_for()
    toast.get_by_role("button", name="Dismiss").press("Enter")
    page.locator(".toast").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.closest('#main') !== null")
