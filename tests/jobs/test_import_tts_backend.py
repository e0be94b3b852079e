"""People, voices, counters and jobs of the old TTS backend."""

import pytest

from accounts.models import User
from config.ids import from_number
from config.times import iso
from jobs import actions
from jobs.models import Counter, Job, TempAudio
from tests.jobs.tts_backend import (
    JOB,
    NEW,
    NONE,
    PERSON,
    REFUSED,
    SOUND,
    UUID,
    UUID_ID,
    counter,
    importer,
    job,
    person,
    sound,
    voice,
)
from voices.models import Voice

ALL_TABLES = {"users": [person()], "voices": [voice()], "counters": [counter()], "jobs": [job()]}


@pytest.fixture
def run(db, tmp_path):
    return importer(tmp_path)


def rows():
    return [list(each.objects.order_by("pk").values()) for each in (User, Voice, Counter, Job, TempAudio)]


def last_number():
    return Counter.objects.get(name="jobs").value


def test_all_keep_what_they_had(run):
    counts, _ = run(**ALL_TABLES)
    assert counts == dict.fromkeys(ALL_TABLES, NEW) | {"temp_audio": NONE}
    made = Job.objects.get()
    assert (made.pk, made.job_id, made.user_id, made.status) == (JOB, 41, PERSON, "completed")
    assert (made.text, made.characters, made.title) == (job()["text"], 30, "Ropes creak. A gull complains.")
    assert (made.voice_id, made.engine, made.format, made.speed) == ("en_GB-cori-high", "piper", "wav", 1.0)
    assert (made.progress, made.duration, made.audio_id, made.error) == (100, 2.5, SOUND, "")
    times = [iso(time) for time in (made.created_at, made.completed_at, made.expires_at)]
    assert times == ["2024-03-12T18:31:00.500Z", "2024-03-12T18:31:04.000Z", "2024-03-13T18:31:04.000Z"]
    assert last_number() == 57


def test_old_numbers_and_ids_open_the_job(run, api, page):
    run(users=[person()], jobs=[job(_id=UUID)])
    dana = User.objects.get()
    for job_id in ("41", UUID, UUID_ID):
        answer = api(dana).get(f"/api/jobs/{job_id}")
        assert (answer.status_code, answer.json()["_id"], answer.json()["job_id"]) == (200, UUID_ID, 41)
        assert page(dana).get(f"/jobs/{job_id}").status_code == 200
        assert api(dana).get(f"/api/jobs/{job_id}/audio").status_code == 410
    assert page(dana).get("/jobs").status_code == 200


def test_a_voice_that_is_not_here_can_be_downloaded(run, demo):
    counts, _ = run(voices=[voice(), voice(id="en_US-demo-low")])
    cori = Voice.objects.get(voice_id="en_GB-cori-high")
    assert counts["voices"] == (2, 1, 1, 0)
    assert (cori.name, cori.language, cori.quality, cori.available) == ("Cori", "en_GB", "high", False)
    assert cori in Voice.objects.in_catalogue()
    demo.refresh_from_db()
    assert demo.available


@pytest.mark.parametrize("fields", [{"engine": "polly"}, {"id": "../cori"}, {"id": None}, {"display_name": 7}])
def test_a_voice_that_cannot_be_is_refused(run, fields):
    assert run(voices=[voice(**fields)])[0]["voices"] == REFUSED
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    ("word", "status", "error"),
    [
        ("COMPLETED", "completed", ""),
        ("failed", "failed", "No such voice."),
        ("cancelled", "cancelled", ""),
        *((word, "failed", "It was not made before it moved here") for word in ("queued", "pending", "processing")),
    ],
)
def test_each_status_ends_as_one_that_nobody_works_on(run, redis, word, status, error):
    run(users=[person()], jobs=[job(status=word, error="No such\nvoice.")])
    made = Job.objects.get()
    assert (made.status, made.is_open) == (status, False)
    assert made.error.startswith(error)
    assert bool(made.error) == bool(error)


def test_numbers_go_on_after_the_highest(run, alice, demo):
    run("--owner", alice.email, jobs=[job(), job(_id=UUID, job_id=90)], counters=[counter(7)])
    assert last_number() == 90
    assert actions.start_job(by=alice, text="Hello.").job_id == 91


def test_a_number_that_is_taken_becomes_a_new_one_and_is_told(run, alice, demo):
    mine = actions.start_job(by=alice, text="Hello.")
    tables = {"users": [person()], "jobs": [job(_id=None, job_id=mine.job_id), job(job_id=2)]}
    dry = run("--dry-run", **tables)
    counts, err = run(**tables)
    assert dry == (counts, err)
    assert counts["jobs"] == (2, 2, 0, 0)
    old = Job.objects.get(pk=from_number(PERSON, "jobs", mine.job_id))
    assert f"line 1: imported with the number {old.job_id}: its own is another job's here." in err
    assert sorted(Job.objects.values_list("job_id", flat=True)) == [1, 2, 3]
    assert run(**tables)[0]["jobs"] == (2, 0, 2, 0)


def test_a_job_without_a_number_gets_one_after_the_counter(run):
    run(users=[person()], counters=[counter()], jobs=[{**job(), "job_id": UUID, "_id": None}])
    assert Job.objects.values_list("pk", "job_id").get() == (UUID_ID, 58)


def test_old_clients_know_a_job_by_the_kind_of_id_that_it_had(run, api):
    text_id = {**job(), "job_id": UUID, "_id": None, "audio_id": None, "created_at": "2024-03-12T18:40:00Z"}
    run(users=[person()], jobs=[job(), text_id])
    client = api(User.objects.get())
    assert [row["id"] for row in client.get("/tts/jobs").json()] == [UUID_ID, 41]
    for known_as in (UUID_ID, 41):
        assert client.get(f"/tts/jobs/{known_as}").json()["id"] == known_as


def mixed(email):
    """Rows that are new, known and refused."""
    return {
        "users": [person(), person(_id="b" * 24, email=email), person(_id="f" * 24, email="nobody"), "broken"],
        "voices": [voice(), voice(), voice(id="Joanna", engine="polly")],
        "counters": [counter(), counter(3), counter(name="users")],
        "jobs": [
            job(),
            job(),
            job(_id="a" * 24, user_id="b" * 24),
            {**job(job_id="007"), "_id": None},
            job(_id="c" * 24, user_id="nobody"),
            job(_id="d" * 24, audio_id=None, job_id=60),
            job(_id="e" * 24, status="lost"),
        ],
        "temp_audio": [
            sound(),
            sound(audio_id="a" * 24, job_id=60),
            sound(audio_id="b" * 24, job_id=60),
            sound(audio_id="c" * 24, user_id=None),
        ],
    }


def test_a_second_run_imports_nothing_and_a_dry_run_writes_nothing_and_counts_the_same(run, charlie):
    tables, before = mixed(charlie.email), rows()
    dry = run("--dry-run", **tables)
    assert rows() == before
    real = run(**tables)
    assert dry == real
    assert real[0] == {
        "users": (4, 1, 1, 2),
        "voices": (3, 1, 1, 1),
        "counters": (3, 1, 1, 1),
        "jobs": (7, 4, 1, 2),
        "temp_audio": (4, 1, 1, 2),
    }
    owners = dict(Job.objects.values_list("pk", "user_id"))
    assert owners[from_number(PERSON, "jobs", 7)] == PERSON
    assert owners["a" * 24] == charlie.pk
    after = rows()
    again = run(**tables)[0]
    assert {name: counts[1] for name, counts in again.items()} == dict.fromkeys(again, 0)
    assert {name: counts[3] for name, counts in again.items()} == {name: counts[3] for name, counts in real[0].items()}
    assert rows() == after


@pytest.mark.parametrize(
    "fields",
    [
        {"_id": None, "job_id": None},
        {"_id": "job one"},
        {"job_id": 10**17},
        {"job_id": -1},
        {"text": None},
        {"text": "x" * 100_001},
        {"text": "a\0b"},
        {"status": None},
        {"status": "sleeping"},
        {"created_at": "yesterday"},
        {"duration": "long"},
        {"voice_id": ["a"]},
        {"audio_id": "../x"},
        {"user_id": None},
    ],
)
def test_a_job_that_cannot_be_is_refused(run, fields):
    assert run(users=[person()], jobs=[job(**fields)])[0]["jobs"] == REFUSED
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"value": None}, {"value": -1}, {"value": 10**17}, {"value": "x"}, {"name": "cats"}]
)
def test_a_counter_that_counts_no_jobs_is_refused(run, fields):
    assert run(counters=[counter(**fields)])[0]["counters"] == REFUSED
    assert not Counter.objects.exists()


def test_a_job_of_an_unknown_owner_falls_to_the_one_that_is_named(run, alice):
    assert run("--owner", alice.email, jobs=[job(user_id=None)])[0]["jobs"] == NEW
    assert Job.objects.get().user == alice
