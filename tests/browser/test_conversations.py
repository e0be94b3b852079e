"""Follow a conversation while it goes on, find a moment of it, hear it, and have a reply spoken."""

import datetime as dt
import uuid

import pytest

from tests.browser.conftest import PERSON
from tests.browser.test_speak import HEARD
from tests.voices.sounds import sound

IS_IN_SIGHT = """(element) => {
  const box = element.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight;
}"""
SOUND = "document.querySelector('#sound audio')"


class Assistant:
    """A client of the API that logs one conversation."""

    headers = {}  # of the one account, which signs in once for all tests

    def __init__(self, page):
        self.page, self.session_id = page, f"browser_{uuid.uuid4().hex[:12]}"
        if not Assistant.headers:
            Assistant.headers = {"Authorization": f"Bearer {self.send('post', '/api/login', PERSON)['token']}"}

    def send(self, method, path, data):
        answer = getattr(self.page.request, method)(path, data=data, headers=self.headers)
        assert answer.ok, answer.text()
        return answer.json()

    def start(self, **fields):
        self.send("post", "/api/sessions", {"session_id": self.session_id, **fields})

    def say(self, *contents, role="user", **fields):
        entries = [{"role": role, "content": content, "session_id": self.session_id, **fields} for content in contents]
        self.send("post", "/api/transcripts/events", {"events": entries})

    def end(self, time=None):
        time = time or dt.datetime.now(dt.UTC)
        self.send("patch", f"/api/sessions/{self.session_id}", {"end_time": time.isoformat()})

    @property
    def path(self):
        return f"/conversations/{self.session_id}"


@pytest.fixture
def talk(open_page):
    return Assistant(open_page())


def test_a_running_conversation_is_followed(talk):
    page = talk.page
    talk.start(channel="web")
    talk.say(*[f"Line {number}" for number in range(30)])
    page.goto(talk.path)
    page.locator("#follow").scroll_into_view_if_needed()
    talk.say("Is somebody there?")
    talk.say("I am!", role="assistant")
    page.get_by_text("I am!", exact=True).wait_for()
    assert page.get_by_text("Is somebody there?", exact=True).count() == 1
    assert page.locator("#follow").evaluate(IS_IN_SIGHT)
    page.wait_for_function("() => document.getElementById('said').textContent.includes('Assistant: I am!')")
    page.evaluate("scrollTo(0, 0)")
    talk.say("Bye.")
    page.get_by_text("Bye.", exact=True).wait_for()
    assert page.evaluate("scrollY") == 0
    page.locator("#follow a").focus()
    talk.end()
    page.get_by_text("The conversation has ended.").first.wait_for()
    page.wait_for_function("() => document.activeElement.textContent === 'The conversation has ended.'")
    assert (page.locator("#follow").count(), page.get_by_role("button", name="End conversation").count()) == (0, 0)


def test_a_moment_is_found_and_heard(talk):
    page, word = talk.page, f"harbour{uuid.uuid4().hex[:8]}"
    start = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10)
    part = {"name": "call.wav", "mimeType": "audio/wav", "buffer": sound(seconds=20.0)}
    answer = page.request.post("/api/audio-file", multipart={"file": part}, headers=talk.headers)
    talk.start(start_time=start.isoformat(), audio_file_id=answer.json()["file_id"])
    talk.say(*[f"Line {number}" for number in range(150)], timestamp=start.isoformat())
    talk.say(f"The <{word}> wakes.", timestamp=(start + dt.timedelta(seconds=12)).isoformat())
    talk.say(*[f"Later {number}" for number in range(150)], timestamp=(start + dt.timedelta(seconds=13)).isoformat())
    talk.end(start + dt.timedelta(seconds=20))
    page.goto("/conversations")
    page.get_by_label("Search in what was said").fill(word.upper())
    page.keyboard.press("Enter")
    page.get_by_role("link", name=talk.session_id).click()
    event = page.locator(".talk-at")
    event.locator("mark").get_by_text(word).wait_for()
    page.wait_for_function(f"() => ({IS_IN_SIGHT})(document.querySelector('.talk-at'))")
    assert page.get_by_text("Line 0", exact=True).count() == 0
    event.get_by_role("button", name="Play from here").click()
    page.wait_for_function(f"() => {SOUND}.currentTime >= 12 && !{SOUND}.paused")
    page.get_by_role("link", name="Show earlier").click()
    page.get_by_text("Line 40", exact=True).wait_for()
    page.get_by_role("link", name="Show later").click()
    page.get_by_text("Later 149", exact=True).wait_for()
    assert page.get_by_text("Later 0", exact=True).count() == 1


def test_replies_are_spoken_in_their_place(talk):
    page = talk.page
    talk.say("We ship anywhere.", "Thank you.", role="assistant")
    page.goto(talk.path)
    for words in ("We ship anywhere.", "Thank you."):
        event = page.locator(".talk-event", has_text=words)
        event.get_by_role("button", name="Speak this reply").click()
        event.locator("#spoken audio").wait_for(state="attached")
    assert page.locator("#spoken").count() == 1
    assert page.evaluate(HEARD)["duration"] > 0.3


def test_it_works_without_javascript(open_page):
    talk = Assistant(open_page(java_script_enabled=False))
    page = talk.page
    talk.say("Good morning.", role="assistant")
    page.goto(talk.path)
    talk.say("Good morning to you.")
    page.get_by_role("link", name="Show what is new").click()
    page.get_by_text("Good morning to you.").wait_for()
    page.get_by_role("button", name="Speak this reply").click()
    page.locator("audio[controls]").wait_for(timeout=15_000)
    page.goto(talk.path)
    page.get_by_role("button", name="End conversation").click()
    page.get_by_text("The conversation is ended.").wait_for()


@pytest.mark.parametrize("path", ["/conversations", "/conversations?q=harbour"])
def test_the_pages_fit_a_narrow_screen(open_page, path):
    page = open_page(viewport={"width": 360, "height": 740})
    talk = Assistant(page)
    talk.say("The harbour wakes before the sun. " * 5, "x" * 300)
    for address in (path, talk.path):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 360
