"""Uploads through the API and the page, an S3 and a Fish Audio on loopback."""

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from accounts.models import AuditEntry, Event, User
from tests.voices.fish_stub import KEY, FishStub
from tests.voices.recordings import GOOD
from tests.voices.sounds import sound
from voices import sound_files
from voices.models import AudioFile, EngineDeletion, UnsavedModel, VoiceModel

Upload = Callable[..., HttpResponse]
PATIENCE_SECONDS = 0.5


@pytest.fixture(scope="session")
def found() -> dict[tuple[str, bytes], dict[str, Any]]:
    """What programs have found in files, by their contents."""
    return {}


@pytest.fixture(autouse=True)
def each_file_is_read_once(monkeypatch: pytest.MonkeyPatch, found: dict[tuple[str, bytes], dict[str, Any]]) -> None:
    """By one test for all: the process that reads a file takes longer than most of them. Tests of it say otherwise."""
    read = sound_files.run

    def remembered(program: list[str], path: Path, *written: Path) -> dict[str, Any]:
        key = program[-1], hashlib.sha256(path.read_bytes()).digest()
        if key in found:
            return found[key].copy()
        said = read(program, path, *written)
        if not any(each.exists() for each in written):
            found[key] = said.copy()
        return said

    monkeypatch.setattr(sound_files, "run", remembered)


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


@pytest.fixture
def fish(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FishStub]:
    """A Fish Audio on loopback that the settings name. There is no pause between tries.

    A call that gets no answer is given up soon; others keep the time they have, for a busy machine may need it.
    """
    from config.transport import Call
    from voices.engines import fish_http

    def begin(ends_at: float) -> Call:
        now = time.monotonic()
        stub.limits.append(ends_at - now)
        return Call(min(ends_at, now + PATIENCE_SECONDS) if stub.next_hangs() else ends_at)

    stub = FishStub()
    settings.FISH_API_KEY, settings.FISH_BASE_URL = KEY, stub.url
    monkeypatch.setattr(fish_http, "PAUSES", (0, 0))
    monkeypatch.setattr(fish_http, "Call", begin)
    fish_http.client()  # takes a while to make
    yield stub
    settings.FISH_API_KEY, settings.FISH_BASE_URL = KEY, stub.url
    fish_http.client().close()
    fish_http.made_client.cache_clear()
    stub.close()


@pytest.fixture
def send(api: Callable[[User], Client]) -> Upload:
    """Posts a recording to be cloned to the API as somebody, with consent."""

    def post(
        user: User, content: bytes = GOOD, called: str = "harbour.wav", content_type: str = "audio/wav", **fields: str
    ) -> HttpResponse:
        file = SimpleUploadedFile(called, content, content_type)
        path = fields.pop("path", "/api/upload-reference")
        return api(user).post(path, {"audio": file, "name": "Harbour", "consent": "true"} | fields)

    return post


@pytest.fixture
def untouched(fish: FishStub, nothing_left: Callable[[], bool]) -> Callable[[], bool]:
    """Whether no row and no file is left of a recording, and the engine was not asked."""

    def look() -> bool:
        rows = (VoiceModel, UnsavedModel, EngineDeletion)
        is_noted = AuditEntry.objects.filter(event=Event.MODEL_MADE).exists()
        return nothing_left() and not is_noted and not fish.seen and not any(kind.objects.exists() for kind in rows)

    return look
