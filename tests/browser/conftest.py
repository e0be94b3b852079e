"""A real browser against a running installation: ECHODESK_URL, ECHODESK_EMAIL and ECHODESK_PASSWORD say which.

`page.wait_for_function` takes functions, `() => …`: the Content-Security-Policy refuses bare expressions as soon as one
is looked at a second time.
"""

import os
import uuid
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

URL = os.environ.get("ECHODESK_URL", "http://127.0.0.1:8000")
PERSON = {"email": os.environ.get("ECHODESK_EMAIL", ""), "password": os.environ.get("ECHODESK_PASSWORD", "")}
IS_FIRST = os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0"
if not IS_FIRST:  # processes side by side are people of teams of their own
    PERSON["email"] = f"{uuid.uuid4().hex}@example.com"
HARMLESS = ("status of 409", "htmx:sendAbort", "htmx:afterRequest,")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--force-prefers-reduced-motion",  # a third of all that the browser would do is to move bars
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cookies(browser: Browser) -> list[dict[str, object]]:
    """The cookies of a person who has signed in through the page."""
    context = browser.new_context(base_url=URL)
    if not IS_FIRST:
        assert context.request.post("/api/register", data=PERSON).ok
    sign_in(context.new_page())
    return context.cookies()


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(PERSON["email"])
    page.get_by_label("Password").fill(PERSON["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{URL}/")


def is_complaint(line: ConsoleMessage) -> bool:
    """Neither a conflict, which the page shows in its place, nor a question that ends as its page is left."""
    return line.type in ("error", "warning") and not any(each in line.text for each in HARMLESS)


@pytest.fixture
def open_page(browser: Browser, cookies: list[dict[str, object]]) -> Iterator[Callable[..., Page]]:
    """A page of a signed-in person, in a context with the given options; whatever the browser complains of fails."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(**options: object) -> Page:
        context = browser.new_context(base_url=URL, **options)
        context.add_cookies(cookies)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if is_complaint(line) else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints
