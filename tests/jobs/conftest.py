"""A Fish Audio on loopback and the voice models it knows; workers: real ones, and one that runs when somebody waits."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.conf import settings as project_settings
from django.db import connection

from accounts.models import User
from config import queue
from config.files import work_folder
from jobs import actions
from jobs.listening import live, waiting
from jobs.models import Job
from tests.installation import soon
from tests.voices.conftest import fish
from tests.voices.fish_stub import FishStub
from tests.voices.models import make_model
from voices.models import VoiceModel

__all__ = ["fish"]
MakeModel = Callable[..., VoiceModel]


class Clock:
    """Time that goes on only by waiting; `work` is done in each pause."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.now, self.work = 0.0, work
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)
        self.work()

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A worker that runs whatever waits in each pause between two looks at a job."""

    def run_all() -> None:
        for job in Job.objects.filter(status="queued"):
            actions.run_job(job=job)

    clock = Clock(run_all)
    for module in (waiting, live):
        monkeypatch.setattr(module, "time", SimpleNamespace(sleep=clock.sleep, monotonic=clock.monotonic))
    return clock


@pytest.fixture
def known_model(fish: FishStub) -> MakeModel:
    """Makes a voice model that the engine has too."""

    def make(user: User, **fields: object) -> VoiceModel:
        return make_model(user, **{"model_id": fish.add_model()["_id"]} | fields)

    return make


@pytest.fixture
def model(known_model: MakeModel, alice: User) -> VoiceModel:
    """A trained voice model of Alice's that can speak."""
    return known_model(alice)


@pytest.fixture
def start(db, redis, settings, tmp_path):
    """Starts commands of manage.py under the product's own settings; they are killed after the test."""
    settings.MEDIA_ROOT = project_settings.VAR_DIR / "media"
    database = {"MONGODB_DB_NAME": connection.settings_dict["NAME"]} if connection.vendor == "mongodb" else {}
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"} | database
    started = []

    def start(*command):
        errors = (tmp_path / f"{len(started)}.err").open("w")
        command = [sys.executable, "manage.py", *command]
        process = subprocess.Popen(
            command, cwd=project_settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        process.errors = errors.name
        errors.close()
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
    for path in work_folder().iterdir():  # which the killed ones have left
        path.unlink()


@pytest.fixture
def start_worker(start):
    def start_worker(*options):
        process = start("worker", *options)
        name = f"{'network' if options else 'speech'}-{socket.gethostname()}-{process.pid}"
        # Where a job waits, a worker is idle for a moment only.
        soon(lambda: queue.connection().hget(f"rq:worker:{name}", "state") in (b"idle", b"busy"))
        soon(lambda: queue.connection().exists(queue.WORKER_KEYS + name))  # a thread's
        return process

    return start_worker
