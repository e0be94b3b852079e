"""A sound heard while it is made, the events that tell how far it is, and what happens without them."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_speak import speak

MADE_MILLISECONDS = 120_000  # for a text of some minutes on a busy machine
BAR = "() => document.querySelector('#status progress')?.value"
# The sound that is heard while it is made stands in no document.
KEEP_SOUNDS = """window.sounds = [];
    const Plain = window.Audio;
    window.Audio = function (src) {
        const sound = new Plain(src);
        if (src) sounds.push(sound);
        return sound;
    };"""
HEARD = "() => sounds[0]?.currentTime > 1 && !sounds[0].paused"
GONE_OVER = """() => {
    const sound = document.querySelector("#status echo-player audio");
    return sound && !sound.paused && !sound.muted && !sounds[0].getAttribute("src") && sound.currentTime;
}"""


def text(sentences):
    """One that nobody has spoken yet: what was is ready at once."""
    first = secrets.randbelow(1_000_000)
    return " ".join(f"This is sentence {first + number} about ropes and gulls." for number in range(sentences))


def listen(page: Page, sentences: int, kind: str = "mp3") -> None:
    page.add_init_script(KEEP_SOUNDS)
    speak(page, text(sentences), kind)
    page.locator("#listen").click()
    page.wait_for_function(HEARD, timeout=MADE_MILLISECONDS)


def cancel(page: Page) -> None:
    page.once("dialog", lambda question: question.accept())
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("cancelled", exact=True).first.wait_for()


@pytest.mark.parametrize("kind", ["mp3", "wav", "opus"])
def test_it_is_heard_while_it_is_made_and_the_finished_player_takes_over(open_page, kind):
    page = open_page()
    listen(page, 120, kind)
    assert page.locator("#status progress").count() == 1
    before = page.evaluate("() => sounds[0].currentTime")
    page.wait_for_function(GONE_OVER, timeout=MADE_MILLISECONDS)
    assert page.evaluate(GONE_OVER) >= before
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.querySelector('#status audio').currentTime < 2")


def test_it_plays_on_while_the_part_around_it_is_replaced(open_page):
    page = open_page()
    page.route("**/events", lambda route: route.fulfill(status=503, body=""))
    page.add_init_script("EventSource = class { addEventListener() {} close() {} }")  # which complains of the 503
    listen(page, 1_500)
    page.evaluate("() => { document.querySelector('#status').marked = true; }")
    page.wait_for_function("() => !document.querySelector('#status').marked")
    assert page.evaluate(HEARD)
    expect(page.locator("echo-listen")).to_contain_text("You hear it while it is made")
    page.locator("#listen").focus()
    page.evaluate("() => { document.querySelector('#status').marked = true; }")
    page.wait_for_function("() => !document.querySelector('#status').marked")
    assert page.evaluate("() => document.activeElement.id") == "listen"
    page.keyboard.press("Enter")
    expect(page.locator("echo-listen")).to_contain_text("Paused")
    cancel(page)


def test_a_sound_that_is_cancelled_in_the_middle_says_where_it_ends(open_page):
    page = open_page()
    listen(page, 1_500)
    cancel(page)
    page.get_by_text("The sound ends here").wait_for()
    assert page.evaluate("() => sounds[0].paused")


@pytest.mark.parametrize("kind", ["flac", "aac", "pcm"])
def test_what_can_not_be_heard_before_it_is_done_offers_nothing(open_page, kind):
    page = open_page()
    speak(page, text(1_500), kind)
    page.get_by_text("It will play here when it is done.").wait_for()
    assert page.locator("echo-listen").count() == 0
    cancel(page)


def test_events_move_the_bar_without_a_request(open_page):
    page, asked = open_page(), []
    speak(page, text(1_500))
    page.wait_for_function(f"() => ({BAR})() > 0", timeout=MADE_MILLISECONDS)
    page.on("request", lambda request: asked.append(request.url))
    before = page.evaluate(BAR)
    page.wait_for_function(f"(before) => ({BAR})() > before + 1", arg=before)
    assert [url for url in asked if "/jobs/" in url] == []
    expect(page.locator("#status .state")).to_have_text(f"making it · {page.evaluate(BAR)} %")
    cancel(page)


def test_a_page_that_nobody_sees_holds_no_connection(open_page):
    page = open_page()
    page.add_init_script("""window.left = 0;
        const close = EventSource.prototype.close;
        EventSource.prototype.close = function () { left += 1; close.call(this); };""")
    speak(page, text(1_500))
    page.wait_for_function(f"() => ({BAR})() > 0", timeout=MADE_MILLISECONDS)
    page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { value: true, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    assert page.evaluate("() => left") == 1
    page.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }")
    before = page.evaluate(BAR)
    page.wait_for_function(f"(before) => ({BAR})() > before", arg=before)
    cancel(page)


def test_without_javascript_it_is_a_link_that_opens_by_itself(open_page):
    page = open_page(java_script_enabled=False)
    speak(page, text(1_500))
    link = page.get_by_role("link", name="Listen while it is made")
    with page.expect_response("**/stream") as answered:
        link.click(no_wait_after=True)
    assert answered.value.headers["content-type"] == "audio/mpeg"
    page = page.context.new_page()  # the first one hears on, and can't be closed before its sound ends
    page.goto("/jobs")
    page.get_by_role("link", name="This is sentence").first.click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("cancelled", exact=True).first.wait_for()


def test_the_box_of_a_voice_can_be_heard_at_once_too(open_page):
    page = open_page()
    page.add_init_script(KEEP_SOUNDS)
    page.goto("/voices/en_US-demo-low")
    page.get_by_label("Text").fill(text(300))
    page.get_by_role("button", name="Say it").click()
    page.locator("#listen").click()
    page.wait_for_function(HEARD, timeout=MADE_MILLISECONDS)
    cancel(page)
    page.get_by_text("The sound ends here").wait_for()
