"""A webhook is made, tried and deleted on its pages, and its log moves by itself."""

import pytest

NOWHERE = "https://nothing.invalid/told"  # a name that nobody can have


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_webhook_from_its_making_to_its_end(open_page, width, scheme):
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto("/webhooks/new")
    page.get_by_label("Address").fill(NOWHERE)
    page.get_by_label("A lead changes").check()
    page.get_by_role("button", name="Make the webhook").click()
    secret = page.get_by_label("Secret of the webhook").input_value()
    assert secret.startswith("whsec_")
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("nothing.invalid can't be found.").wait_for()
    assert page.locator("#newest .state").inner_text() == "failed"
    assert page.locator("#newest[hx-trigger]").count() == 0
    assert secret not in page.content()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Delete this webhook").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("The webhook to nothing.invalid is deleted.").wait_for()
