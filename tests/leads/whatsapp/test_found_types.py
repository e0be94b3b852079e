"""What a file really is, whatever it is called."""

import pytest

from leads.whatsapp import found_types
from tests.leads.whatsapp import files
from tests.voices.recordings import video_without_sound
from tests.voices.sounds import sound


@pytest.mark.parametrize(
    ("content", "content_type", "extension"),
    [
        (files.PNG, "image/png", "png"),
        (files.JPEG, "image/jpeg", "jpg"),
        (files.WEBP, "image/webp", "webp"),
        (files.PDF, "application/pdf", "pdf"),
        (b"#!AMR\n" + bytes(32), "audio/amr", "amr"),
        (files.HTML, "application/octet-stream", "bin"),
        (files.SVG, "application/octet-stream", "bin"),
        (files.PROGRAM, "application/octet-stream", "bin"),
        (b"", "application/octet-stream", "bin"),
        (b"OggS" + bytes(100), "application/octet-stream", "bin"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(100), "application/octet-stream", "bin"),
    ],
)
def test_by_first_bytes(tmp_path, content, content_type, extension):
    found = found_types.find(files.put(tmp_path / "file", content))
    assert (found.content_type, found.extension) == (content_type, extension)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (lambda: sound("ogg"), "audio/ogg"),
        (lambda: sound("mp3"), "audio/mpeg"),
        (lambda: sound("m4a"), "audio/mp4"),
        (lambda: sound("mp4", with_video=True), "video/mp4"),
        (video_without_sound, "video/mp4"),  # as WhatsApp's moving images are
    ],
)
def test_what_can_be_heard_and_seen(tmp_path, content, content_type):
    found = found_types.find(files.put(tmp_path / "file", content()))
    assert found.content_type == content_type
    assert 0.9 < found.seconds < 2.1


@pytest.mark.parametrize(
    ("kind", "said", "content_type", "fits"),
    [
        ("image", "image/jpeg", "image/jpeg", True),
        ("image", "image/jpg", "image/jpeg", True),
        ("image", "image/jpeg", "image/png", True),
        ("image", "image/jpeg", "application/octet-stream", False),
        ("image", "", "application/octet-stream", False),
        ("image", "text/html", "audio/ogg", False),
        ("sticker", "image/webp", "image/webp", True),
        ("audio", "audio/ogg; codecs=opus", "audio/ogg", True),
        ("audio", "audio/mp4", "video/mp4", True),
        ("audio", "audio/amr", "audio/amr", True),
        ("audio", "audio/ogg", "application/octet-stream", False),
        ("video", "video/mp4", "image/png", False),
        ("document", "application/pdf", "application/pdf", True),
        ("document", "application/pdf", "application/octet-stream", False),
        ("document", "image/png", "application/pdf", False),
        ("document", "text/plain", "application/octet-stream", True),
        ("document", "application/vnd.ms-excel", "application/octet-stream", True),
    ],
)
def test_whether_it_is_what_it_says(kind, said, content_type, fits):
    assert found_types.FoundType(content_type).fits(kind, said) is fits
