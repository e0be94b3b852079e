"""The pronunciation dictionary: a word is added, heard, found, changed and removed, also without scripts."""

import uuid


def open_word(page, word):
    page.goto(f"/pronunciations?q={word}")
    page.locator("#main .row-link", has_text=word).click()


def test_a_word_from_its_adding_to_its_removal(open_page):
    word = f"word{uuid.uuid4().hex[:12]}"
    page = open_page(viewport={"width": 390, "height": 800})
    page.goto("/speak")
    page.get_by_role("link", name="Pronunciation").click()
    page.get_by_label("Word", exact=True).fill(word)
    page.get_by_label("How it is said").fill("/ˈɛkoʊ[/")
    page.keyboard.press("Enter")
    assert "No voice can say [" in page.locator("#id_said_error").inner_text()
    page.get_by_label("How it is said").fill("/ˈɛkoʊ/")
    page.get_by_role("button", name="Add").click()
    page.get_by_text(f"Voices say “{word}” as /ˈɛkoʊ/ from now on.").wait_for()
    page.get_by_role("button", name=f"Listen to {word}").click()
    page.wait_for_selector("#spoken audio", state="attached")
    assert page.locator("#said").inner_text() == "ready"
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    plain = open_page(java_script_enabled=False)
    open_word(plain, word)
    plain.get_by_label("How it is said").fill("echo")
    plain.get_by_role("button", name="Save").click()
    open_word(plain, word)
    assert plain.get_by_label("How it is said").input_value() == "echo"
    plain.get_by_role("link", name="Remove this word…").click()
    plain.get_by_role("button", name="Remove the word").click()
    assert f"“{word}” is removed." in plain.content()
