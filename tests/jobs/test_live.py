"""Listening to a job while it is made: the worker publishes, listeners hear, whatever happens in between."""

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from config import queue
from config.errors import DomainError
from config.files import listing
from jobs import actions, sounds
from jobs.listening import ears, live, publishing
from jobs.listening.ears import NotWhole
from jobs.listening.publishing import Publisher
from jobs.listening.waiting import JobCancelled, JobFailed
from jobs.models import Job
from tests.installation import soon
from tests.jobs.decoding import decode
from tests.jobs.stage import SENTENCES, TEXT, Listener, short_window, stage
from voices.engines import piper

__all__ = ["short_window", "stage"]
pytestmark = pytest.mark.usefixtures("demo", "redis")
ALL = len(SENTENCES)
HEAD = 600  # bytes in front, with the sizes of the file


def start(by, **fields):
    return actions.start_job(by=by, text=TEXT, **fields)


def run(job):
    actions.run_job(job=job)
    job.refresh_from_db()
    return job


def listener(job):
    return Listener(ears.listen(Job.objects.get(pk=job.pk)))


def stored(job):
    with default_storage.open(sounds.of_job(job).name) as file:
        return file.read()


def parts():
    return [name for hour in listing("temp")[0] for name in listing(f"temp/{hour}")[1] if name.endswith(".part")]


def entries(job):
    return queue.connection().xrange(live.stream_key(job))


def assert_same_sound(heard, file, kind):
    """An MP3 that does not know its length yet has up to three frames of silence more, before the sound and after."""
    rate = 22_050 if kind == "pcm" else None
    heard, file = decode(heard, raw_rate=rate).samples, decode(file, raw_rate=rate).samples
    longer = len(heard) - len(file)
    assert 0 <= longer <= (3 * 576 if kind == "mp3" else 0)
    assert min(np.abs(heard[early : early + len(file)] - file).max() for early in range(longer + 1)) < 0.001


@pytest.mark.parametrize("kind", live.FORMATS)
def test_each_sentence_is_heard_as_it_is_made(alice, stage, kind):
    job = start(alice, format=kind)
    ear, sizes = listener(job), []
    for number in range(1, ALL + 1):
        stage.before(number, lambda: sizes.append(len(ear.catch_up())))
    run(job)
    assert sizes[0] == 0
    assert all(more > 1_000 for more in np.diff(sizes))
    heard, file = ear.to_end(), stored(job)
    assert len(heard) == len(file) == job.size_bytes
    assert heard[HEAD:] == file[HEAD:]
    assert_same_sound(heard, file, kind)


@pytest.mark.parametrize("kind", ["flac", "aac"])
def test_other_formats_are_heard_once_they_are_ready(alice, stage, kind):
    job = start(alice, format=kind)
    ear = listener(job)
    stage.before(ALL, lambda: ear.catch_up())
    run(job)
    assert ear.data == b""
    assert ear.to_end() == stored(job)


def test_sound_whose_loudness_is_measured_first_is_heard_at_the_end(alice, stage, settings):
    settings.LOUDNESS_LUFS = -16
    job = start(alice)
    ear = listener(job)
    stage.before(ALL, lambda: ear.catch_up())
    run(job)
    assert ear.data == b""
    assert ear.to_end() == stored(job)


def test_who_joins_late_hears_all_of_it(alice, stage):
    job = start(alice)
    ears = [listener(job)]
    stage.before(5, lambda: ears.append(listener(job)))
    stage.before(6, lambda: [ear.catch_up() for ear in ears])
    run(job)
    assert ears[0].data == ears[1].data
    assert ears[0].to_end() == ears[1].to_end()
    assert listener(job).to_end() == stored(job)


def test_who_is_slow_is_given_the_rest_of_the_file(alice, stage):
    job = start(alice)
    slow, asleep = listener(job), listener(job)
    stage.before(3, slow.catch_up)
    run(job)
    heard = len(slow.data)
    assert 1_000 < heard < job.size_bytes
    assert slow.to_end()[heard:] == stored(job)[heard:]
    assert asleep.to_end() == stored(job)


def test_older_sound_comes_from_parts_which_end_with_the_job(alice, stage, short_window):
    job = start(alice, format="mp3")
    slow = listener(job)
    stage.before(2, slow.catch_up)

    def join_late():
        soon(lambda: entries(job)[0][1][b"n"] > b"1")
        late = listener(job)
        assert len(late.catch_up()) > len(slow.data)
        slow.catch_up()
        assert (late.data, len(parts()) > 0) == (slow.data, True)

    stage.before(6, join_late)
    run(job)
    assert slow.to_end()[HEAD:] == stored(job)[HEAD:]
    soon(lambda: not parts())
    assert list(queue.connection().scan_iter(f"{live.KEYS}*")) == [live.stream_key(job).encode()]


def test_not_more_than_the_window_stays_in_redis(alice, stage, short_window, monkeypatch):
    monkeypatch.setattr(publishing, "WINDOW_BYTES", 30_000)
    job, most = start(alice), []
    for number in range(1, ALL + 1):
        stage.before(number, lambda: soon(lambda: len(entries(job)) <= 2))
        stage.before(number, lambda: most.append(sum(len(fields[b"data"]) for _, fields in entries(job))))
    run(job)
    assert max(most) < 150_000 < job.size_bytes


def test_without_a_place_for_parts_who_joins_late_waits_for_the_file(alice, stage, short_window, monkeypatch):
    save = default_storage.save

    def full(name, content):
        if name.endswith(".part"):
            raise OSError(28, "No space left on device")
        return save(name, content)

    monkeypatch.setattr(
        default_storage._wrapped if hasattr(default_storage, "_wrapped") else default_storage, "save", full
    )
    job, ears = start(alice), []

    def join_late():
        soon(lambda: entries(job)[0][1][b"n"] > b"1")
        ears.append(listener(job))
        assert ears[0].catch_up() == b""

    stage.before(6, join_late)
    run(job)
    assert job.status == "completed"
    assert ears[0].to_end() == stored(job)


def lose_the_worker(job, stage, monkeypatch, number):
    """Run the job up to a sentence; its worker is killed, and the job waits again."""

    def die():
        raise OperationalError("killed")

    stage.before(number, die)
    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(Publisher, "end", lambda self: None)
        run(job)
    Job.objects.update(status="queued", lease_token="", **Job.afresh)
    job.refresh_from_db()


@pytest.mark.parametrize("kind", live.FORMATS)
def test_after_a_take_over_it_goes_on_with_the_first_sentence_not_heard(alice, stage, monkeypatch, kind):
    job = start(alice, format=kind)
    ear = listener(job)
    lose_the_worker(job, stage, monkeypatch, 4)
    before = len(ear.catch_up())
    assert before > 1_000
    stage.before(3, lambda: sizes.append(len(ear.catch_up())))
    stage.before(6, lambda: sizes.append(len(ear.catch_up())))
    sizes = []
    run(job)
    assert sizes[0] - before < 300  # at most Ogg's first pages: two sentences that it knows already
    assert sizes[1] > before + 1_000
    rate = 22_050 if kind == "pcm" else None
    assert abs(decode(ear.to_end(), raw_rate=rate).duration - job.duration) < 0.5  # at the seam


def test_a_take_over_that_nobody_heard_of_breaks_off(alice, stage, monkeypatch):
    job = start(alice)
    ear = listener(job)
    lose_the_worker(job, stage, monkeypatch, 4)
    ear.catch_up()
    run(job)
    queue.connection().delete(live.stream_key(job))
    with pytest.raises(NotWhole):
        ear.to_end()


def test_an_older_attempt_is_refused(alice, job):
    job.started_at = job.created_at
    older, newer = Publisher(job), Publisher(job)
    older.begin()
    newer.begin()
    chunk = np.zeros(100, np.int16)
    list(newer.sentences([chunk], 22_050))
    before = entries(job)
    list(older.sentences([chunk], 22_050))
    older.end()
    assert entries(job) == before
    newer.end()
    assert [fields[b"ended"] for _, fields in entries(job)] == [b"queued"]


def test_an_older_attempt_that_ends_late_takes_nothing_from_a_newer_one(alice, job):
    job.started_at = job.created_at
    older, newer = Publisher(job), Publisher(job)
    older.begin()
    newer.begin()
    list(newer.sentences([np.zeros(100, np.int16)], 22_050))
    before = entries(job)
    older.end()
    assert entries(job) == before
    assert queue.connection().ttl(live.stream_key(job)) > publishing.ENDED_SECONDS


def test_a_retried_job_is_heard_although_an_end_stands_there(alice, stage):
    job = start(alice)
    stage.before(3, lambda: actions.cancel_job(by=alice, job=Job.objects.get()))
    stage.before(4, lambda: soon(lambda: True))
    run(job)
    while Job.objects.get().status != "cancelled":
        run(job)
    actions.retry_job(by=alice, job=job)
    ear = listener(job)
    ear.catch_up()
    run(job)
    assert ear.to_end()[HEAD:] == stored(job)[HEAD:]


def test_redis_killed_in_the_middle(alice, stage, redis):
    job = start(alice)
    ear = listener(job)
    stage.before(3, ear.catch_up)
    stage.before(4, redis.stop)
    run(job)
    heard = len(ear.data)
    assert (job.status, heard > 1_000) == ("completed", True)
    assert ear.to_end()[heard:] == stored(job)[heard:]
    assert listener(job).to_end() == stored(job)


def test_parts_go_although_redis_was_away_at_the_end(alice, stage, redis, short_window):
    job = start(alice, format="mp3")
    stage.before(5, lambda: soon(parts))
    stage.before(6, redis.stop)
    run(job)
    assert job.status == "completed"
    soon(lambda: not parts())


def cancel(alice):
    actions.cancel_job(by=alice, job=Job.objects.get())


def delete(alice):
    actions.delete_job(by=alice, job=Job.objects.get())


def fail(alice):
    raise DomainError("The voice is broken.")


@pytest.mark.parametrize(("act", "error"), [(cancel, JobCancelled), (delete, JobCancelled), (fail, JobFailed)])
def test_it_breaks_off_when_there_will_be_no_more(alice, stage, monkeypatch, act, error):
    monkeypatch.setattr("config.work.CHECK_SECONDS", 0)
    job = start(alice)
    ear = listener(job)
    stage.before(3, ear.catch_up)
    stage.before(4, lambda: act(alice))
    actions.run_job(job=job)
    assert len(ear.data) > 1_000
    with pytest.raises(error):
        ear.to_end()


def test_the_database_away_for_a_moment(alice, stage, monkeypatch):
    job = start(alice)
    ear = listener(job)
    with monkeypatch.context() as patch:
        patch.setattr(Job.objects, "filter", lambda **_: (_ for _ in ()).throw(OperationalError("gone")))
        assert ear.catch_up() == b""
    run(job)
    assert ear.to_end() == stored(job)


def test_what_stays_in_redis_expires(alice, stage):
    job, seconds = start(alice), []
    stage.before(3, lambda: seconds.append(queue.connection().ttl(live.stream_key(job))))
    run(job)
    assert 0 < seconds[0] <= publishing.LOST_SECONDS
    assert len(entries(job)) == 1
    assert 0 < queue.connection().ttl(live.stream_key(job)) <= publishing.ENDED_SECONDS
    assert queue.connection().memory_usage(live.stream_key(job)) < 6_000


def test_an_engine_that_says_nothing_for_a_while(alice, stage, monkeypatch):
    job = start(alice)
    ear = listener(job)
    synthesize = piper.engine.synthesize
    monkeypatch.setattr(
        piper.engine,
        "synthesize",
        lambda *a, **k: (chunk[: 0 if n == 1 else None] for n, chunk in enumerate(synthesize(*a, **k))),
    )
    run(job)
    assert ear.to_end() == stored(job)


def test_files_in_s3(alice, s3, stage, short_window):
    job = start(alice, format="mp3")
    slow = listener(job)
    stage.before(2, slow.catch_up)

    def join_late():
        soon(lambda: entries(job)[0][1][b"n"] > b"1")
        assert len(listener(job).catch_up()) > len(slow.data)

    stage.before(6, join_late)
    run(job)
    assert slow.to_end()[HEAD:] == stored(job)[HEAD:]
    soon(lambda: not parts())


def test_the_database_away_when_the_rest_is_looked_for(alice, stage, monkeypatch):
    job = run(start(alice))
    monkeypatch.setattr(sounds, "path_of", lambda job: (_ for _ in ()).throw(OperationalError("gone")))
    with pytest.raises(NotWhole):
        listener(job).to_end()
