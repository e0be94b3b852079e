"""Take the README's screenshots anew, from an Echodesk that runs and has the sample team.

    .venv/bin/python manage.py demo --again --password-stdin     # while `make run` runs elsewhere
    .venv/bin/python docs/screenshots.py                         # asks for that password

Needs the development packages, and Chromium: CHROMIUM says where it is, if not at /usr/bin/chromium.
"""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
MOST_BYTES = 200_000
SIZES = {"wide": (1280, 800), "phone": (390, 844)}
SIGN_IN = "mara@alderfinch.example"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


def at(path: str) -> Callable[[Page], str]:
    return lambda page: path


def first_link(path: str, words: str) -> Callable[[Page], str]:
    """Where the first link with these words on a page leads."""

    def find(page: Page) -> str:
        page.goto(path)
        return page.get_by_role("link", name=words).first.get_attribute("href")

    return find


def recorded(page: Page) -> str:
    """The newest conversation that can be heard."""
    sessions = page.request.get("/api/sessions?channel=voice&lead_generated=true&limit=100").json()["items"]
    return f"/conversations/{next(each['session_id'] for each in sessions if each['audio_file_id'])}"


@dataclass(frozen=True)
class Shot:
    """A page, and how it is taken: `wide` or `phone`, light or dark."""

    name: str
    find: Callable[[Page], str]
    size: str = "wide"
    is_dark: bool = False
    scroll_to: str = ""  # what stands at the top then


SHOTS = (
    Shot("analytics", at("/analytics"), scroll_to=".figures"),
    Shot("board", at("/leads/board"), is_dark=True),
    Shot("conversation", recorded, is_dark=True, scroll_to="#sound"),
    Shot("inbox", at("/inbox"), size="phone"),
    Shot("chat", first_link("/inbox", "Aoife Brennan"), size="phone", is_dark=True),
    Shot("job", first_link("/jobs", "Greeting")),
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the README's screenshots.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where Echodesk is; %(default)s when absent")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"only these: {', '.join(shot.name for shot in SHOTS)}"
    )
    options = parser.parse_args()
    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else getpass.getpass()
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        cookies = sign_in(browser, options.url, password)
        for shot in SHOTS:
            if not options.names or shot.name in options.names:
                take(browser, options.url, cookies, shot)


def sign_in(browser: Browser, url: str, password: str) -> Any:
    """The cookies of a person who has signed in."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("E-mail").fill(SIGN_IN)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/")
    return context.cookies()


def take(browser: Browser, url: str, cookies: Any, shot: Shot) -> None:
    with opened(browser, url, cookies, shot) as page:
        where = shot.find(page)
        answer = page.goto(where)
        if not answer or not answer.ok:
            sys.exit(f"{where} can't be shown: is this the running Echodesk with the sample team?")
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        if shot.scroll_to:
            page.locator(shot.scroll_to).evaluate("part => part.scrollIntoView()")
        path = FOLDER / f"{shot.name}.png"
        page.screenshot(path=path, animations="disabled")
    size = path.stat().st_size
    sys.stdout.write(f"{path}: {size / 1000:.0f} kB\n")
    if size > MOST_BYTES:
        sys.exit(f"That is more than {MOST_BYTES / 1000:.0f} kB. Take a smaller part of the page.")


@contextmanager
def opened(browser: Browser, url: str, cookies: Any, shot: Shot) -> Iterator[Page]:
    width, height = SIZES[shot.size]
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.is_dark else "light",
        locale="en-GB",
        timezone_id="UTC",
    )
    context.add_cookies(cookies)
    yield context.new_page()
    context.close()


if __name__ == "__main__":
    main()
