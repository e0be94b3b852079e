"""The charts of the analytics page, drawn from their tables, in both themes."""

import datetime as dt
import uuid

import pytest

from tests.browser.test_conversations import Assistant

DRAWN = (
    "() => document.querySelectorAll('[data-chart=drawn]').length === document.querySelectorAll('[data-chart]').length"
)
INK = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let at = 3; at < data.length; at += 4) inked += data[at] > 0;
  return inked / (data.length / 4);
}"""
BAR = """canvas => {
  const bar = Chart.getChart(canvas).getDatasetMeta(0).data.at(-1);
  return { x: bar.x, y: (bar.y + bar.base) / 2, colour: bar.options.backgroundColor };
}"""


@pytest.fixture
def talked(open_page):
    """A page of somebody whose team has a conversation of today that brought a lead."""

    def opened(**options):
        page = open_page(**options)
        assistant, name = Assistant(page), uuid.uuid4().hex
        start = dt.datetime.now(dt.UTC).isoformat()
        assistant.send("post", "/api/sessions", {"session_id": name, "start_time": start})
        person = {"name": "Ann", "email": f"{name}@acme.example", "company": "Acme", "interest": "bots"}
        assistant.send("post", "/api/leads", person | {"session_id": name})
        return page

    return opened


def test_charts_are_drawn_from_tables_that_open(talked):
    page = talked(viewport={"width": 390, "height": 844}, color_scheme="dark", reduced_motion="reduce")
    page.goto("/analytics")
    page.wait_for_function(DRAWN)
    canvas = page.locator("canvas").first
    assert canvas.evaluate(INK) > 0.01
    figure = page.locator("figure[data-chart]").first
    assert not figure.locator("table").is_visible()
    figure.locator("summary").press("Enter")
    assert figure.locator("tbody tr").count() == 30
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_charts_follow_the_theme_and_lead_to_their_rows(talked):
    page = talked(color_scheme="light")
    page.goto("/analytics")
    page.wait_for_function(DRAWN)
    canvas = page.locator("canvas").first
    light = canvas.evaluate(BAR)["colour"]
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.querySelectorAll('[data-chart=drawn]').length > 0")
    bar = canvas.evaluate(BAR)
    assert bar["colour"] != light
    canvas.click(position={"x": bar["x"], "y": bar["y"]})
    page.wait_for_url("**/conversations?from=*")
    assert page.locator(".row-link").count() > 0
