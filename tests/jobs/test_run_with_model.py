"""Jobs that Fish Audio speaks: their sound, what they cost, and what may go wrong on the way."""

import io

import av
import pytest

from accounts.models import UsageDay
from config import queue, work
from jobs import actions
from jobs.models import Job, TempAudio
from tests.accounts.conftest import join_team_of
from tests.voices.fish_wire import Fault
from tests.voices.models import make_echo
from voices.actions import voice_models
from voices.engines import fish_http
from voices.engines.fish_errors import EngineAway, ModelUnknown, NoCredit, TooManyAtOnce
from voices.models import UnsavedModel, VoiceModel

TEXT = "Gulls cry. Ropes creak in the wind."
SECONDS = 7 * 0.05  # seven words


@pytest.fixture
def start(alice, model):
    """Starts a job of Alice's with her model."""
    return lambda text=TEXT, **fields: actions.start_job(by=alice, text=text, **{"model_id": model.pk} | fields)


def run(job):
    actions.run_job(job=job)
    job.refresh_from_db()
    return job


def assert_failed(job, sentence):
    assert (job.status, job.error, job.audio_id) == ("failed", sentence, None)
    assert not TempAudio.objects.exists()


def billed(user):
    return sum(UsageDay.objects.owned_by(user).values_list("billed_bytes", flat=True))


@pytest.mark.parametrize("format_name", ["wav", "mp3"])
def test_its_sound(api, alice, start, fish, model, format_name):
    job = run(start(format=format_name, speed=0.5))
    assert (job.status, job.error, job.total_chunks) == ("completed", "", 2)
    assert fish.doors() == ["POST /v1/tts"] * 2
    content = api(alice).get(f"/api/jobs/{job.pk}/audio").getvalue()
    with av.open(io.BytesIO(content)) as file:
        assert (file.format.name, file.metadata["artist"]) == (format_name, "Harbour")
        assert file.duration / 1_000_000 == pytest.approx(SECONDS * 2, abs=0.1)


def test_what_it_used_is_counted(alice, start, model):
    job = run(start("Äpfel. Ropes creak."))
    model.refresh_from_db()
    day = UsageDay.objects.get(user=alice)
    assert job.billed_bytes == day.billed_bytes == model.billed_bytes == len("Äpfel.Ropes creak.".encode())
    assert (day.jobs, model.used_jobs) == (1, 1)
    assert day.speech_seconds == pytest.approx(job.duration, abs=0.001)
    assert model.used_seconds == pytest.approx(job.duration, abs=0.001)


def test_a_local_voice_is_billed_nothing(alice, finished):
    assert (finished.billed_bytes, billed(alice)) == (0, 0)


def test_a_mates_use_is_counted_for_the_mate_and_the_model(alice, model):
    mate = join_team_of(alice, "mate")
    VoiceModel.objects.update(visibility="shared")
    job = actions.start_job(by=mate, text="Ropes creak.", model_id=model.pk)
    VoiceModel.objects.update(visibility="private")  # it was theirs to use when they began
    assert run(job).status == "completed"
    model.refresh_from_db()
    assert (model.billed_bytes, billed(mate), billed(alice)) == (12, 12, 0)


def test_an_echo_with_a_model(alice, start, known_model, fish):
    echo = make_echo(alice, speed=2)
    linked = known_model(alice, echo=echo, name="Linked")
    assert run(start(model_id=None, echo_id=echo.pk)).duration == pytest.approx(SECONDS / 2, abs=0.01)
    linked.refresh_from_db()
    assert linked.used_jobs == 1


def test_an_unsaved_model(alice, fish):
    model_id = fish.add_model()["_id"]
    unsaved = UnsavedModel.objects.create(user=alice, model_id=model_id, name="Passing")
    assert run(actions.start_job(by=alice, text=TEXT, model_id=model_id)).status == "completed"
    job = actions.start_job(by=alice, text=TEXT, model_id=model_id)
    unsaved.delete()
    assert run(job).error == f"The voice model {model_id} was deleted. Choose another voice."


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ([Fault(402, {"message": "Insufficient API credit"})], NoCredit),
        ([Fault(429)] * 3, TooManyAtOnce),
        ([Fault(502, "<html>")] * 3, EngineAway),
    ],
)
def test_what_the_engine_refuses_for_good_fails_the_job(start, fish, faults, error):
    fish.fail(*faults)
    job = run(start())
    assert_failed(job, error.sentence)
    assert (job.billed_bytes, len(fish.seen)) == (0, len(faults))


def test_what_passes_is_tried_again(start, fish):
    fish.fail(Fault(429), Fault(503))
    assert run(start()).status == "completed"
    assert fish.doors() == ["POST /v1/tts"] * 4


def test_a_job_that_fails_in_the_middle_was_billed_for_what_it_spoke(alice, start, fish, model, monkeypatch):
    speak = type(fish).take

    def take(stub, seen):
        if stub._seen:
            stub.fail(Fault(402))
        return speak(stub, seen)

    monkeypatch.setattr(type(fish), "take", take)
    job = run(start())
    assert_failed(job, NoCredit.sentence)
    model.refresh_from_db()
    assert job.billed_bytes == billed(alice) == model.billed_bytes == len("Gulls cry.")
    assert (model.used_jobs, model.used_seconds) == (0, 0)


def test_a_model_deleted_while_its_job_waits(alice, start, fish, model):
    job = start()
    voice_models.delete_model(by=alice, model=model)
    assert_failed(run(job), f"The voice model {model.model_id} was deleted. Choose another voice.")
    assert not fish.seen


def test_a_model_deleted_while_its_job_speaks_though_the_engine_still_has_it(alice, start, fish, model, monkeypatch):
    ask = fish_http.ask

    def meanwhile(*args, **options):
        voice_models.delete_model(by=alice, model=model)
        return ask(*args, **options)

    monkeypatch.setattr(fish_http, "ask", meanwhile)
    job = run(start())
    assert_failed(job, f"The voice model {model.model_id} was deleted. Choose another voice.")
    assert (fish.doors(), model.model_id in fish.models) == (["POST /v1/tts"], True)
    assert job.billed_bytes == billed(alice) == len("Gulls cry.")


def test_a_model_deleted_at_the_engine(start, fish):
    job = start()
    fish.models.clear()
    assert_failed(run(job), ModelUnknown.sentence)


def test_no_call_comes_after_a_cancellation(alice, start, fish, monkeypatch):
    job = start()

    def cancel(moved):
        actions.cancel_job(by=alice, job=Job.objects.get())
        report(moved)

    reporter = work.reporter

    def spying(lease, fields):
        nonlocal report
        report = reporter(lease, fields)
        return cancel

    report = None
    monkeypatch.setattr(work, "CHECK_SECONDS", 0)
    monkeypatch.setattr(work, "reporter", spying)
    assert run(job).status == "cancelled"
    assert (len(fish.seen), job.billed_bytes) == (1, len("Gulls cry."))


def test_a_worker_that_is_asked_to_stop_in_a_pause_hands_the_job_back(start, fish, monkeypatch):
    job = start()

    def stop(seconds):
        queue.stopping.set()
        return True

    monkeypatch.setattr(fish_http, "PAUSES", (50, 50))
    monkeypatch.setattr(queue.stopping, "wait", stop)
    fish.fail(Fault(503))
    try:
        run(job)
    finally:
        queue.stopping.clear()
    assert (job.status, job.attempts, job.error) == ("queued", 0, "")
    assert len(fish.seen) == 1


def test_the_lease_is_kept_through_slow_tries(start, fish, monkeypatch):
    """Each pause between tries is a step: no try is longer than the lease may be still."""
    steps, check = [], work.Lease.check

    def spy(lease):
        steps.append(len(fish.seen))
        check(lease)

    monkeypatch.setattr(work, "CHECK_SECONDS", 0)
    monkeypatch.setattr(work.Lease, "check", spy)
    fish.fail(Fault(503), Fault(503))
    assert run(start("Ropes creak.")).status == "completed"
    assert {1, 2, 3} <= set(steps)
    assert work.leases.STILL_SECONDS > 2 * fish_http.CALL_SECONDS
