"""A Fish Audio on loopback and voice models that it knows; a worker that runs when somebody waits."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from accounts.models import User
from jobs import actions, waiting
from jobs.models import Job
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
    monkeypatch.setattr(waiting, "time", SimpleNamespace(sleep=clock.sleep, monotonic=clock.monotonic))
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
