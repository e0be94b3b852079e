"""The pages of audiobooks: opened, looked at, spoken, heard, deleted."""

import re

from django.core.files.base import ContentFile

from jobs import actions
from jobs.actions import audiobooks
from jobs.models import Audiobook, Job
from tests.jobs.documents.books import TEXT, make_draft, states, work

HTMX = {"HX-Request": "true"}


def rows(answer):
    """What the rows of chapters say: number and state, and whether there is something to be heard."""
    found = re.findall(
        r'data-chapter="(\d+)"( data-open)?.*?class="state state-\w+">([^<]*).*?</tr>', answer.text, re.DOTALL
    )
    return [(int(number), words, bool(is_open)) for number, is_open, words in found]


def test_a_document_is_opened_on_its_page(page, alice, demo):
    client = page(alice)
    assert "Your audiobooks will be here" in client.get("/audiobooks").text
    for form in ({}, {"file": ContentFile(b"\x89PNG\r\n", "a.txt")}):
        answer = client.post("/audiobooks", form)
        assert (answer.status_code, 'class="errorlist' in answer.text) == (200, True)
    assert not Audiobook.objects.exists()
    answer = client.post("/audiobooks", {"file": ContentFile(TEXT.encode(), "<b>harbour.md")})
    address = answer["Location"]
    reading = client.get(address).text
    assert "The document is being read." in reading
    assert "<b>harbour" not in reading
    assert "being read" in client.get(f"{address}?shown=reading", headers=HTMX).text
    work()
    assert client.get(f"{address}?shown=reading", headers=HTMX)["HX-Refresh"] == "true"
    review = client.get(address).text
    assert review.count('name="chapter"') == 3
    assert "A gull complains." in review
    listed = client.get("/audiobooks").text
    assert f'href="{address}"' in listed
    assert "to be looked at" in listed


def test_chapters_are_chosen_and_spoken(page, alice, demo):
    client, draft = page(alice), make_draft(alice, titles=("Dawn", "Noon", "Dusk"), language="en-GB")
    address = f"/audiobooks/{draft.pk}"
    form = {"title": "Harbour", "author": "Ada", "voice_id": demo.voice_id, "speed": "", "keep": "on"}
    for change, words in (
        ({}, "Choose at least one chapter"),
        ({"chapter": [1, 9]}, "There is no chapter 9"),
        ({"chapter": [1], "title": " "}, "Give the book a title."),
        ({"chapter": [1], "voice_id": "nobody"}, "Choose one of the list."),
    ):
        answer = client.post(f"{address}/start", form | change)
        assert (answer.status_code, words in answer.text) == (200, True), words
        assert answer.text.count(" checked>") == len(set(change.get("chapter", [])) & {1, 2, 3}) + 1, words
    assert client.post(f"{address}/start", form | {"chapter": [1, 3]}).status_code == 302
    assert states(draft) == ["making", "out", "making"]
    assert rows(client.get(address)) == [(1, "waiting", True), (3, "waiting", True)]
    assert "was started already" in client.post(f"{address}/start", form, follow=True).text
    actions.run_job(job=Job.objects.order_by("pk").first())
    asked = client.get(f"{address}/rows?chapter=1&chapter=2&chapter=3&chapter=x")
    assert rows(asked) == [(1, "ready", True), (3, "waiting", True)]
    assert 'aria-label="Dawn"' in asked.text
    assert "1 chapter can be heard" not in asked.text
    audiobooks.sweep()
    assert rows(client.get(f"{address}/rows?chapter=1")) == [(1, "ready", False)]
    moving = client.get(f"{address}?shown=spoken", headers=HTMX).text
    assert "1 chapter can be heard already" in moving
    assert ("<html" in moving, 'value="50"' in moving) == (False, True)
    work()
    done = client.get(address).text
    assert "Download as one file (M4B)" in done
    assert "was cancelled or has lost its sound" in client.post(f"{address}/retry", follow=True).text
    actions.delete_job(by=alice, job=Job.objects.order_by("pk").first())
    assert rows(client.get(address)) == [(1, "gone", False), (3, "ready", False)]
    assert "Speak again what is gone" in client.get(address).text
    client.post(f"{address}/retry")
    work()
    done = client.get(address).text
    assert rows(client.get(address)) == [(1, "ready", False), (3, "ready", False)]
    assert "hx-get" not in done.partition("Contents")[0].partition('id="book"')[2]


def test_cancel_try_again_and_delete(page, alice, demo):
    client, draft = page(alice), make_draft(alice)
    address = f"/audiobooks/{draft.pk}"
    audiobooks.start_audiobook(by=alice, audiobook=draft)
    assert "You stopped this" in client.post(f"{address}/cancel", follow=True).text
    assert "nothing goes on" in client.post(f"{address}/cancel", follow=True).text
    client.post(f"{address}/retry")
    jobs = list(Job.objects.order_by("pk"))
    actions.run_job(job=jobs[0])
    Job.objects.filter(pk=jobs[1].pk).update(status="failed", error="It broke.")
    audiobooks.sweep()
    failed = client.get(address).text
    for words in (
        "1 chapter could not be spoken",
        "It broke.",
        "Try again",
        "Go on without the failed ones",
        "as a zip",
    ):
        assert words in failed, words
    client.post(f"{address}/retry", {"without_failed": "yes"})
    work()
    assert states(draft) == ["ready", "out"]
    asked = client.get(f"{address}/delete").text
    assert "Its 2 chapters go, with" in asked
    assert client.post(f"{address}/delete", follow=True).redirect_chain[-1][0] == "/audiobooks"
    assert (Audiobook.objects.count(), Job.objects.count()) == (0, 0)
