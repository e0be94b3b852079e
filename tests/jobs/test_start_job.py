import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from config import queue, work
from jobs import actions
from jobs.models import TEXT_MAX_CHARACTERS, Job

JOB_KEYS = {"_id", "job_id", "user_id", "title", "text", "voice_id", "model_id", "echo_id", "status", "progress"}
JOB_KEYS |= {"format", "speed", "audio_url", "audio_id", "duration", "size_bytes", "total_chunks", "completed_chunks"}
JOB_KEYS |= {"characters", "error", "attempts", "created_at", "started_at", "completed_at", "expires_at", "timings"}
JOB_KEYS |= {"unspoken"}
TIMINGS = dict.fromkeys(("queued", "synthesis", "encoding", "total", "first_audio"))
NULL_AT_FIRST = ["model_id", "echo_id", "audio_url", "audio_id", "duration", "size_bytes", "total_chunks", "error"]
NULL_AT_FIRST += ["started_at", "completed_at", "expires_at"]
BAD_TEXTS = {
    "empty": ("", "Write the text to speak."),
    "white space": (" \n\t ", "Write the text to speak."),
    "punctuation": ("... ?! — “”", "nothing to say"),
    "emoji": ("😂 🎉", "nothing to say"),
    "nul": ("a\0b", ""),
    "too long": ("a" * (TEXT_MAX_CHARACTERS + 1), "The text has 100,001 characters; at most 100,000"),
}
BAD_FIELDS = [
    ({"text": "half \ud83d"}, "text"),
    ({"text": None}, "text"),
    ({"text": 5}, "text"),
    ({"voice_id": "nobody"}, "voice_id"),
    ({"voice_id": "a\0b"}, "voice_id"),
    ({"model_id": "mine"}, "model_id"),
    ({"echo_id": "mine"}, "echo_id"),
    ({"voice_id": "demo", "echo_id": "mine"}, "echo_id"),
    ({"speed": 0}, "speed"),
    ({"speed": 5}, "speed"),
    ({"speed": float("nan")}, "speed"),
    ({"speed": "fast"}, "speed"),
    ({"format": "tape"}, "format"),
    ({"speaker": "nobody"}, "speaker"),
    ({"speaker": 3}, "speaker"),
    ({"speaker": -1}, "speaker"),
    ({"title": "t" * 300}, "title"),
    ({"title": "a\0b"}, "title"),
]


def post(client, body=None, **fields):
    return client.post("/api/jobs", body or {"text": "Hello.", **fields}, "application/json")


def send(client, **fields):
    """The form of the page, filled in."""
    first = {"text": "Hello.", "voice_id": "en_US-demo-low", "speed": "1.0", "format": "wav"}
    return client.post("/speak", first | fields)


def assert_refused(answer, field):
    body = answer.json()
    assert (answer.status_code, set(body)) == (422, {"detail", "code", "errors"}), body
    assert body["errors"][0]["loc"][:2] == ["body", field]
    assert all(set(error) == {"loc", "msg", "type"} and error["msg"] for error in body["errors"])
    assert body["detail"].endswith(".")
    assert not Job.objects.exists()


def test_api_answers_at_once_with_the_whole_job(api, alice, demo):
    answer = post(api(alice))
    job = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/api/jobs/{job['_id']}")
    assert set(job) == JOB_KEYS
    assert [name for name in NULL_AT_FIRST if job[name] is not None] == []
    assert job["timings"] == TIMINGS
    assert (job["job_id"], job["user_id"], job["status"]) == (1, alice.pk, "queued")
    assert (job["progress"], job["completed_chunks"], job["attempts"], job["characters"]) == (0, 0, 0, 6)
    assert (job["text"], job["title"]) == ("Hello.", "Hello.")
    assert (job["voice_id"], job["format"], job["speed"]) == ("en_US-demo-low", "wav", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", job["created_at"])
    assert api(alice).get(answer.headers["Location"]).json() == job


def test_what_is_asked_for_is_kept(api, alice, demo):
    fields = {"voice_id": "demo", "format": "mp3", "speed": 1.25, "title": "  Morning  "}
    job = post(api(alice), **fields).json()
    assert (job["voice_id"], job["format"], job["speed"], job["title"]) == ("en_US-demo-low", "mp3", 1.25, "Morning")


def test_a_title_is_made_of_the_first_words(alice, demo):
    job = actions.start_job(by=alice, text="The harbour  wakes\n" + "before the sun " * 20)
    assert job.title == "The harbour wakes before the sun before the sun before the…"
    assert len(actions.start_job(by=alice, text="a" * 500).title) <= 61
    assert (
        actions.start_job(by=alice, text="# The *harbour* 😂\n\n[pause 1s]It wakes.").title == "The harbour It wakes."
    )
    assert actions.start_job(by=alice, text="[pause 1s]").title == "[pause 1s]"


def test_an_alias_of_the_settings_names_a_voice(api, alice, demo, settings):
    settings.VOICE_ALIASES = {"alloy": "en_US-demo-low"}
    assert post(api(alice), voice_id="alloy").json()["voice_id"] == "en_US-demo-low"
    assert post(api(alice), voice_id="demo").status_code == 422


@pytest.mark.parametrize(("asked", "kept"), [("mid", "mid"), ("2", "high"), (0, "low"), ("", ""), (None, "")])
def test_a_speaker_by_name_or_number(api, alice, demo, asked, kept):
    assert post(api(alice), speaker=asked).status_code == 202
    assert Job.objects.get().speaker == kept


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_api_refuses_a_text_that_cant_be_spoken(api, alice, demo, name):
    text, sentence = BAD_TEXTS[name]
    answer = post(api(alice), text=text)
    assert_refused(answer, "text")
    assert sentence in answer.json()["detail"]


@pytest.mark.parametrize(("fields", "field"), BAD_FIELDS)
def test_api_refuses_a_bad_field(api, alice, demo, fields, field):
    assert_refused(post(api(alice), **fields), field)


def test_api_refuses_a_body_without_text(api, alice, demo):
    assert_refused(post(api(alice), {"voice_id": "demo"}), "text")


def test_a_hundred_thousand_characters_are_taken(api, alice, demo):
    assert post(api(alice), text="é" * TEXT_MAX_CHARACTERS).json()["characters"] == 100_000
    assert Job.objects.get().queue == "default"


def test_api_refuses_a_voice_that_is_not_available(api, alice, demo):
    type(demo).objects.update(available=False)
    assert_refused(post(api(alice)), "voice_id")
    assert_refused(post(api(alice), voice_id="demo"), "voice_id")


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"[1]", b'"text"', b"null", b"[" * 100_000])
def test_api_refuses_a_broken_body(api, alice, demo, body):
    answer = api(alice).generic("POST", "/api/jobs", body, "application/json")
    assert answer.status_code in (400, 422)
    assert {"detail", "code"} <= set(answer.json())
    assert not Job.objects.exists()


def test_api_refuses_a_body_over_the_limit(api, alice, demo):
    answer = post(api(alice), text="a" * 4 * 1024 * 1024)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_api_needs_a_credential(client, demo):
    answer = post(client)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "not_signed_in"


def test_api_refuses_too_many(api, alice, charlie, demo, settings):
    settings.RATES = settings.RATES | {"speech": "2/m"}
    answers = [post(api(alice)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].json()["code"] == "too_many"
    assert post(api(charlie)).status_code == 202
    assert Job.objects.count() == 3


@pytest.mark.parametrize("refused", [{"text": ""}, {"voice_id": "nobody"}, {"speaker": "nobody"}])
def test_what_is_refused_uses_up_no_number_and_none_of_the_rate(api, alice, demo, settings, refused):
    settings.RATES = settings.RATES | {"speech": "1/m"}
    assert post(api(alice), **refused).status_code == 422
    assert post(api(alice)).json()["job_id"] == 1


def test_page_leads_to_the_job(page, alice, demo):
    answer = send(page(alice), title="Morning", speed="1.25", format="mp3")
    job = Job.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/jobs/{job.job_id}")
    assert (job.user, job.title, job.speed, job.format) == (alice, "Morning", 1.25, "mp3")


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_page_says_what_is_wrong_with_the_text_and_keeps_it(page, alice, demo, name):
    text, sentence = BAD_TEXTS[name]
    answer = send(page(alice), text=text)
    assert (answer.status_code, answer.context["form"]["text"].value()) == (200, text)
    [error] = answer.context["form"].errors["text"]
    assert sentence in error or text == ""
    assert error in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("fields", [{"voice_id": "nobody"}, {"voice_id": ""}, {"speed": "9"}, {"format": "tape"}])
def test_page_shows_what_is_wrong_at_its_field(page, alice, demo, fields):
    answer = send(page(alice), text="Ropes creak.", **fields)
    assert (answer.status_code, set(answer.context["form"].errors)) == (200, set(fields))
    assert b"Ropes creak.</textarea>" in answer.content
    assert not Job.objects.exists()


def test_page_says_when_it_was_too_often(page, alice, demo, settings):
    settings.RATES = settings.RATES | {"speech": "1/m"}
    send(page(alice))
    answer = send(page(alice))
    assert (answer.status_code, b"Too many requests for speech" in answer.content) == (200, True)
    assert b"Hello.</textarea>" in answer.content


def test_page_needs_sign_in(client, demo):
    assert send(client).url.startswith("/login")
    assert not Job.objects.exists()


def test_page_starts_with_an_earlier_job_but_not_with_someone_elses(page, alice, charlie, job):
    address = f"/speak?again={job.job_id}"
    assert page(alice).get(address).context["form"]["text"].value() == job.text
    assert page(charlie).get(address).context["form"]["text"].value() is None
    assert page(alice).get("/speak?again=nothing&voice=nobody").status_code == 200


def test_page_without_a_voice_says_so(page, alice):
    assert b"No voice is ready" in page(alice).get("/speak").content


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_and_no_doubles(alice, demo):
    def start(number):
        try:
            return [actions.start_job(by=alice, text=f"Number {number}.").job_id for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = [number for part in pool.map(start, range(8)) for number in part]
    assert sorted(numbers) == list(range(1, 41))
    assert sorted(Job.objects.values_list("job_id", flat=True)) == list(range(1, 41))


def test_short_texts_go_before_long_ones(redis, alice, demo):
    short = actions.start_job(by=alice, text="a" * 1_000)
    long = actions.start_job(by=alice, text="a" * 1_001)
    ids = {name: queue.queue_of(name).job_ids for name in queue.QUEUES}
    expected = {"interactive": [short], "default": [long], "bulk": [], **dict.fromkeys(queue.QUEUES_OF["network"], [])}
    assert ids == {
        name: [queue.task_id(Job.task, job.pk, job.owner) for job in jobs] for name, jobs in expected.items()
    }


def test_while_redis_is_away_a_job_waits_and_is_enqueued_once(redis, api, alice, demo, monkeypatch):
    redis.stop()
    answer = post(api(alice))
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    monkeypatch.setattr(work, "WAITING_SECONDS", -1)
    actions.enqueue_waiting()
    redis.start()
    actions.enqueue_waiting()
    actions.enqueue_waiting()
    assert queue.queue_of("interactive").job_ids == [queue.task_id(Job.task, answer.json()["_id"], alice.pk)]
