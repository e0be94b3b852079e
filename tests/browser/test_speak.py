"""Sign in, speak, wait, hear."""

import pytest

TEXT = "The harbour wakes before the sun. Ropes creak, and a gull complains."
HEARD = """async () => {
    const audio = document.querySelector("audio");
    await audio.play();
    const until = performance.now() + 5000;
    while (performance.now() < until && audio.currentTime <= 0.3) await new Promise(requestAnimationFrame);
    return {duration: audio.duration, position: audio.currentTime, paused: audio.paused};
}"""


def speak(page, text=TEXT, kind="mp3"):
    page.goto("/speak")
    page.get_by_label("Text").fill(text)
    page.get_by_label("Format").select_option(kind)
    page.get_by_role("button", name="Speak", exact=True).click()


def test_a_person_speaks_and_hears(open_page):
    page = open_page()
    speak(page)
    page.wait_for_selector("audio", state="attached")
    heard = page.evaluate(HEARD)
    assert heard["duration"] > 3
    assert heard["position"] > 0.3
    assert not heard["paused"]


@pytest.mark.parametrize("kind", ["wav", "mp3", "opus", "flac", "aac"])
def test_the_browser_plays_the_format(open_page, kind):
    page = open_page()
    speak(page, kind=kind)
    page.wait_for_selector("audio", state="attached")
    heard = page.evaluate(HEARD)
    assert 3 < heard["duration"] < 6
    assert heard["position"] > 0.3


def test_what_no_browser_plays_is_downloaded(open_page):
    page = open_page()
    speak(page, kind="pcm")
    link = page.get_by_role("link", name="Download it")
    link.wait_for()
    assert page.locator("audio, echo-player").count() == 0
    with page.expect_download() as saved:
        link.click()
    assert saved.value.suggested_filename.endswith(".pcm")


def test_what_this_browser_does_not_play_is_downloaded(open_page):
    page = open_page()
    page.add_init_script("HTMLMediaElement.prototype.canPlayType = () => ''")
    speak(page, kind="aac")
    page.get_by_text("This browser can't play this kind of sound.").wait_for()
    assert page.locator("audio").count() == 0
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download it").click()
    assert saved.value.suggested_filename.endswith(".aac")


def test_the_player_is_used_by_keyboard(open_page):
    page = open_page()
    speak(page)
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    page.wait_for_function(
        "() => { const a = document.querySelector('audio'); return a.currentTime > a.duration - 1; }"
    )
    page.get_by_role("button", name="Play").press("Enter")
    page.wait_for_function("() => document.querySelector('audio').ended")


def test_a_long_job_moves_by_itself_and_is_cancelled(open_page):
    page = open_page()
    page.on("dialog", lambda question: question.accept())
    speak(page, "".join(f"This is sentence {number} of a long text. " for number in range(2_200)))
    page.wait_for_selector("progress")
    page.wait_for_function("() => document.querySelector('progress').value > 0")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("cancelled", exact=True).first.wait_for()


def test_the_characters_are_counted(open_page):
    page = open_page()
    page.goto("/speak")
    page.get_by_label("Text").fill("Seven 77")
    page.get_by_text("8 of 100,000 characters").wait_for()


def test_it_works_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    speak(page)
    page.locator("audio[controls]").wait_for(timeout=15_000)
    page.goto("/jobs")
    page.get_by_role("link", name="The harbour wakes before the sun").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_narrow_screen(open_page, scheme):
    page = open_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    for path in ("/", "/speak", "/jobs", "/voices"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
    speak(page)
    page.wait_for_selector("audio", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_theme_is_kept(open_page):
    page = open_page(color_scheme="light")
    page.goto("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Dark").click()
    page.goto("/jobs")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_voice_is_heard_before_it_is_chosen(open_page):
    page = open_page()
    page.goto("/voices")
    assert page.evaluate(HEARD)["duration"] > 1
    page.get_by_role("link", name="Speak with it").first.click()
    assert page.get_by_label("Voice").input_value() == "en_US-demo-low"
