"""Every format through every door, decoded again."""

import pytest

from jobs import actions, links
from jobs.audio import FORMATS
from jobs.models import Job, TempAudio
from tests.jobs.decoding import CONTAINERS, CONTENT_TYPES, assert_lasts, decode

TEXT = "Ropes creak. A gull complains."
RATE = 22_050  # Hz, of the demo voice


@pytest.fixture
def make(api, alice, demo):
    """Asks for a job in a format and runs it."""

    def make(kind, **fields):
        answer = api(alice).post("/api/jobs", {"text": TEXT, "format": kind} | fields, "application/json")
        assert (answer.status_code, answer.json()["format"]) == (202, kind), answer.content
        job = Job.objects.get(pk=answer.json()["_id"])
        actions.run_job(job=job)
        job.refresh_from_db()
        assert (job.status, job.error) == ("completed", "")
        return job

    return make


def heard(kind, content, rate=RATE):
    return decode(content, raw_rate=rate if kind == "pcm" else None)


def assert_served(answer, kind, rate=RATE):
    """The headers, and what is in the sound; gives it."""
    assert (answer.status_code, answer["Content-Type"]) == (200, CONTENT_TYPES[kind])
    assert answer.headers.get("X-Sample-Rate") == (str(rate) if kind == "pcm" else None)
    content = answer.getvalue()
    assert int(answer.get("Content-Length", len(content))) == len(content)  # a stream doesn't say how long it is
    sound = heard(kind, content, rate)
    assert (sound.container, sound.channels) == (CONTAINERS[kind], 1)
    assert sound.rate == (48_000 if kind == "opus" else rate)
    return sound


@pytest.mark.parametrize("kind", FORMATS)
def test_a_job(api, alice, make, demo, kind):
    job = make(kind, title="Grüße")
    row = TempAudio.objects.get()
    assert (row.path.rpartition(".")[2], row.content_type) == (kind, CONTENT_TYPES[kind])
    assert job.sample_rate == (24_000 if kind == "opus" else RATE)
    assert (len(job.peaks), max(job.peaks), 1 < job.duration < 5) == (120, 100, True)
    for path in (f"/api/jobs/{job.pk}/audio", f"/api/temp-audio/{job.audio_id}", links.signed_path(job)):
        sound = assert_served(api(alice).get(path), kind)
        assert_lasts(sound, job.duration)
        tags = (None, None) if kind == "pcm" else ("Grüße", demo.name)
        assert (sound.tags.get("title"), sound.tags.get("artist")) == tags
    saved = api(alice).get(f"/api/jobs/{job.pk}/audio?download=1")
    assert f".{kind}" in saved["Content-Disposition"]
    assert saved.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_part_of_it(api, alice, make, kind):
    job = make(kind)
    whole = api(alice).get(f"/api/jobs/{job.pk}/audio").getvalue()
    part = api(alice).get(f"/api/jobs/{job.pk}/audio", headers={"range": "bytes=4-99"})
    assert (part.status_code, part.getvalue(), part["Content-Type"]) == (206, whole[4:100], CONTENT_TYPES[kind])
    assert part.headers.get("X-Sample-Rate") == (str(RATE) if kind == "pcm" else None)


def test_the_rate_is_told_where_others_send_the_bytes(api, alice, make, s3):
    job = make("pcm")
    answer = api(alice).get(f"/api/jobs/{job.pk}/audio")
    assert (answer.status_code, answer["X-Sample-Rate"]) == (302, str(RATE))


def test_the_rate_is_told_through_a_proxy(api, alice, make, settings):
    settings.ACCEL_REDIRECT = "/protected/"
    assert api(alice).get(f"/api/jobs/{make('pcm').pk}/audio")["X-Sample-Rate"] == str(RATE)


@pytest.mark.parametrize("kind", FORMATS)
def test_clients_of_openai(api, alice, demo, clock, kind):
    body = {"model": "tts-1", "input": TEXT, "voice": "demo", "response_format": kind}
    answer = api(alice).post("/v1/audio/speech", body, "application/json")
    sound = assert_served(answer, kind, rate=24_000 if kind == "pcm" else RATE)
    job = Job.objects.get()
    assert job.format == kind
    assert_lasts(sound, job.duration)


def test_pcm_for_clients_of_openai_is_found_by_other_doors(api, alice, demo, clock):
    body = {"model": "tts-1", "input": TEXT, "voice": "demo", "response_format": "pcm"}
    api(alice).post("/v1/audio/speech", body, "application/json").getvalue()
    for door in (f"/api/jobs/{Job.objects.get().pk}/audio", f"/tts/jobs/{Job.objects.get().pk}/audio"):
        assert_served(api(alice).get(door), "pcm", rate=24_000)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_old_studio(api, alice, demo, clock, kind):
    answer = api(alice).post("/api/synthesize", {"text": TEXT, "format": kind}, "application/json")
    assert_served(api(alice).get(answer.json()["audio_path"]), kind)


@pytest.mark.parametrize(("kind", "rate"), [(kind, 48_000 if kind == "opus" else 44_100) for kind in FORMATS])
def test_a_voice_model(api, alice, make, fish, model, kind, rate):
    job = make(kind, model_id=model.pk)
    sound = assert_served(api(alice).get(f"/api/jobs/{job.pk}/audio"), kind, rate=44_100)
    assert job.sample_rate == rate
    assert_lasts(sound, job.duration)
    assert sound.tags.get("artist") == (None if kind == "pcm" else "Harbour")


@pytest.mark.parametrize("kind", FORMATS)
def test_the_page(page, alice, demo, kind):
    form = {"text": TEXT, "voice_id": demo.voice_id, "speed": "1.0", "format": kind}
    address = page(alice).post("/speak", form).url
    job = Job.objects.get()
    actions.run_job(job=job)
    for path in (address, "/"):
        html = page(alice).get(path).content.decode()
        assert ("<echo-player" in html, "<audio" in html) == ((False, False) if kind == "pcm" else (True, True))
        assert (f'data-type="{CONTENT_TYPES[kind]}"' in html) == (kind != "pcm")
        assert ("Browsers can't play PCM." in html and "22,050 Hz" in html) == (kind == "pcm")
    assert "?download=1" in page(alice).get(address).content.decode()


def test_a_sound_from_before_rates_were_kept(api, page, alice, make):
    job = make("wav")
    Job.objects.update(sample_rate=None)
    assert_served(api(alice).get(f"/api/jobs/{job.pk}/audio"), "wav")
    assert page(alice).get(f"/jobs/{job.job_id}").status_code == 200
