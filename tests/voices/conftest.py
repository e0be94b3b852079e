"""Uploads through the API and the page, and an S3 on loopback."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.voices.sounds import sound
from voices.models import AudioFile

Upload = Callable[..., HttpResponse]


@pytest.fixture
def upload(api: Callable[[User], Client]) -> Upload:
    """Posts a file to the API as somebody."""

    def post(user: User, content: bytes = b"", name: str = "tone.wav", content_type: str = "", **fields: str):
        file = SimpleUploadedFile("x", content or sound(), content_type)
        file._name = name  # as a client sends it, however it looks
        return api(user).post("/api/audio-file", {"file": file, **fields})

    return post


@pytest.fixture
def audio_file(upload: Upload, alice: User) -> AudioFile:
    """A sound that Alice has uploaded."""
    return AudioFile.objects.get(pk=upload(alice, name="Morning tone.wav").json()["file_id"])


@pytest.fixture
def record(api: Callable[[User], Client], alice: User) -> AudioFile:
    """Alice's note of an object that she keeps elsewhere."""
    answer = api(alice).post("/api/audio-file", {"s3_key": "her/own.wav", "file_size": 10}, "application/json")
    return AudioFile.objects.get(pk=answer.json()["file_id"])


@pytest.fixture
def nothing_left(var_dir: Path) -> Callable[[], bool]:
    """Whether there is no row, no stored file and no temporary file."""
    work = project_settings.VAR_DIR / "work"

    def look() -> bool:
        files = [path for folder in (var_dir / "media", work) for path in folder.rglob("*") if path.is_file()]
        return not files and not AudioFile.objects.exists()

    return look
