"""The file of a message, as its page gets it."""

import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.test import Client

from config import storage_audit
from config.leases import Status
from leads.models import MessageMedia
from tests.accounts.conftest import join_team_of
from tests.leads.whatsapp import files
from tests.leads.whatsapp.chats import make_channel, make_contact, make_media, make_message


@pytest.fixture
def message(alice):
    return make_message(make_contact(make_channel(alice), name="Ann"), content="Our pier", kind="image")


@pytest.fixture
def media(message):
    return kept(message)


def kept(message, content=files.PNG, content_type="image/png", name="whatsapp/202601/a.png", **fields):
    default_storage.save(name, ContentFile(content))
    seen = {"path": name, "content_type": content_type, "size_bytes": len(content), "status": Status.COMPLETED}
    return make_media(message, **seen | fields)


def read(answer):
    return b"".join(answer.streaming_content)


def path_of(media):
    return f"/inbox/{media.message.contact_id}/messages/{media.message_id}/media"


def test_shown_in_its_place(page, alice, media):
    answer = page(alice).get(path_of(media))
    assert read(answer) == files.PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize("content_type", ["application/octet-stream", "application/pdf", "audio/amr", "image/svg+xml"])
def test_anything_else_is_a_download(page, alice, message, content_type):
    media = kept(message, files.HTML, content_type, file_name='pier".html\r\nX: y')
    answer = page(alice).get(path_of(media))
    read(answer)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "\n" not in answer["Content-Disposition"]


def test_parts_of_it(page, alice, message):
    media = kept(message, b"0123456789", "audio/ogg")
    answer = page(alice).get(path_of(media), headers={"range": "bytes=2-4"})
    assert (answer.status_code, read(answer)) == (206, b"234")


def test_whose_it_is(page, alice, charlie, bob, media):
    mate = join_team_of(alice, "mate")
    seen = page(mate).get(path_of(media))
    read(seen)
    assert seen.status_code == 200
    assert [page(person).get(path_of(media)).status_code for person in (charlie, bob)] == [404, 404]
    assert Client().get(path_of(media)).url.startswith("/login")
    assert page(alice).post(path_of(media)).status_code == 405
    other = make_contact(media.message.contact.channel, "4915100")
    assert page(alice).get(f"/inbox/{other.pk}/messages/{media.message_id}/media").status_code == 404


@pytest.mark.parametrize("status", ["queued", "processing", "failed", "cancelled"])
def test_what_is_not_here(page, alice, message, status):
    media = make_media(message, status=status, error="It is gone.")
    answer = page(alice).get(path_of(media))
    assert answer.status_code == 409
    assert ("It is gone." in answer.content.decode()) is (status not in ("queued", "processing"))


def test_gone_from_the_storage(page, alice, media):
    default_storage.delete(media.path)
    assert page(alice).get(path_of(media)).status_code == 410


def test_try_again(page, alice, charlie, message):
    media = make_media(message, status="failed", error="No.")
    path = f"{path_of(media)}/fetch"
    assert page(charlie).post(path).status_code == 404
    assert page(alice).post(path).url == f"/inbox/{message.contact_id}"
    assert MessageMedia.objects.get().status == "queued"
    assert page(alice).get(path).status_code == 405


def test_from_s3(s3, page, alice, message):
    media = kept(message, files.HTML, "application/octet-stream")
    answer = page(alice).get(path_of(media))
    assert answer.status_code == 302
    assert "attachment" in answer["Location"]


def rendered(message):
    return " ".join(render_to_string("leads/_media.html", {"message": message}).split())


def test_the_fragment_of_an_image(media):
    shown = rendered(media.message)
    assert re.search(r'<img src="/inbox/\w+/messages/\w+/media" alt="Image: Our pier"', shown)
    assert "?download=1" in shown


@pytest.mark.parametrize(
    ("content_type", "mark"),
    [("audio/ogg", "<echo-player"), ("video/mp4", "<video"), ("application/pdf", "download>")],
)
def test_the_fragment_of_others(message, content_type, mark):
    kept(message, b"x", content_type, file_name="<b>.pdf")
    shown = rendered(message)
    assert mark in shown
    assert "<b>" not in shown
    assert "<img" not in shown


def test_the_fragment_says_what_is_wrong(message):
    kept(message, files.HTML, "application/octet-stream", cause="not_that", error="Not what it is called.")
    assert "Not what it is called." in rendered(message)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "queued"}, "being fetched"),
        ({"status": "queued", "error": "Away."}, "it is tried again by itself"),
        ({"status": "failed", "error": "WhatsApp does not have it."}, "Try again"),
    ],
)
def test_the_fragment_while_it_is_not_here(message, fields, words):
    make_media(message, **fields)
    assert words in rendered(message)


def test_the_audit_of_the_storage_knows_it(media):
    assert list(storage_audit.Audit(lambda audit: None).findings()) == []
    default_storage.delete(media.path)
    assert [finding.row for finding in storage_audit.Audit(lambda audit: None).findings()] == [media.pk]
