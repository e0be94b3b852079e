"""50 open pages that ask for news beside the people who work: what they cost, and how soon a lead is on all of them."""

import json
import statistics
import threading
import time
import uuid
from collections.abc import Iterator

import pytest

from tests.benchmarks.browser import Browser
from tests.benchmarks.conftest import Caller, studio

PAGES = 50
PAUSE_SECONDS = 1.5  # between two looks of a page: static/js/news.js
SECONDS = 30
GOAL_SECONDS = 2.0
ROUNDS = 60


class OpenPage(threading.Thread):
    """Asks as static/js/news.js does."""

    def __init__(self, port: int, stopped: threading.Event) -> None:
        super().__init__(daemon=True)
        self.browser, self.stopped, self.state = Browser(port), stopped, ""
        self.asked = self.answered = 0
        self.told: dict[str, float] = {}  # when, by the words

    def run(self) -> None:
        while not self.stopped.wait(PAUSE_SECONDS):
            self.look()

    def look(self) -> None:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.browser.cookies.items())
        self.browser.connection.request("GET", f"/news?state={self.state}", None, {"Cookie": cookies})
        answer = self.browser.connection.getresponse()
        content = answer.read()
        self.asked += 1
        if answer.status == 200:
            self.answered += 1
            self.take(json.loads(content))

    def take(self, said: dict) -> None:
        self.state = said["state"]
        for each in said["news"]:
            self.told.setdefault(each.get("words", ""), time.monotonic())


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    limits = {"RATE_SIGN_IN": "off", "RATE_SIGN_IN_ADDRESS": "off"}
    with studio(tmp_path_factory, WORKERS="0", WEB_PROCESSES="2", **limits) as place:
        caller = Caller(place)
        yield caller
        caller.connection.close()


def page_seconds(browser: Browser) -> float:
    """The median time of the table of leads."""
    spans = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        browser.get("/leads")
        spans.append(time.perf_counter() - start)
    return statistics.median(spans)


def test_fifty_open_pages(caller: Caller) -> None:
    port, stopped = caller.connection.port, threading.Event()
    worker, pages = Browser(port), [OpenPage(port, stopped) for _ in range(PAGES)]
    alone = page_seconds(worker)
    for page in pages:
        page.start()
        time.sleep(PAUSE_SECONDS / PAGES)
    time.sleep(10)
    before, start = sum(page.asked for page in pages), time.monotonic()
    beside = page_seconds(worker)
    time.sleep(max(0.0, SECONDS - (time.monotonic() - start)))
    rate = (sum(page.asked for page in pages) - before) / (time.monotonic() - start)
    name = f"Ann {uuid.uuid4().hex[:8]}"
    made = time.monotonic()
    caller.json("POST", "/api/leads", {"name": name, "email": "ann@acme.example", "company": "Acme", "interest": "x"})
    time.sleep(3 * GOAL_SECONDS)
    stopped.set()
    for page in pages:
        page.join()
        page.browser.close()
    worker.close()
    late = [page.told.get(f"New lead: {name}, Acme", float("inf")) - made for page in pages]
    print(f"\n\n{PAGES} pages: {rate:.0f} requests/s; a lead is on all of them after {max(late):.2f} s")
    print(f"`GET /leads`: {alone * 1000:.1f} ms alone, {beside * 1000:.1f} ms beside them, {beside / alone:.2f} times")
    assert max(late) <= GOAL_SECONDS
