import errno
import re
import shutil

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from config import queue, work
from config.errors import DISK_FULL, NOT_WRITTEN, Conflict
from config.files import work_folder
from config.leases import Lease, LeaseLost
from jobs import actions, synthesis, tasks
from jobs.actions import temp_audio
from jobs.models import TEMP_AUDIO_LIFETIME, Job, TempAudio
from voices.actions import voices
from voices.engines.piper import engine
from voices.engines.piper_files import DEMO_DIR

MANY = " ".join(f"This is sentence number {number}." for number in range(6))


@pytest.fixture
def own_voice(demo, var_dir):
    """A copy of the demo voice in the operator's folder; gives its model's path."""
    folder = var_dir / "voices"
    folder.mkdir()
    for ending in (".onnx", ".onnx.json"):
        shutil.copy(DEMO_DIR / f"en_US-demo-low{ending}", folder / f"en_GB-mine-low{ending}")
    voices.sync_voices(lambda line: None)
    return folder / "en_GB-mine-low.onnx"


def start(by, text="Ropes creak.", **fields):
    return actions.start_job(by=by, text=text, **fields)


def run(job):
    actions.run_job(job=job)
    job.refresh_from_db()
    return job


def sounds(var_dir):
    return sorted(path for path in var_dir.glob("media/temp/**/*") if path.is_file())


def work_files(job):
    return list(work_folder().iterdir())


def assert_next_job_works(by):
    assert run(start(by)).status == "completed"


def test_a_job_is_completed_with_its_sound(alice, job, var_dir):
    tasks.run(job.pk)
    job.refresh_from_db()
    row = TempAudio.objects.get()
    assert (job.status, job.progress, job.attempts, job.error) == ("completed", 100, 1, "")
    assert (job.total_chunks, job.completed_chunks) == (2, 2)
    assert (job.audio_id, job.size_bytes, row.user) == (row.audio_id, row.size_bytes, alice)
    assert job.duration == pytest.approx((job.size_bytes - 44) / 2 / 22_050, abs=0.01)
    assert row.created_at + TEMP_AUDIO_LIFETIME == job.expires_at
    assert (len(job.peaks), max(job.peaks)) == (120, 100)
    assert re.fullmatch(rf"temp/\d{{10}}/{row.audio_id}\.wav", row.path)
    assert row.path == f"temp/{row.created_at:%Y%m%d%H}/{row.audio_id}.wav"
    assert sounds(var_dir) == [var_dir / "media" / row.path]
    assert sounds(var_dir)[0].stat().st_size == job.size_bytes
    assert work_files(job) == []


def test_its_times_add_up(job):
    run(job)
    timings = job.timings
    assert set(timings) == {"queued", "synthesis", "encoding", "total", "first_audio"}
    assert all(value >= 0 for value in timings.values())
    assert job.created_at <= job.started_at <= job.completed_at
    assert timings["queued"] <= timings["first_audio"] <= timings["total"]
    assert timings["queued"] + timings["synthesis"] + timings["encoding"] <= timings["total"] + 0.005


def test_running_twice_is_harmless(job, var_dir):
    tasks.run(job.pk)
    first = Job.objects.values().get()
    tasks.run(job.pk)
    assert Job.objects.values().get() == first
    assert len(sounds(var_dir)) == TempAudio.objects.count() == 1


def test_a_job_that_another_worker_holds_is_left_alone(job):
    other = Lease.claim(Job.objects.get())
    actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.lease_token) == ("processing", 1, other.row.lease_token)


def test_a_task_for_a_deleted_job_does_nothing(job, var_dir):
    pk = job.pk
    job.delete()
    tasks.run(pk)
    assert (Job.objects.count(), sounds(var_dir)) == (0, [])


def test_speed_speaker_and_format_reach_the_sound(alice, demo):
    plain, slow = run(start(alice)), run(start(alice, speed=0.5))
    assert slow.duration > plain.duration * 1.6
    high = run(start(alice, speaker="high", format="mp3"))
    assert (high.status, high.size_bytes < plain.size_bytes / 3) == ("completed", True)


@pytest.mark.parametrize("damage", ["missing", "half", "empty", "rubbish"])
def test_a_voice_file_that_is_missing_or_damaged(alice, own_voice, var_dir, damage):
    job = start(alice, voice_id="en_GB-mine-low")
    if damage == "missing":
        own_voice.unlink()
    else:
        whole = own_voice.read_bytes()
        own_voice.write_bytes({"half": whole[: len(whole) // 2], "empty": b"", "rubbish": b"rubbish " * 5_000}[damage])
    run(job)
    assert (job.status, job.attempts, job.audio_id) == ("failed", 1, None)
    assert re.search(r"The voice file of en_GB-mine-low is (missing|damaged)\..* another voice\.", job.error)
    assert job.completed_at
    assert (sounds(var_dir), work_files(job)) == ([], [])
    assert_next_job_works(alice)


def test_a_voice_that_has_left_the_catalogue(alice, job, demo):
    demo.delete()
    run(job)
    assert (job.status, job.error) == ("failed", "The voice en_US-demo-low is gone. Choose another voice.")


def test_an_unexpected_error_fails_the_job_and_is_raised(alice, job, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(synthesis, "speak", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", f"{work.CRASHED} {job.advice}")
    assert_next_job_works(alice)


def breaking_after(count, error):
    """The engine's `synthesize`, broken in the middle."""
    whole = engine.synthesize

    def synthesize(*args, **kwargs):
        def sentences():
            for done, sound in enumerate(whole(*args, **kwargs)):
                if done == count:
                    raise error
                yield sound

        return sentences()

    return synthesize


def test_an_engine_that_breaks_in_the_middle_leaves_no_file(alice, demo, var_dir, monkeypatch):
    job = start(alice, MANY)
    monkeypatch.setattr(engine, "synthesize", breaking_after(3, Conflict("The engine has had enough.")))
    run(job)
    assert (job.status, job.error, job.audio_id) == ("failed", "The engine has had enough.", None)
    assert (sounds(var_dir), work_files(job), TempAudio.objects.count()) == ([], [], 0)


@pytest.mark.parametrize(("number", "sentence"), [(errno.ENOSPC, DISK_FULL), (errno.EROFS, NOT_WRITTEN)])
def test_a_disk_that_takes_nothing_fails_the_job_and_leaves_no_file(job, var_dir, monkeypatch, number, sentence):
    def full(name, file):
        (var_dir / "media" / name).parent.mkdir(parents=True)
        (var_dir / "media" / name).write_bytes(b"half a sound")
        raise OSError(number, "no way")

    monkeypatch.setattr(temp_audio.default_storage, "save", full)
    with pytest.raises(OSError, match="no way"):
        actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.error, work_files(job), TempAudio.objects.count()) == ("failed", sentence, [], 0)
    assert not sounds(var_dir)


@pytest.mark.parametrize(("model", "write", "kept"), [(Lease, "complete", 1), (TempAudio, "save", 0)])
def test_a_database_that_goes_away_leaves_the_job_to_the_sweeper(job, var_dir, monkeypatch, model, write, kept):
    """Whether its last word was written is not known, so that its sound has to stay."""

    def fail(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(model, write, fail)
    with pytest.raises(OperationalError):
        actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.error) == ("processing", "")
    assert (len(sounds(var_dir)), work_files(job), TempAudio.objects.count()) == (kept, [], kept)


def test_a_worker_that_is_asked_to_stop_hands_the_job_back(alice, demo, var_dir, monkeypatch):
    job = start(alice, MANY)
    monkeypatch.setattr(queue.stopping, "is_set", lambda: True)
    run(job)
    assert (job.status, job.attempts, job.lease_token, job.heartbeat_at) == ("queued", 0, "", None)
    assert (sounds(var_dir), work_files(job)) == ([], [])
    monkeypatch.undo()
    assert (run(Job.objects.get()).status, Job.objects.get().attempts) == ("completed", 1)


def test_a_job_that_is_lost_while_it_is_stored_leaves_nothing(alice, job, var_dir, monkeypatch):
    put = temp_audio.put

    def put_and_cancel(*args):
        sound = put(*args)
        actions.cancel_job(by=alice, job=Job.objects.get())
        return sound

    monkeypatch.setattr(temp_audio, "put", put_and_cancel)
    run(job)
    assert (job.status, job.audio_id, job.duration) == ("cancelled", None, None)
    assert (sounds(var_dir), work_files(job), TempAudio.objects.count()) == ([], [], 0)


@pytest.mark.parametrize("keep", [False, True])
def test_a_slow_storage_does_not_cost_the_lease(alice, demo, settings, monkeypatch, keep):
    settings.SPEECH_CACHE_MB = 0

    def slow(name, file):
        lease = holders[0]
        lease._last_step = 0.0
        while file.read(1000):
            pass
        steps.append(lease._last_step)

    holders, steps, finish = [], [], actions.run.finish_job
    monkeypatch.setattr(
        "jobs.actions.run.finish_job", lambda lease, *args: (holders.append(lease), finish(lease, *args))
    )
    monkeypatch.setattr(default_storage, "save", slow)
    assert run(start(alice, keep=keep)).status == "completed"
    assert steps[0] > 0


def test_progress_rises_sentence_by_sentence(alice, demo, monkeypatch):
    job, seen, step = start(alice, MANY), [], Lease.step

    def spy(lease, **fields):
        step(lease, **fields)
        seen.append(Job.objects.values_list("progress", "completed_chunks", "total_chunks").get())

    monkeypatch.setattr(work, "PROGRESS_SECONDS", 0)
    monkeypatch.setattr(Lease, "step", spy)
    run(job)
    assert [counts for _, *counts in seen] == [[done, 6] for done in range(1, 7)]
    assert [progress for progress, *_ in seen] == [pytest.approx(99 * done / 6, abs=1) for done in range(1, 7)]


def test_who_lost_the_lease_writes_nothing(job):
    lease = Lease.claim(job)
    Job.objects.update(lease_token="somebody else's")
    for write in (lease.check, lease.hand_back, lambda: lease.step(progress=50), lambda: lease.fail("No.", cause="no")):
        with pytest.raises(LeaseLost):
            write()
    stored = Job.objects.get()
    assert (stored.status, stored.progress, stored.error) == ("processing", 0, "")
