"""One job over several workers: its segments are made by whoever is free and joined in order."""

import threading
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.db import connection

from config import leases, queue, sharing, times, work
from config.errors import DomainError
from config.leases import Lease
from jobs import actions, tasks
from jobs.actions import cached_sounds, joining, segments
from jobs.job_voice import JobVoice
from jobs.models import CachedSound, Job, Segment
from jobs.segments import cut
from jobs.text import Utterance, sentences
from tests.installation import soon
from tests.jobs.decoding import decode
from tests.jobs.stage import Stage
from voices.engines import piper

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 16
TEXT = " ".join(f"Sentence number {number} is here." for number in range(COUNT))
PLACES = ("here", "there", "gone", "far", "near", "home")
LONG = "\n\n".join(TEXT.replace("here", place) for place in PLACES)


@pytest.fixture(autouse=True)
def help_at_hand(monkeypatch):
    """Two workers are known of; the tests play the second one."""
    monkeypatch.setattr(sharing, "takers", lambda name: 2)


@pytest.fixture(autouse=True)
def without_noise(monkeypatch):
    """The same sentence has the same samples each time."""
    options = piper.synthesis_options
    still = {"noise_scale": 0.0, "noise_w_scale": 0.0}
    monkeypatch.setattr(piper, "synthesis_options", lambda *args, **more: replace(options(*args, **more), **still))


@pytest.fixture
def stage(monkeypatch):
    """Its acts are played before the n-th sentence that the first worker makes."""
    stage, synthesize = Stage(), piper.engine.synthesize
    voices = []

    def attended(*args, **more):
        voices.append(args)
        made = synthesize(*args, **more)
        return stage.attend(made) if len(voices) == 1 else made

    monkeypatch.setattr(piper.engine, "synthesize", attended)
    return stage


def start(by, text=TEXT, **fields):
    return actions.start_job(by=by, text=text, **fields)


def run(job):
    actions.run_job(job=job)
    job = Job.objects.get(pk=job.pk)
    assert (job.status, job.error) == ("completed", "")
    assert not Segment.objects.exists()
    return job


def help_with(*numbers):
    """A second worker makes these, or the first one that waits."""
    rows = Segment.objects.filter(status="queued").order_by("number")
    for row in rows.filter(number__in=numbers) if numbers else rows[:1]:
        tasks.run_segment(row.pk)


def samples(api, job):
    return decode(api(job.user).get(f"/api/jobs/{job.pk}/audio").getvalue()).samples


@pytest.fixture
def alone(api, alice, demo):
    """What one worker makes of the text, without a cache."""

    def alone(settings, text=TEXT):
        settings.SPEECH_CACHE_MB = 0
        job = start(alice, text)
        Job.objects.filter(pk=job.pk).update(characters=1)  # too short to be shared
        made = run(Job.objects.get(pk=job.pk))
        settings.SPEECH_CACHE_MB = 1_000
        return samples(api, made), made.sentences

    return alone


def test_what_several_make_is_what_one_makes(api, alice, demo, stage, settings, alone):
    expected, heard = alone(settings)
    stage.before(2, help_with)
    stage.before(3, partial(help_with, 5, 6, 13))
    job = run(start(alice))
    assert np.array_equal(samples(api, job), expected)
    assert (job.sentences, job.completed_chunks, job.total_chunks) == (heard, COUNT, COUNT)


def test_sentences_of_a_short_text_are_segments_of_their_own():
    said = [Utterance("One.", "One."), Utterance("Two.", "Two.", 400), Utterance("Three.", "Three.")]
    assert list(cut(said, characters=2_000)) == [[each] for each in said]
    assert list(cut(said, characters=2_001)) == [said]


def test_a_long_text_is_cut_at_its_paragraphs_else_between_sentences():
    fifty, end = Utterance("x" * 50, "x" * 50), Utterance("y" * 50, "y" * 50, 400)
    parts = list(cut([*[fifty] * 6, end, *[fifty] * 20, end, fifty, end], characters=100_000))
    assert [len(part) for part in parts] == [7, 12, 9, 2]
    changed = list(cut([fifty, *[fifty] * 6, end, *[fifty] * 20, end, fifty, end], characters=100_000))
    assert changed[1:] == parts[1:]


def test_nothing_of_a_text_is_read_before_it_is_needed():
    asked = []

    def said():
        for number in range(1_000):
            asked.append(number)
            yield Utterance("x" * 100, "x" * 100)

    next(cut(said(), characters=100_000))
    assert len(asked) == 6


def test_the_first_sentence_is_given_before_the_rest_is_looked_at(alice, demo, monkeypatch):
    job = start(alice, LONG)
    laid_out = []
    monkeypatch.setattr(segments, "lay_out", lambda job, plans: laid_out.append(len(plans)) or {})
    said = joining.Joiner(job, JobVoice(job, lambda: None), lambda: None).said()
    next(said)
    assert laid_out == []
    next(said)
    assert laid_out == [5]


def test_a_worker_that_is_killed_costs_one_segment(alice, demo, stage):
    """The first worker takes over what the second one held."""

    def take_and_die():
        lease = Lease.claim(Segment.objects.filter(number=5).get())
        long_ago = times.now() - leases.dt.timedelta(seconds=60)
        Segment.objects.filter(pk=lease.row.pk).update(heartbeat_at=long_ago)

    def sweep(_):
        actions.requeue_lost_segments()

    stage.before(3, take_and_die)
    joining.time.sleep, sleep = sweep, joining.time.sleep
    try:
        assert run(start(alice)).completed_chunks == COUNT
    finally:
        joining.time.sleep = sleep


def test_what_is_made_is_not_made_again_by_the_next_worker(alice, demo, stage, monkeypatch):
    made, speak = [], piper.speak
    monkeypatch.setattr(piper, "speak", lambda *args: made.append(args[2]) or speak(*args))
    job = start(alice)
    stage.before(4, partial(help_with, 9, 10))
    stage.before(7, queue.stopping.set)
    try:
        actions.run_job(job=job)
    finally:
        queue.stopping.clear()
    waiting = Job.objects.get(pk=job.pk)
    assert (waiting.status, waiting.attempts) == ("queued", 0)
    assert Segment.objects.filter(status="completed").count() == 7
    run(waiting)
    assert len(made) == COUNT + 1  # the one that was under way


@pytest.mark.parametrize("row", ["completed", "failed", "gone"])
def test_a_sound_that_is_lost_is_made_again(api, alice, demo, stage, settings, alone, row):
    expected, _ = alone(settings)

    def lose():
        help_with(7)
        sound = CachedSound.objects.get(key=Segment.objects.get(number=7).key)
        cached_sounds.default_storage.delete(sound.path)
        rows = Segment.objects.filter(number=7)
        rows.delete() if row == "gone" else rows.update(status=row)

    stage.before(3, lose)
    assert np.array_equal(samples(api, run(start(alice))), expected)


def test_another_worker_that_can_not_speak_fails_no_job(alice, demo, stage, monkeypatch):
    def fail():
        with monkeypatch.context() as patch:
            patch.setattr(segments, "JobVoice", lambda *_, **__: (_ for _ in ()).throw(DomainError("No voice here.")))
            help_with(5)
        assert Segment.objects.get(number=5).error == "No voice here."

    stage.before(3, fail)
    run(start(alice))


def test_a_storage_that_keeps_nothing_costs_no_job(alice, demo, stage, monkeypatch):
    """The first worker makes ahead what it can't keep, and then makes it again."""
    save = default_storage.save

    def refuse(name, content):
        if name.startswith(cached_sounds.FOLDER):
            raise OSError("no space")
        return save(name, content)

    def fill():
        monkeypatch.setattr(default_storage, "save", refuse)
        Lease.claim(Segment.objects.get(number=4))

    stage.before(3, fill)
    fail = SimpleNamespace(sleep=lambda _: Segment.objects.filter(number=4).update(status="failed"))
    monkeypatch.setattr(joining, "time", fail)  # its own: other threads sleep on
    assert run(start(alice)).completed_chunks == COUNT


def test_a_worker_with_other_files_of_the_voice_makes_none(api, alice, demo, stage, settings, alone, monkeypatch):
    expected, _ = alone(settings)

    def assist():
        with monkeypatch.context() as other:
            other.setattr(piper.engine, "version", lambda voice_id: "newer")
            other.setattr(piper, "speak", lambda *_: np.ones(100, np.int16))
            help_with(5)
        assert Segment.objects.get(number=5).cause == "voice_broken"

    stage.before(3, assist)
    assert np.array_equal(samples(api, run(start(alice))), expected)


@pytest.mark.parametrize("end", [actions.cancel_job, actions.delete_job])
def test_a_job_that_is_ended_takes_its_segments_along(alice, demo, stage, monkeypatch, end):
    """A worker that is still at one of them stops."""
    job, stopped = start(alice), []

    def stop():
        lease = Lease.claim(Segment.objects.get(number=8))
        end(by=alice, job=Job.objects.get(pk=job.pk))
        try:
            lease.check()
        except leases.LeaseLost:
            stopped.append(True)

    monkeypatch.setattr(work, "CHECK_SECONDS", 0)
    stage.before(4, stop)
    actions.run_job(job=job)
    assert (stopped, Segment.objects.count()) == ([True], 0)
    assert list(Job.objects.values_list("status", flat=True)) in ([], ["cancelled"])


def test_what_is_laid_out_after_its_job_has_ended_is_cleared(alice, demo, monkeypatch):
    lay_out, other = segments.lay_out, start(alice)

    def too_late(job, plans):
        actions.cancel_job(by=alice, job=Job.objects.get(pk=job.pk))
        return lay_out(job, plans)

    monkeypatch.setattr(segments, "lay_out", too_late)
    actions.run_job(job=start(alice))
    assert Segment.objects.count() == COUNT - 1
    kept = Segment.objects.create(job_id=other.pk, user=alice, number=1, key="k", spoken=["One."])
    Segment.objects.create(job_id="f" * 24, user=alice, number=1, key="k", spoken=["One."])
    actions.clear_forgotten_segments()
    assert list(Segment.objects.values_list("pk", flat=True)) == [kept.pk]


def test_a_segment_of_a_job_that_has_ended_is_not_made(alice, demo):
    job = start(alice)
    for status in ("cancelled", "gone"):
        row = Segment.objects.create(job_id=job.pk, user=alice, number=1, key="k", spoken=["One."])
        Job.objects.update(status=status) if status != "gone" else Job.objects.all().delete()
        tasks.run_segment(row.pk)
        tasks.run_segment(row.pk)
        assert (Segment.objects.count(), CachedSound.objects.count()) == (0, 0)


def test_rows_of_another_text_are_not_taken(alice, demo):
    """A dictionary or a voice that has changed since the last try makes other sounds."""
    job = start(alice)
    old = [
        Segment(job_id=job.pk, user=alice, number=n, key="old", spoken=["Wrong."], status="completed")
        for n in range(40)
    ]
    Segment.objects.bulk_create(old)
    assert [text for _, _, text in run(job).sentences] == sentences(TEXT)


def test_two_that_lay_it_out_at_once(alice, demo, monkeypatch):
    job = start(alice)
    plans = [segments.Plan(number, [Utterance("One.", "One.")], str(number)) for number in range(3)]
    look, seen = segments.of_job, []

    def see(job):
        seen.append(look(job))
        if len(seen) == 1:
            segments.insert([segments.row_of(job, plans[1])])
        return seen[-1]

    monkeypatch.setattr(segments, "of_job", see)
    assert 1 in segments.lay_out(job, plans)


def test_two_workers_at_once(api, alice, demo, settings, alone):
    expected, _ = alone(settings, LONG)
    job, stopped = start(alice, LONG), threading.Event()

    def assist():
        while not stopped.wait(0.005):
            help_with()
        connection.close()

    helper = threading.Thread(target=assist)
    helper.start()
    try:
        made = run(job)
    finally:
        stopped.set()
        helper.join()
    assert np.array_equal(samples(api, made), expected)
    assert made.completed_chunks == len(PLACES) * COUNT


def test_workers_are_told_of_the_first_ones(alice, demo, redis, stage, monkeypatch):
    seen = []
    stage.before(3, lambda: seen.extend(queue.queue_of("bulk").job_ids))
    monkeypatch.setattr(sharing, "share", lambda name: 4)
    job = start(alice)
    soon(lambda: queue.held("interactive"))
    keys = {row.pk: row.number for row in Segment.objects.all()}
    run(job)
    assert (len(seen), keys) == (4, {})


def test_short_texts_lone_workers_and_other_services_share_nothing(alice, demo, monkeypatch):
    job = start(alice)
    assert segments.has_help(job)
    assert not segments.has_help(Job(engine="fish", characters=9_000))
    assert not segments.has_help(Job(engine="piper", characters=399))
    monkeypatch.setattr(sharing, "takers", lambda name: 1)
    assert not segments.has_help(job)
