"""Drop a document, choose of its chapters, hear one, take the whole."""

from tests.browser.test_speak import HEARD

TEXT = "# Dawn\n\nRopes creak. A gull complains over the quay.\n\n# Noon\n\nNets are mended.\n"
DROP = """(text) => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([text], "harbour.md"));
  const place = document.querySelector("[data-place]");
  place.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
}"""


def test_a_document_is_dropped_and_heard(open_page):
    page = open_page()
    page.goto("/speak")
    page.evaluate(DROP, TEXT)
    page.wait_for_url("**/audiobooks/*")
    page.get_by_label("2 Noon").uncheck()
    page.get_by_text("1 of 2 chapters, 52 characters, about 3 seconds of speech").wait_for()
    page.get_by_role("button", name="Speak", exact=True).click()
    page.get_by_role("button", name="Play Dawn").wait_for()
    assert page.evaluate(HEARD)["duration"] > 2
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download as one file (M4B)").click()
    assert saved.value.suggested_filename == "harbour.m4b"
    assert page.locator("tr[data-chapter]").count() == 1
