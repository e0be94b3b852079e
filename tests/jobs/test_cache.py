"""What was spoken once is spoken again from the cache: by whom, for how long, up to which size."""

import datetime as dt
from itertools import count

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F

from accounts.actions import deletion
from config import sharing, times
from jobs import actions
from jobs.actions import cached_sounds
from jobs.models import CachedSound, Job
from tests.jobs.decoding import decode
from voices.engines import piper

TEXT = "Ropes creak. A gull complains.\n\nThe harbour wakes."


@pytest.fixture
def made(monkeypatch):
    """The sentences that the engine was asked for."""
    sentences, speak = [], piper.speak

    def spy(voice, voice_id, sentence, *more):
        sentences.append(sentence)
        return speak(voice, voice_id, sentence, *more)

    monkeypatch.setattr(piper, "speak", spy)
    return sentences


@pytest.fixture
def say(alice, demo):
    numbers = count()

    def say(text=TEXT, by=alice, **fields):
        """Under another title each time: of the same one the whole file is taken."""
        fields = {"title": f"Number {next(numbers)}"} | fields
        job = actions.start_job(by=by, text=text, **fields)
        actions.run_job(job=job)
        job = Job.objects.get(pk=job.pk)
        assert job.status == "completed", job.error
        return job

    return say


def files():
    return set(default_storage.listdir(f"speech/{times.now():%Y%m%d}")[1])


def sound(api, job):
    return api(job.user).get(f"/api/jobs/{job.pk}/audio").getvalue()


def test_a_sentence_is_made_once(say, made, api):
    first, again = say(), say(format="flac", title="Again")
    assert made == ["Ropes creak.", "A gull complains.", "The harbour wakes."]
    assert np.array_equal(decode(sound(api, first)).samples, decode(sound(api, again)).samples)
    assert (again.sentences, again.duration) == (first.sentences, first.duration)
    assert say("The harbour wakes. Night.").completed_chunks == 2
    assert made[3:] == ["Night."]


@pytest.mark.parametrize(
    "fields", [{"speed": 1.5}, {"speaker": "high"}, {"text": "Ropes  creaked."}], ids=["speed", "speaker", "text"]
)
def test_what_would_sound_different_is_made(say, made, fields):
    say("Ropes creak.")
    say(**{"text": "Ropes creak."} | fields)
    assert len(made) == 2


def test_another_version_of_the_voice_is_made(say, made, monkeypatch):
    say("Ropes creak.")
    monkeypatch.setattr(piper.engine, "version", lambda voice_id: "newer")
    say("Ropes creak.")
    assert len(made) == 2


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_text_says_again_is_made_once(say, made, monkeypatch, workers):
    monkeypatch.setattr(sharing, "takers", lambda name: workers)
    first, *_ = heard = say("Ropes creak. Night. " * 25).sentences
    assert (sorted(made), len(heard)) == (["Night.", "Ropes creak."], 50)
    assert {end - start for start, end, text in heard if text == "Ropes creak."} <= {
        first[1] - 1,
        first[1],
        first[1] + 1,
    }


def test_files_that_are_replaced_while_the_voice_is_loaded_are_not_what_was_heard(say, made, monkeypatch):
    versions, load = ["old"], piper.engine._voice
    monkeypatch.setattr(piper.engine, "version", lambda voice_id: versions[-1])
    monkeypatch.setattr(piper.engine, "_voice", lambda voice_id: (load(voice_id), versions.append("new"))[0])
    say("Ropes creak.")
    say("Ropes creak.")
    assert len(made) == 2


def test_nobody_hears_from_it_what_others_had_spoken(say, made, bob, settings):
    say("Ropes creak.")
    say("Ropes creak.", by=bob)
    assert (len(made), CachedSound.objects.values("user").distinct().count()) == (2, 2)
    settings.SECRET_KEY = "another-installation-" * 3
    say("Ropes creak.")
    assert len(made) == 3


@pytest.mark.parametrize("damage", ["gone", "cut", "cut within a sample", "more"])
def test_a_file_that_is_lost_is_made_again(say, made, damage):
    say("Ropes creak.")
    name = CachedSound.objects.get().path
    with default_storage.open(name) as file:
        whole = file.read()
    default_storage.delete(name)
    if damage != "gone":
        with default_storage.open(name, "wb") as file:
            file.write({"cut": whole[:-2], "more": whole + b"\0\0"}.get(damage, whole[:-1]))
    say("Ropes creak.")
    say("Ropes creak.")
    assert made == ["Ropes creak."] * 2
    assert default_storage.exists(CachedSound.objects.get().path)


def test_after_seven_days_it_is_made_again_and_the_old_file_goes(say, made):
    say("Ropes creak.")
    old = CachedSound.objects.get()
    week = times.now() - dt.timedelta(days=7, seconds=1)
    folder = f"speech/{week - dt.timedelta(days=3):%Y%m%d}"
    default_storage.save(f"{folder}/{old.pk}.pcm", ContentFile(b"old"))
    CachedSound.objects.update(created_at=week, key="0" * 64)
    assert cached_sounds.find(["0" * 64]) == {}
    say("Ropes creak.")
    cached_sounds.tidy_cache()
    assert (len(made), CachedSound.objects.count(), default_storage.exists(folder)) == (2, 1, False)


def test_the_least_used_goes_when_it_is_full(say, made, settings, monkeypatch):
    for text in ("One.", "Two.", "Three."):
        say(text)
    CachedSound.objects.update(used_at=F("used_at") - dt.timedelta(hours=2))
    say("One.")
    sizes = CachedSound.objects.order_by("pk").values_list("size_bytes", flat=True)
    monkeypatch.setattr(cached_sounds, "BYTES_PER_MB", sum(sizes[1:]) + sizes[0] - 1)
    settings.SPEECH_CACHE_MB = 1
    cached_sounds.tidy_cache()
    kept = list(CachedSound.objects.order_by("pk").values_list("path", flat=True))
    assert files() == {name.rpartition("/")[2] for name in kept}
    made.clear()
    say("One.")
    assert made == []
    say("Two.")
    assert made == ["Two."]
    cached_sounds.tidy_cache()
    assert cached_sounds.size_bytes() <= cached_sounds.BYTES_PER_MB


def test_it_can_be_off(say, made, settings):
    settings.SPEECH_CACHE_MB = 0
    say("Ropes creak.")
    say("Ropes creak.")
    assert (len(made), CachedSound.objects.count()) == (2, 0)


def test_it_goes_with_the_account(say, alice):
    say()
    deletion.shut(alice)
    alice.refresh_from_db()
    deletion.delete_account(user=alice)
    assert not CachedSound.objects.exists()
    assert files() == set()


def test_nothing_is_kept_for_an_account_that_ends_meanwhile(alice, db):
    deletion.shut(alice)
    cached_sounds.put(alice.pk, "1" * 64, [np.ones(3, np.int16)])
    assert (CachedSound.objects.count(), files()) == (0, set())


def test_a_storage_that_is_away_costs_no_job(say, made, monkeypatch):
    save = default_storage.save

    def refuse(name, content):
        if name.startswith("speech/"):
            raise OSError("no space")
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", refuse)
    say("Ropes creak.")
    assert CachedSound.objects.count() == 0


def test_a_storage_that_is_away_when_it_is_read_costs_no_job_either(say, made, monkeypatch):
    say("Ropes creak.")

    def refuse(name):
        raise OSError("away")

    with monkeypatch.context() as away:
        for verb in ("open", "delete", "save"):
            done = getattr(default_storage, verb)
            away.setattr(
                default_storage,
                verb,
                lambda name, *more, done=done: refuse(name) if name.startswith("speech/") else done(name, *more),
            )
        say("Ropes creak.")
    say("Ropes creak.")
    assert made == ["Ropes creak."] * 2


def test_two_that_make_the_same_keep_one(alice, db):
    for _ in range(2):
        cached_sounds.put(alice.pk, "1" * 64, [np.ones(3, np.int16), np.zeros(0, np.int16), np.ones(2, np.int16)])
    row = CachedSound.objects.get()
    assert [part.tolist() for part in cached_sounds.read(row)] == [[1, 1, 1], [], [1, 1]]
    assert files() == {f"{row.pk}.pcm"}


def test_the_share_that_it_saves_is_told(say, redis, client, page, alice, settings):
    settings.METRICS_TOKEN = "kJ8-scrape-me-q2Vx7Lr0Zt5Wm9Yb3Nd"
    say()
    say("The harbour wakes.")
    told = client.get("/metrics", headers={"authorization": f"Bearer {settings.METRICS_TOKEN}"}).content.decode()
    assert 'echodesk_segments_total{source="cached"} 1.0' in told
    assert 'echodesk_segments_total{source="made"} 3.0' in told
    type(alice).objects.update(is_staff=True)
    alice.refresh_from_db()
    shown = page(alice).get("/figures").content.decode()
    assert "<dt>Taken from the cache</dt><dd>25 % of all parts of texts</dd>" in shown
