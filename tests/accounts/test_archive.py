"""What the files in the zip with an account's data are called, and those that are none."""

import zipfile

import pytest

from accounts import archive


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("a/b\\c.wav", "a b c.wav"),
        ("  ..  ", "file"),
        ("\u202egnp.wav", "gnp.wav"),
        ("Grüße 😀.mp3", "Grüße .mp3"),
        ("x" * 300 + ".wav", "x" * 196 + ".wav"),
        ("ü" * 300, "ü" * 100),
        ("😀.wav", "file.wav"),
        ("😀 😀 .tar.gz", "file.tar.gz"),
        ("...😀.wav", "file.wav"),
    ],
)
def test_names_in_the_zip_are_safe(name, safe):
    assert archive.safe_name(name) == safe


def test_names_in_the_zip_are_unique(alice, var_dir):
    with zipfile.ZipFile(var_dir / "x.zip", "w") as zipped:
        box = archive.Archive(zipped, alice, [], lambda done, total: None)
        names = [box.free_name("files", name) for name in ("a.wav", "A.wav", "a.wav", "a (2).wav")]
    assert names == ["files/a.wav", "files/A (2).wav", "files/a (3).wav", "files/a (2) (2).wav"]


def test_a_folder_by_the_name_of_a_file_is_missing(alice, var_dir):
    (var_dir / "media" / "shelf").mkdir(parents=True)
    (var_dir / "media" / "tide.wav").write_bytes(b"")
    with zipfile.ZipFile(var_dir / "x.zip", "w") as zipped:
        box = archive.Archive(zipped, alice, [], lambda done, total: None)
        box.copy("one", "shelf")
        box.copy("two", "tide.wav/below")
    assert (box.missing, zipped.namelist()) == (["one", "two"], [])
