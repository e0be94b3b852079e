from collections.abc import Callable

from playwright.sync_api import Page


def test_a_scheduled_export_is_run_downloaded_and_deleted(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/exports")
    form = page.locator("form[action='/exports/schedules']")
    form.get_by_label("What").select_option("sessions")
    form.get_by_label("Format").select_option("json")
    form.get_by_role("button", name="Schedule it").click()
    made = page.locator(".export").first
    made.get_by_role("button", name="Run now").click()
    with page.expect_download() as download:
        made.locator(".export-files a").click(timeout=30_000)
    assert download.value.suggested_filename.endswith(".json")
    made.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    page.get_by_text("The scheduled export is deleted").wait_for()


def test_a_download_on_a_narrow_screen(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.goto("/exports?what=leads&status=new")
    assert page.get_by_text("status: new").is_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    assert download.value.suggested_filename.startswith("leads-")
