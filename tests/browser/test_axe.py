"""axe on each page of the desk, light and dark: nothing that it knows of keeps anybody out."""

import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_conversations import Assistant

LISTS = [
    "/speak",
    "/audiobooks",
    "/leads",
    "/leads/new",
    "/leads/board",
    "/leads/import",
    "/leads/duplicates",
    "/conversations",
    "/inbox",
    "/analytics?days=7",
    "/reports/weekly",
    "/reports/daily",
    "/exports",
    "/webhooks",
    "/webhooks/new",
    "/channels",
    "/channels/new",
    "/settings/notifications",
    "/pronunciations",
    "/pronunciations/import",
]
ALONE = {"preload": False}  # else it asks for parts of stylesheets at addresses of its own
OF_A_LEAD = ("", "/change", "/merge", "/erase", "/delete")


def make_lead(talk):
    person = {"name": "Ada", "email": f"{uuid.uuid4().hex}@acme.example", "company": "Acme", "interest": "bots"}
    return talk.send("post", "/api/leads", person)["_id"]


def make_conversation(talk):
    talk.start(channel="web")
    talk.say("Good morning.", "I'd like to know what it costs.")
    talk.end()


def open_document(talk):
    """The page on which its chapters are chosen."""
    file = {"name": "harbour.md", "mimeType": "text/markdown", "buffer": b"# Dawn\n\nRopes.\n\n# Noon\n\nNets."}
    made = talk.page.request.post("/api/audiobooks", multipart={"file": file}, headers=talk.headers)
    path = f"/audiobooks/{made.json()['_id']}"
    talk.page.goto(path)
    talk.page.locator("[data-review]").wait_for()
    return path


def stop(talk, path):
    """The document's audiobook, as soon as it is begun."""
    for what in ("start", "cancel"):
        talk.send("post", f"/api{path}/{what}", {})
    return path


def own_pages(talk):
    """Of documents, a lead, a conversation and a webhook."""
    lead = make_lead(talk)
    make_conversation(talk)
    webhook = {"url": f"https://nothing.invalid/{uuid.uuid4().hex}", "events": ["session.ended"]}
    made = talk.send("post", "/api/webhooks", webhook)
    stopped = stop(talk, open_document(talk))
    books = [open_document(talk), stopped, f"{stopped}/voice"]
    return [*books, *(f"/leads/{lead}{end}" for end in OF_A_LEAD), talk.path, f"/webhooks/{made['_id']}"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page, scheme):
    page = open_page(color_scheme=scheme, bypass_csp=True)  # axe sets styles where it measures
    found = {}
    for path in [*own_pages(Assistant(page)), *LISTS]:
        page.goto(path)
        if (result := Axe().run(page, options=ALONE)).violations_count:
            found[path] = result.generate_report()
    assert found == {}
