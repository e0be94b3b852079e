"""Uploads while the storage, or the folder that they come in through, can't be written."""

import errno

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from config import files
from config.errors import DISK_FULL, NOT_WRITTEN
from tests.voices.sounds import sound


@pytest.mark.parametrize("place", [(default_storage, "save"), (files, "TemporaryUploadedFile")])
@pytest.mark.parametrize(("number", "sentence"), [(errno.EDQUOT, DISK_FULL), (errno.EACCES, NOT_WRITTEN)])
def test_an_upload_is_refused_and_leaves_nothing(
    upload, page, alice, monkeypatch, nothing_left, place, number, sentence
):
    def fail(*args):
        raise OSError(number, "no way")

    monkeypatch.setattr(*place, fail)
    told = upload(alice)
    assert (told.status_code, told.headers["Retry-After"], told.json()["detail"]) == (503, "5", sentence)
    shown = page(alice).post("/files", {"file": SimpleUploadedFile("tone.wav", sound())})
    assert (shown.status_code, sentence.partition("'")[0] in shown.text) == (503, True)
    assert nothing_left()
