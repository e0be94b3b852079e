"""Voice models and echos at the door for clients of OpenAI's API."""

import pytest

from jobs.models import Job
from tests.accounts.conftest import join_team_of
from tests.jobs.test_openai_speech import assert_refused, post, program
from tests.voices.models import make_echo, make_model
from voices.engines.fish_errors import EngineOff
from voices.models import UnsavedModel, VoiceModel

__all__ = ["program"]


@pytest.fixture
def keeper(alice, demo):
    return make_echo(alice, speed=2)


def test_a_voice_model_by_its_ids(program, model):
    for voice in (model.pk, model.model_id, {"id": model.pk}):
        assert post(program, voice=voice).sound
    assert set(Job.objects.values_list("model_id", "speed")) == {(model.model_id, 1.0)}


def test_an_unsaved_model(program, alice, fish):
    model_id = fish.add_model()["_id"]
    UnsavedModel.objects.create(user=alice, model_id=model_id, name="Passing")
    assert post(program, voice=model_id).sound


def test_an_echo_by_its_name_or_id_at_its_speed(program, keeper):
    for voice in ("Keeper", keeper.pk, {"id": "Keeper"}):
        assert post(program, voice=voice).sound
    assert set(Job.objects.values_list("echo_id", "speed")) == {(keeper.pk, 2.0)}
    post(program, voice="Keeper", speed=0.5)
    assert Job.objects.filter(speed=0.5).exists()


def test_two_echos_of_one_name(program, alice, keeper):
    make_echo(alice)
    message = assert_refused(post(program, voice="Keeper"), 400, param="voice")["message"]
    assert "Several of your echos are called Keeper" in message


def test_a_voice_goes_before_an_echo_of_its_name(program, alice):
    make_echo(alice, name="demo")
    post(program)
    assert Job.objects.get().echo_id == ""


def test_an_unknown_one_is_told_the_known_ones(program, alice, charlie, demo, keeper, model):
    others = make_model(charlie, name="Hidden")
    make_echo(charlie, name="Hidden")
    for voice in (others.pk, others.model_id, "Hidden"):
        message = assert_refused(post(program, voice=voice), 400, param="voice")["message"]
        known = f"en_US-demo-low, demo, {model.model_id}, {keeper.pk}"
        assert message == f"There is no voice {voice}. Known voices: {known}."
    assert not Job.objects.exists()


def test_what_cant_speak(program, alice, known_model, settings):
    training, failed = known_model(alice, state="training"), known_model(alice, state="failed")
    assert_refused(post(program, voice=training.pk), 409)
    assert_refused(post(program, voice=failed.pk), 400, param="voice")
    assert_refused(post(program, voice=known_model(alice).pk, speed=4), 400, param="speed")
    settings.FISH_API_KEY = ""
    error = assert_refused(post(program, voice=known_model(alice).pk), 503, "server_error")
    assert error["message"] == EngineOff.sentence


def test_the_list_has_what_the_caller_may_use(api, program, alice, charlie, demo, keeper, model):
    make_model(alice, state="training")
    make_model(charlie)
    mate = join_team_of(alice, "mate")
    voice = {"id": "en_US-demo-low", "name": demo.name, "language": "en_US"}
    own = [
        {"id": model.model_id, "name": "Harbour", "language": None},
        {"id": keeper.pk, "name": "Keeper", "language": None},
    ]
    assert program.get("/v1/audio/voices").json() == {"voices": [voice, *own]}
    assert api(mate).get("/v1/audio/voices").json() == {"voices": [voice]}
    VoiceModel.objects.update(visibility="shared")
    shared = own[0] | {"name": "Harbour, shared by Alice"}
    assert api(mate).get("/v1/audio/voices").json()["voices"][1] == shared
