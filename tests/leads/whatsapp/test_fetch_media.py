"""The files of messages are fetched from WhatsApp, looked at and kept."""

import datetime as dt
import hashlib

import pytest
from django.core.files.storage import default_storage

from config import queue, times
from config.errors import Conflict
from config.files import listing, work_folder
from leads import tasks
from leads.actions.whatsapp import channels, media, media_download
from leads.models import Channel, MessageMedia
from tests.leads.whatsapp import files
from tests.leads.whatsapp.chats import TOKEN, make_channel, make_contact, make_media, make_message
from tests.leads.whatsapp.cloud_api_stub import error
from tests.leads.whatsapp.cloud_api_wire import Fault


@pytest.fixture
def channel(alice, cloud_api):
    cloud_api.token = TOKEN
    return make_channel(alice, api_base_url=cloud_api.url)


@pytest.fixture
def sent(channel, cloud_api):
    """A message with a file, as a webhook leaves it."""
    contact = make_contact(channel)

    def send(content=files.PNG, kind="image", mime_type="image/png", **fields):
        told = {name: fields.pop(name) for name in ("url", "file_size", "sha256_told") if name in fields}
        if "sha256_told" in told:
            told["sha256"] = told.pop("sha256_told")
        media_id = cloud_api.add_media(content, mime_type, **told)
        message = make_message(contact, kind=kind, content="")
        return make_media(message, media_id=media_id, declared_type=mime_type, **fields)

    return send


def fetched(row):
    media.fetch(media=row)
    return MessageMedia.objects.get(pk=row.pk)


def in_storage(folder="whatsapp"):
    folders, names = listing(folder)
    return names + [name for each in folders for name in in_storage(f"{folder}/{each}")]


def test_an_image_is_kept(sent):
    row = fetched(sent(sha256=hashlib.sha256(files.PNG).hexdigest()))
    assert (row.status, row.content_type, row.size_bytes, row.error) == ("completed", "image/png", len(files.PNG), "")
    assert row.path.startswith(f"whatsapp/{times.now():%Y%m}/{row.pk}-")
    assert row.path.endswith(".png")
    with default_storage.open(row.path) as file:
        assert file.read() == files.PNG
    assert list(work_folder().glob("*.part")) == []


@pytest.mark.parametrize(
    ("kind", "mime_type", "content"),
    [
        ("image", "image/jpeg", files.HTML),
        ("image", "image/png", files.SVG),
        ("sticker", "image/webp", files.PROGRAM),
        ("audio", "audio/ogg; codecs=opus", b"OggS" + bytes(100)),
        ("video", "video/mp4", files.PDF),
        ("document", "application/pdf", files.PROGRAM),
    ],
)
def test_what_is_not_what_it_says_is_a_download(sent, kind, mime_type, content):
    row = fetched(sent(content, kind, mime_type))
    assert (row.status, row.content_type, row.is_shown) == ("completed", "application/octet-stream", False)
    assert "not what its sender called it" in row.error
    assert row.path.endswith(".bin")


def test_a_document_is_kept_as_it_is(sent):
    row = fetched(sent(b"a,b\n1,2\n", "document", "text/csv", file_name="../../list.csv"))
    assert (row.content_type, row.error, row.is_shown) == ("application/octet-stream", "", False)
    assert row.download_name == "_.._list.csv"


@pytest.mark.parametrize("told", [True, False])
def test_too_large(sent, monkeypatch, told):
    monkeypatch.setitem(media_download.MOST_BYTES, "image", 1_000)
    content = files.PNG + bytes(1_000)
    row = fetched(sent(content, **({} if told else {"file_size": 10})))
    assert (row.status, row.cause) == ("failed", "media_too_large")
    assert in_storage() == []
    assert list(work_folder().glob("*.part")) == []


def test_gone_from_whatsapp(sent, cloud_api):
    row = sent()
    cloud_api.media.clear()
    row = fetched(row)
    assert (row.status, row.cause) == ("failed", "media_gone")
    assert "does not have this file any more" in row.error


def test_gone_between_the_two_questions(sent, cloud_api):
    cloud_api.fail(Fault(404), door="file")
    assert fetched(sent()).cause == "media_gone"


def test_an_address_of_somebody_else_gets_no_token(sent):
    row = fetched(sent(url="http://169.254.169.254/latest"))
    assert (row.status, row.cause) == ("failed", "address_refused")


def test_a_refused_token_stands_at_the_channel_and_a_new_one_heals_all(alice, sent, channel, cloud_api):
    cloud_api.token = "renewed"
    row = fetched(sent())
    assert (row.status, row.cause) == ("failed", "token_refused")
    held = Channel.objects.get()
    assert "access token" in held.problem
    channels.change(by=alice, channel=held, token="renewed")
    row.refresh_from_db()
    assert (row.status, row.error) == ("queued", "")
    assert fetched(row).status == "completed"


@pytest.mark.parametrize(
    "fault",
    [Fault(500), Fault(503, "<html>"), error(130429), Fault(how="gone"), Fault(how="cut", body=files.PNG)],
    ids=["500", "html", "busy", "gone", "cut"],
)
def test_what_may_pass_is_tried_later(sent, cloud_api, fault):
    cloud_api.fail(fault)
    row = fetched(sent())
    assert (row.status, row.tries, row.attempts) == ("queued", 1, 0)
    assert row.due_at > times.now()
    assert fetched(row).tries == 1  # its time has not come
    MessageMedia.objects.update(due_at=times.now())
    row = fetched(MessageMedia.objects.get())
    assert (row.status, row.error) == ("completed", "")


def test_a_damaged_file_is_asked_for_again(sent):
    row = fetched(sent(sha256_told="0" * 64))
    assert (row.status, row.tries) == ("queued", 1)
    row = fetched(sent(sha256="f" * 64))
    assert (row.status, row.tries) == ("queued", 1)
    assert in_storage() == []


def test_pauses_grow_until_whatsapp_has_it_no_more(sent, cloud_api, monkeypatch):
    row, waited = sent(), []
    now = times.now()
    monkeypatch.setattr(times, "now", lambda: now)
    while row.status == "queued":
        cloud_api.fail(Fault(500))
        row = fetched(row)
        waited.append((row.due_at - now).total_seconds())
        now = row.due_at
    assert waited[:6] == list(media.PAUSES)
    assert (row.status, row.cause) == ("failed", "unavailable")
    assert dt.timedelta(days=6) < now - row.created_at < dt.timedelta(days=7)


def test_a_full_disk_is_waited_for(sent, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    row = fetched(sent())
    assert (row.status, row.tries) == ("queued", 1)


def test_a_team_has_so_much_room(sent, settings, alice):
    settings.STORAGE_QUOTA_MB = 1
    MessageMedia.objects.filter(pk=fetched(sent()).pk).update(size_bytes=1024**2)
    row = fetched(sent())
    assert (row.status, row.cause) == ("failed", "quota_reached")
    assert "Erase chats" in row.error


def test_again(alice, sent, cloud_api):
    row = sent()
    kept = dict(cloud_api.media)
    cloud_api.media.clear()
    row = fetched(row)
    media.fetch_again(by=alice, media=row)
    with pytest.raises(Conflict):
        media.fetch_again(by=alice, media=row)
    cloud_api.media.update(kept)
    assert fetched(row).status == "completed"
    with pytest.raises(Conflict):
        media.fetch_again(by=alice, media=MessageMedia.objects.get())


def test_a_worker_that_stops_hands_it_back(sent, monkeypatch):
    queue.stopping.set()
    try:
        row = fetched(sent())
    finally:
        queue.stopping.clear()
    assert (row.status, row.attempts, row.tries) == ("queued", 0, 0)


def test_a_deleted_message_takes_its_file_along(sent):
    row = fetched(sent())
    media.discard(row.message)
    assert not MessageMedia.objects.exists()
    assert in_storage() == []
    media.discard(row.message)


def test_deleted_while_it_was_fetched(sent, monkeypatch):
    row = sent()
    found = media.found_types.find

    def meanwhile(path):
        media.discard(row.message)
        return found(path)

    monkeypatch.setattr(media.found_types, "find", meanwhile)
    media.fetch(media=row)
    assert not MessageMedia.objects.exists()
    assert in_storage() == []


def test_all_of_a_team(sent, alice, charlie):
    fetched(sent())
    media.delete_of_team(charlie.team)
    assert MessageMedia.objects.count() == 1
    media.delete_of_team(alice.team)
    assert (MessageMedia.objects.count(), in_storage()) == (0, [])


def test_the_sweeper_enqueues_what_is_due(sent, monkeypatch):
    late, soon = sent(), sent()
    MessageMedia.objects.filter(pk=late.pk).update(due_at=times.now() - dt.timedelta(minutes=1))
    MessageMedia.objects.filter(pk=soon.pk).update(due_at=times.now() + dt.timedelta(minutes=1))
    asked = []
    monkeypatch.setattr(queue, "enqueue_missing", lambda task, rows: asked.extend(rows))
    media.sweep()
    assert asked == [(late.pk, "network-upkeep")]


def test_the_task(sent):
    row = sent()
    tasks.fetch_media(row.pk)
    tasks.fetch_media(row.pk)  # may be done twice
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("completed", 1)
    tasks.fetch_media("0" * 24)
