"""What files really are, by decoding them in a process of their own."""

import random

import pytest

from config.errors import Unprocessable
from tests.voices.sounds import KINDS, id3, recording, sound, wav
from voices import sound_files
from voices.sound_files import NotAudio

HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
NOT_SOUNDS = {
    "html": HTML,
    "html before mp3": HTML + sound("mp3"),
    "svg before mp3": SVG + sound("mp3"),
    "html in an empty id3 tag": id3(0) + HTML + sound("mp3"),
    "a playlist": b"#EXTM3U\nfile:///etc/passwd\n",
    "a list of files": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "an archive": b"PK\x03\x04" + bytes(5_000),
    "one byte": b"R",
    "frames of nothing": b"\xff\xfb\x90\x00" * 50_000,
    "no channels": wav(bytes(8_000), channels=0),
    "no rate": wav(bytes(8_000), rate=0),
    "no bits": wav(bytes(8_000), bits=0),
    "65,535 channels": wav(bytes(655_350), channels=65_535),
    "a head of 4 GB": wav(bytes(8_000), fmt_size=0xFFFFFFFF),
    "a head of nothing": wav(bytes(8_000), fmt_size=0),
    "more data announced": wav(bytes(80_000), size=160_000),
    "a tag without a sound": id3(1_000) + bytes(1_000),
    **{
        f"noise after the beginning of {name}": start + random.Random(1).randbytes(50_000)  # noqa: S311
        for name, start in {
            "mp3": b"\xff\xfb",
            "aac": b"\xff\xf1",
            "ogg": b"OggS",
            "flac": b"fLaC",
            "webm": b"\x1a\x45\xdf\xa3",
            "mp4": b"\0\0\0\x20ftypM4A ",
        }.items()
    },
}
ALIASES = [
    ("wav", "a.wav", "audio/x-wav"),
    ("wav", "a.WAVE", "audio/wave"),
    ("mp3", "a.mp3", "audio/mp3"),
    ("mp3", "a", "audio/mpeg; charset=binary"),
    ("m4a", "a.m4a", "audio/x-m4a"),
    ("m4a", "a.mp4", "video/mp4"),
    ("m4a", "a.m4a", "audio/aac"),
    ("webm", "a.webm", "video/webm"),
    ("webm", "a.weba", "audio/webm;codecs=opus"),
    ("ogg", "a.opus", "application/ogg"),
    ("ogg", "a.oga", "audio/opus"),
    ("flac", "a.flac", "audio/x-flac"),
    ("wav", "a.txt", "application/octet-stream"),
    ("wav", "", "text/plain"),
]
MISLABELLED = [
    ("wav", "a", "text/html"),
    ("mp3", "a", "image/svg+xml"),
    ("mp3", "a.wav", ""),
    ("wav", "a.mp3", ""),
    ("wav", "a.wma", ""),
    ("wav", "a.mkv", ""),
    ("webm", "a.ogg", ""),
    ("wav", "a.wav", "audio/mpeg"),
    ("mp3", "a", "video/mp4"),
    ("mp3", "a", "audio/x-unheard-of"),
    ("aac", "a.m4a", ""),
]


@pytest.fixture
def each_file_is_read_once():
    """Not here: what reads them is what these tests are about."""


@pytest.fixture
def read(tmp_path):
    """What a file with this content is found to be."""

    def judged(content, **label):
        path = tmp_path / "file"
        path.write_bytes(content)
        return sound_files.read(path, **label)

    return judged


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_known(read, kind):
    found = read(sound(kind, 2.0, "stereo"))
    assert (found.content_type, found.extension) == (KINDS[kind][2], kind)
    assert (found.channels, found.sample_rate, found.has_video) == (2, 48_000, False)
    assert found.duration == pytest.approx(2.0, abs=0.06)


def test_a_recording_of_a_browser_has_its_real_length(read):
    assert read(recording()).duration == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_pictures_are_seen_and_refused_where_only_sound_is_taken(read, kind):
    found = read(sound(kind, 1.0, with_video=True))
    assert found.has_video
    with pytest.raises(NotAudio, match="is a video"):
        sound_files.check_no_video(found)


@pytest.mark.parametrize("name", NOT_SOUNDS)
def test_what_is_no_sound_is_refused(read, name):
    with pytest.raises(NotAudio):
        read(NOT_SOUNDS[name])


@pytest.mark.parametrize("share", [0.1, 0.6, 0.9])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_its_end_is_refused(read, kind, share):
    content = sound(kind, 3.0)
    with pytest.raises(NotAudio):
        read(content[: int(len(content) * share)])


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_wav_file_that_does_not_know_its_length_is_read_to_its_end(read, size):
    assert read(wav(bytes(16_000), size=size)).duration == 1.0


@pytest.mark.parametrize(("kind", "name", "content_type"), ALIASES)
def test_usual_names_are_taken(read, kind, name, content_type):
    assert read(sound(kind), name=name, content_type=content_type).container


@pytest.mark.parametrize(("kind", "name", "content_type"), MISLABELLED)
def test_a_wrong_label_is_refused(read, kind, name, content_type):
    with pytest.raises(NotAudio, match="not what it is called"):
        read(sound(kind), name=name, content_type=content_type)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (wav(bytes(1_000)), "shorter than 0.1 seconds"),
        (wav(bytes(8_000 * 7_200), bits=8), "longer than an hour"),
        (wav(bytes(1_000_000), channels=500), "500 channels"),
        (wav(bytes(144_000), channels=9), "9 channels"),
        (wav(bytes(8_000), rate=1), "longer than an hour"),
    ],
)
def test_what_is_too_much_or_too_little_is_refused(read, content, words):
    with pytest.raises(Unprocessable, match=words):
        read(content)


def test_tags_before_the_first_frame_are_skipped(read):
    huge = id3(100_000_000) + bytes(100_000_000)
    assert read(huge + sound("mp3")).container == "mp3"


def test_damaged_files_never_break_anything(read):
    chance = random.Random(7)  # noqa: S311
    for kind in KINDS:
        content = bytearray(sound(kind, 3.0))
        for _ in range(40):
            content[chance.randrange(min(len(content), 3_000))] = chance.randrange(256)
        try:
            assert read(bytes(content)).duration > 0
        except (NotAudio, Unprocessable) as error:
            assert error.message.endswith(".")


@pytest.mark.parametrize("end", ["os.abort()", "os.write(2, b'half a letter: \\xc3'); os._exit(1)"])
def test_a_process_that_dies_is_a_refusal(read, monkeypatch, end):
    monkeypatch.setattr(sound_files, "PROGRAM", ["-c", f"import os; {end}"])
    with pytest.raises(NotAudio, match="can't be read"):
        read(sound())


def test_nobody_waits_for_ever(read, monkeypatch):
    monkeypatch.setattr(sound_files, "PROGRAM", ["-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(sound_files, "SECONDS_TO_READ", 0.1)
    with pytest.raises(NotAudio, match="takes too long"):
        read(sound())


def test_the_process_knows_no_secrets_and_writes_nothing(read, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "a secret")
    program = (
        "import json, os, sys; from voices.probe import limit; limit()\n"
        "try: open(sys.argv[1] + '.new', 'wb', 0).write(b'x'); wrote = True\n"
        "except OSError: wrote = False\n"
        "print(json.dumps({'refused': f\"{'SECRET_KEY' in os.environ} {wrote} {'django' in sys.modules}.\"}))"
    )
    monkeypatch.setattr(sound_files, "PROGRAM", ["-c", program])
    with pytest.raises(NotAudio, match="False False False"):
        read(sound())
