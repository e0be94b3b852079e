"""The old studio's door to speech, and the links that it gives out. A worker is played by the clock."""

import datetime as dt
import threading

import pytest
from django.core import signing
from django.test import Client

from accounts.actions import keys
from accounts.models import Scope
from config import streaming, times
from config.ids import from_uuid, new_id
from jobs import links
from jobs.models import TEMP_AUDIO_LIFETIME, Job, TempAudio
from tests.accounts.conftest import join_team_of
from tests.voices.fish_wire import Fault
from voices.engines.fish_errors import EngineAway, EngineOff, NoCredit
from voices.models import VoiceModel

DOOR = "/api/synthesize"
OLD = "6F9619FF-8B86-D011-B42D-00C04FC964FF"


@pytest.fixture
def studio(api, alice, demo, clock):
    """The old studio's client, with a credential of Alice's."""
    return api(alice)


def post(client, **fields):
    return client.post(DOOR, {"text": "Ropes creak."} | fields, "application/json")


def get(client, path, **headers):
    """The answer, with its bytes as `sound`."""
    answer = client.get(path, headers=headers)
    answer.sound = answer.getvalue()
    return answer


def path_of(answer):
    assert (answer.status_code, answer.json()["success"]) == (200, True), answer.content
    return answer.json()["audio_path"]


def assert_refused(answer, status, field="", sentence="", code=None):
    body = answer.json()
    assert answer.status_code == status, body
    assert sentence in body["detail"]
    assert [error["loc"] for error in body.get("errors", ())] == ([["body", field]] if field else [])
    assert code in (None, body["code"])


def test_it_answers_with_a_link_once_the_sound_is_made(studio, alice):
    answer = post(studio)
    assert answer.json() == {"success": True, "audio_path": path_of(answer), "message": "The speech is ready."}
    job = Job.objects.get()
    assert (job.user, job.format, job.voice_id) == (alice, "wav", "en_US-demo-low")
    sound = get(Client(), path_of(answer))
    assert (sound.status_code, sound["Content-Type"]) == (200, "audio/wav")
    assert sound.sound[:4] == b"RIFF"
    assert sound["Content-Disposition"] == 'inline; filename="Ropes creak.wav"'


def test_with_a_voice_model_by_any_of_its_ids(studio, alice, known_model):
    model = known_model(alice, pk=from_uuid(OLD))
    for name in (model.pk, model.model_id, OLD):
        assert get(Client(), path_of(post(studio, reference_id=name, format="mp3")))["Content-Type"] == "audio/mpeg"
    assert set(Job.objects.values_list("model_id", "voice_id")) == {(model.model_id, "")}


def test_with_a_voice(studio, demo):
    path_of(post(studio, voice_id="demo"))
    assert_refused(post(studio, voice_id="nobody"), 422, "voice_id", "There is no voice nobody")


def test_both_or_a_bad_field(studio, model):
    assert_refused(post(studio, reference_id=model.pk, voice_id="demo"), 422, "voice_id", "not both")
    assert_refused(post(studio, text=" "), 422, "text", "Write the text")
    assert_refused(post(studio, format="tape"), 422, "format", "wav, mp3")
    assert_refused(studio.post(DOOR, {"text": "Hello."}), 415)
    assert not Job.objects.exists()


def test_a_model_that_is_not_theirs_is_not_there(api, studio, alice, bob, charlie, model):
    mate = join_team_of(alice, "mate")
    for user in (bob, charlie, mate):
        assert_refused(post(api(user), reference_id=model.pk), 404, sentence="There is no voice model")
    for name in (new_id(), OLD, "nobody", "x" * 300):
        assert_refused(post(studio, reference_id=name), 404, code="not_found")
    VoiceModel.objects.update(visibility="shared")
    path_of(post(api(mate), reference_id=model.pk))
    assert_refused(post(api(charlie), reference_id=model.pk), 404)


@pytest.mark.parametrize(("state", "status", "field"), [("training", 409, ""), ("failed", 422, "reference_id")])
def test_a_model_that_cant_speak(studio, alice, known_model, state, status, field):
    assert_refused(post(studio, reference_id=known_model(alice, state=state).pk), status, field, "Harbour")


@pytest.mark.parametrize(("faults", "error"), [([Fault(402)], NoCredit), ([Fault(503)] * 3, EngineAway)])
def test_an_engine_that_gives_nothing(studio, fish, model, faults, error):
    fish.fail(*faults)
    answer = post(studio, reference_id=model.pk)
    assert_refused(answer, 503, sentence=error.sentence, code="job_failed")
    assert answer["Retry-After"]


def test_an_engine_that_is_off(studio, model, settings):
    settings.FISH_API_KEY = ""
    assert_refused(post(studio, reference_id=model.pk), 503, sentence=EngineOff.sentence, code="engine_off")


def test_what_takes_too_long_goes_on(studio, clock):
    clock.work = lambda: None
    answer = post(studio)
    assert_refused(answer, 503, sentence=f"/api/jobs/{Job.objects.get().pk}/audio", code="still_making")
    assert Job.objects.get().status == "queued"


def test_too_many_waiting_at_once(studio, monkeypatch):
    monkeypatch.setattr(streaming, "places", threading.BoundedSemaphore(1))
    with streaming.place():
        assert_refused(post(studio), 503)
    assert not Job.objects.exists()


def test_who_may_speak(studio, alice):
    assert post(Client()).status_code == 401
    for scope, status in ((Scope.SPEAK, 200), (Scope.READ, 403), (Scope.VOICES, 403)):
        _, key = keys.create_key(by=alice, name="Studio", scopes=[scope])
        assert post(Client(headers={"authorization": f"Bearer {key}"})).status_code == status
    assert studio.get(DOOR).status_code == 405


# The sound


@pytest.fixture
def address(finished):
    return f"/api/temp-audio/{finished.audio_id}"


def test_its_owner_has_it_with_ranges(api, alice, address, finished):
    whole = get(api(alice), address)
    assert (whole.status_code, len(whole.sound)) == (200, finished.size_bytes)
    part = get(api(alice), address, range="bytes=0-3")
    assert (part.status_code, part.sound) == (206, b"RIFF")
    saved = get(Client(), f"{links.signed_path(finished)}&download=1", range="bytes=-4")
    assert (saved.status_code, saved["Content-Disposition"][:10], len(saved.sound)) == (206, "attachment", 4)


def test_an_old_uuid_leads_to_it(api, alice, finished):
    Job.objects.update(audio_id=from_uuid(OLD))
    TempAudio.objects.update(audio_id=from_uuid(OLD))
    assert get(api(alice), f"/api/temp-audio/{OLD}").status_code == 200


def test_it_is_nobody_elses(api, page, alice, bob, charlie, address):
    for user in (bob, charlie):
        assert api(user).get(address).status_code == 404
    answer = Client().get(address)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert get(page(alice), address).status_code == 200
    assert api(alice).post(address).status_code == 405


def test_a_signature_that_is_not_ours(api, alice, charlie, address, finished):
    signature = links.signed_path(finished).partition("signature=")[2]
    stamp = signature.partition(":")[0]
    other = signing.TimestampSigner(salt="another").sign(finished.audio_id).partition(":")[2]
    for forged in (
        "",
        "x",
        ":",
        signature[:-1],
        signature + "x",
        f"zzzzzz{signature[6:]}",
        f"{stamp}:",
        other,
        "é",
        "%00",
    ):
        assert Client().get(f"{address}?signature={forged}").status_code == 401
        assert api(charlie).get(f"{address}?signature={forged}").status_code == 404
        assert get(api(alice), f"{address}?signature={forged}").status_code == 200
    assert Client().get(f"/api/temp-audio/{new_id()}?signature={signature}").status_code == 401


def test_it_is_gone_after_a_day_and_unknown_without_its_job(api, alice, address, finished, monkeypatch):
    link = links.signed_path(finished)
    Job.objects.update(expires_at=times.now() - dt.timedelta(seconds=1))
    for client, where in ((api(alice), address), (Client(), link)):
        answer = client.get(where)
        assert (answer.status_code, answer.json()["code"]) == (410, "expired")
    Job.objects.all().delete()
    for client, where in ((api(alice), address), (Client(), link)):
        assert client.get(where).status_code == 404


def test_a_link_ends_after_a_day_whatever_becomes_of_the_sound(address, finished, monkeypatch):
    link = links.signed_path(finished)
    later = signing.time.time() + TEMP_AUDIO_LIFETIME.total_seconds() + 2
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert Client().get(link).status_code == 410
    Job.objects.all().delete()
    assert Client().get(link).status_code == 404


def test_a_sound_that_was_swept_away(api, alice, address, finished):
    TempAudio.objects.all().delete()
    assert api(alice).get(address).status_code == 410


@pytest.mark.parametrize("name", ["x", "a" * 24, "1" * 400, "%00", "..%2f1"])
def test_an_unknown_sound(api, alice, finished, name):
    assert api(alice).get(f"/api/temp-audio/{name}").status_code == 404
