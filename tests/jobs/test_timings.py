"""When each sentence is heard: measured, told as JSON, SRT and VTT, shown on the page of its job."""

import datetime as dt

import numpy as np
import pytest

from config import times
from jobs import actions
from jobs.audio import FORMATS
from jobs.models import Job
from jobs.templatetags import sound
from jobs.text import PARAGRAPH_MILLISECONDS
from tests.jobs.decoding import decode
from voices.engines.piper import engine

RATE = 22_050  # Hz, of the demo voice
TEXT = "Ropes creak. A gull complains. Night."
SENTENCES = [[0, 1_000, "Ropes --> creak & <b>moan</b>."], [1_000, 3_723_004, "$A gull."]]
SRT = """1
00:00:00,000 --> 00:00:01,000
Ropes -> creak & <b>moan</b>.

2
00:00:01,000 --> 01:02:03,004
$A gull.

"""
VTT = """WEBVTT

00:00:00.000 --> 00:00:01.000
Ropes --&gt; creak &amp; &lt;b&gt;moan&lt;/b&gt;.

00:00:01.000 --> 01:02:03.004
$A gull.

"""


def made(by, text=TEXT, **fields):
    job = actions.start_job(by=by, text=text, **fields)
    actions.run_job(job=job)
    return Job.objects.get(pk=job.pk)


def get(client, job, kind=""):
    return client.get(f"/api/jobs/{job.pk}/timings{kind and f'?format={kind}'}")


@pytest.fixture
def timed(finished):
    Job.objects.filter(pk=finished.pk).update(sentences=SENTENCES, title="Night / ropes")
    return Job.objects.get()


def assert_whole(job, *texts):
    """One after the other, from the first sample to the last."""
    starts, ends, said = zip(*job.sentences, strict=True)
    assert said == texts
    pauses = {start - end for end, start in zip(ends, starts[1:], strict=False)}
    assert (starts[0], pauses - {0, PARAGRAPH_MILLISECONDS}) == (0, set())
    assert ends[-1] == pytest.approx(job.duration * 1_000, abs=1)


def test_they_are_measured_with_every_engine_and_speed(alice, demo, model):
    for fields in ({}, {"speed": 2.5}, {"model_id": model.pk}, {"format": "mp3", "model_id": model.pk, "speed": 2}):
        assert_whole(made(alice, **fields), "Ropes creak.", "A gull complains.", "Night.")
    assert_whole(made(alice, "$HOME  costs\n$5.\n\n***\n\n{a: 'b'}"), "$HOME costs $5.", "{a: 'b'}")


def test_they_are_where_the_sound_has_them(api, alice, demo, settings, monkeypatch):
    """A tone, a sentence of which nothing is heard, silence, a tone."""
    tone = (np.sin(np.arange(RATE) * 0.2) * 8_000).astype(np.int16)
    chunks = [tone[: RATE * 2 // 3], tone[:0], np.zeros(RATE // 2, np.int16), tone[: RATE // 3]]
    monkeypatch.setattr(engine, "synthesize", lambda *_, **__: iter(chunks))
    for kind, loudness in [*((kind, None) for kind in FORMATS), ("wav", -30), ("opus", -30)]:
        settings.LOUDNESS_LUFS = loudness
        job = made(alice, "One. Two. Three. Four.", format=kind)
        assert job.sentences == [[0, 667, "One."], [667, 1_167, "Three."], [1_167, 1_500, "Four."]], kind
        content = api(alice).get(f"/api/jobs/{job.pk}/audio").getvalue()
        heard = decode(content, raw_rate=RATE if kind == "pcm" else None)
        loud = np.flatnonzero(np.abs(heard.samples) > np.abs(heard.samples).max() / 3) / heard.rate
        again = loud[np.argmax(np.diff(loud)) + 1]
        late = 1_024 / RATE if kind == "aac" else 0  # with which ADTS begins
        assert again == pytest.approx(1.167 + late, abs=0.01), (kind, loudness)


def test_api_tells_them(api, page, alice, timed):
    answer = get(api(alice), timed)
    assert answer.json() == {
        "_id": timed.pk,
        "job_id": timed.job_id,
        "duration": timed.duration,
        "sentences": [
            {"start": 0.0, "end": 1.0, "text": "Ropes --> creak & <b>moan</b>."},
            {"start": 1.0, "end": 3723.004, "text": "$A gull."},
        ],
    }
    assert answer.json() == get(page(alice), timed, "json").json()
    assert answer["Content-Disposition"] == 'inline; filename="Night ropes.json"'


@pytest.mark.parametrize(
    ("kind", "content_type", "text"), [("srt", "application/x-subrip", SRT), ("vtt", "text/vtt", VTT)]
)
def test_api_gives_subtitles(api, alice, timed, kind, content_type, text):
    answer = get(api(alice), timed, kind)
    assert (answer.status_code, answer["Content-Type"]) == (200, f"{content_type}; charset=utf-8")
    assert answer["Content-Disposition"] == f'attachment; filename="Night ropes.{kind}"'
    assert answer.content.decode() == text


def test_they_stay_when_the_sound_has_expired(api, page, alice, timed):
    Job.objects.update(expires_at=times.now() - dt.timedelta(seconds=1))
    assert get(api(alice), timed, "vtt").content.decode() == VTT
    shown = page(alice).get(f"/jobs/{timed.job_id}").text
    assert (f"/api/jobs/{timed.pk}/timings?format=srt" in shown, 'id="sentences"' in shown) == (True, False)


def test_api_refuses_with_a_sentence(api, client, alice, bob, charlie, timed):
    for user in (bob, charlie):
        assert get(api(user), timed).status_code == 404
    assert get(client, timed).status_code == 401
    assert get(api(alice), timed, "ass").json()["errors"][0]["loc"] == ["query", "format"]
    refusals = {}
    for status in ("queued", "processing", "failed", "cancelled", "completed"):
        Job.objects.update(status=status, sentences=[])
        answer = get(api(alice), timed, "srt")
        assert answer.status_code == 409
        refusals[status] = (answer.json()["code"], answer.json()["detail"].partition(".")[0])
    assert refusals == {
        "queued": ("conflict", "The sound is not ready yet"),
        "processing": ("conflict", "The sound is not ready yet"),
        "failed": ("conflict", "There is no sound: this job was failed"),
        "cancelled": ("conflict", "There is no sound: this job was cancelled"),
        "completed": ("no_timings", "This job was imported, or made before sentences were measured"),
    }


def test_begun_afresh_a_job_has_none(alice, timed):
    timed.change({}, status="failed")
    actions.retry_job(by=alice, job=timed)
    assert Job.objects.get().sentences == []


def test_page_shows_them(page, alice, timed):
    shown = page(alice).get(f"/jobs/{timed.job_id}").text
    address = f"/api/jobs/{timed.pk}"
    for part in (f'{address}/audio#t=0.0"><span>0:00</span>', "&lt;b&gt;moan", f'{address}/audio#t=1.0"><span>0:01<'):
        assert part in shown
    assert "As it was written" in shown
    for kind in ("srt", "vtt", "json"):
        assert f'href="{address}/timings?format={kind}" download' in shown


def test_page_gets_them_as_the_job_is_ready(page, alice, timed):
    answer = page(alice).get(f"/jobs/{timed.job_id}", headers={"hx-request": "true"})
    assert 'id="words" aria-labelledby="text" hx-swap-oob="true"' in answer.text
    assert 'id="sentences"' in answer.text


def test_page_shows_the_text_alone_where_sentences_are_of_no_use(page, alice, timed, monkeypatch):
    def shown():
        text = page(alice).get(f"/jobs/{timed.job_id}").text
        return 'id="sentences"' in text, "As it was written" in text, timed.text in text

    assert shown() == (True, True, True)
    with monkeypatch.context() as patch:
        patch.setattr(sound, "SENTENCES_MAX", 1)
        assert shown() == (False, False, True)
    Job.objects.update(format="pcm")
    assert shown() == (False, False, True)
