"""Jobs that name a voice model or an echo: what they take, and what is refused."""

import uuid

import pytest

from config import queue
from config.ids import from_uuid
from jobs import actions
from jobs.models import Job
from tests.accounts.conftest import join_team_of
from tests.voices.models import make_echo
from voices.engines.fish_errors import EngineOff
from voices.models import UnsavedModel, VoiceModel

OLD = str(uuid.UUID(int=7))


def post(client, **fields):
    return client.post("/api/jobs", {"text": "Ropes creak."} | fields, "application/json")


def assert_refused(answer, status, field="", sentence="", code=None):
    body = answer.json()
    assert answer.status_code == status, body
    assert sentence in body["detail"]
    if field:
        assert [error["loc"] for error in body["errors"]] == [["body", field]]
    assert code in (None, body["code"])
    assert not Job.objects.exists()


def test_by_any_of_its_ids(api, alice, known_model):
    model = known_model(alice, pk=from_uuid(OLD))
    for name in (model.pk, model.model_id, OLD):
        answer = post(api(alice), model_id=name)
        job = answer.json()
        assert (answer.status_code, job["voice_id"], job["echo_id"]) == (202, None, None), job
        assert (job["model_id"], job["speed"]) == (model.model_id, 1)
    row = Job.objects.first()
    assert (row.engine, row.voice_id, row.echo_id, row.queue) == ("fish", "", "", "network")


def test_a_voice_has_no_model(api, alice, demo):
    job = post(api(alice), voice_id="demo").json()
    assert (job["voice_id"], job["model_id"], job["echo_id"]) == ("en_US-demo-low", None, None)
    assert (Job.objects.get().engine, Job.objects.get().queue) == ("piper", "interactive")


def test_it_waits_among_the_calls_to_the_network(redis, alice, model):
    """A long text behind all others, for a mail must not wait until it is spoken."""
    short, long = (actions.start_job(by=alice, text="a" * number, model_id=model.pk) for number in (1_000, 1_001))
    for name, job in (("network", short), ("network-long", long)):
        assert queue.queue_of(name).job_ids == [queue.task_id(Job.task, job.pk, job.owner)]
    assert [queue.queue_of(name).count for name in ("interactive", "default", "bulk")] == [0, 0, 0]


def test_a_team_mate_speaks_with_a_shared_model_until_it_is_private_again(api, alice, charlie, model):
    mate = join_team_of(alice, "mate")
    assert_refused(post(api(mate), model_id=model.pk), 422, "model_id", "There is no voice model")
    VoiceModel.objects.update(visibility="shared")
    assert post(api(mate), model_id=model.pk).json()["user_id"] == mate.pk
    Job.objects.all().delete()
    assert_refused(post(api(charlie), model_id=model.pk), 422, "model_id", "There is no voice model")
    VoiceModel.objects.update(visibility="private")
    assert_refused(post(api(mate), model_id=model.model_id), 422, "model_id", "There is no voice model")


def test_an_unsaved_model_is_its_accounts_alone(api, fish, alice, charlie):
    model_id = fish.add_model()["_id"]
    unsaved = UnsavedModel.objects.create(user=alice, model_id=model_id, name="Passing")
    assert_refused(post(api(charlie), model_id=model_id), 422, "model_id")
    assert_refused(post(api(alice), model_id=unsaved.pk), 422, "model_id")
    assert post(api(alice), model_id=model_id).json()["model_id"] == model_id


@pytest.mark.parametrize("state", ["created", "training"])
def test_one_in_training(api, alice, known_model, state):
    model = known_model(alice, state=state)
    sentence = "The voice model Harbour is still being trained."
    assert_refused(post(api(alice), model_id=model.pk), 409, sentence=sentence, code="model_in_training")


def test_one_that_failed(api, alice, known_model):
    model = known_model(alice, state="failed")
    assert_refused(post(api(alice), model_id=model.pk), 422, "model_id", "Harbour could not be made")


def test_no_speaker(api, alice, model):
    assert_refused(post(api(alice), model_id=model.pk, speaker="high"), 422, "speaker", "Harbour has no speaker high")


@pytest.mark.parametrize("speed", [0.25, 0.49, 2.01, 4])
def test_a_speed_that_the_engine_has_not(api, alice, model, speed):
    answer = post(api(alice), model_id=model.pk, speed=speed)
    assert_refused(answer, 422, "speed", "0.5 to 2 times its own speed", "speed_refused")


def test_while_the_engine_is_off(api, page, alice, model, settings):
    settings.FISH_API_KEY = ""
    answer = post(api(alice), model_id=model.pk)
    assert_refused(answer, 503, sentence=EngineOff.sentence, code="engine_off")
    assert int(answer.headers["Retry-After"]) > 0
    answer = page(alice).post("/speak", {"text": "Hello.", "voice_id": f"model:{model.model_id}", "format": "wav"})
    assert (answer.status_code, EngineOff.sentence in answer.context["form"].non_field_errors()) == (200, True)


# Echos


def test_an_echo_speaks_with_its_model_at_its_speed(api, alice, known_model):
    echo = make_echo(alice, speed=1.5, voice_id="en_US-demo-low")
    model = known_model(alice, echo=echo)
    job = post(api(alice), echo_id=echo.pk).json()
    assert (job["voice_id"], job["model_id"], job["echo_id"]) == (None, model.model_id, echo.pk)
    assert (job["speed"], Job.objects.get().engine) == (1.5, "fish")
    assert post(api(alice), echo_id=echo.pk, speed=0.75).json()["speed"] == 0.75


@pytest.mark.parametrize("voice_id", ["", "en_US-demo-low"])
def test_an_echo_without_a_model_speaks_with_its_voice_or_the_default_one(api, alice, demo, voice_id):
    echo = make_echo(alice, speed=3, voice_id=voice_id)
    job = post(api(alice), echo_id=echo.pk).json()
    assert (job["voice_id"], job["model_id"], job["echo_id"], job["speed"]) == ("en_US-demo-low", None, echo.pk, 3)


def test_an_echo_whose_voice_is_gone_says_so(api, alice, demo):
    echo = make_echo(alice, voice_id="en_US-gone-low")
    assert_refused(post(api(alice), echo_id=echo.pk), 422, "echo_id", "Give it another one.")


def test_an_echo_that_is_too_fast_for_its_engine_says_so(api, alice, known_model):
    echo = make_echo(alice, speed=3)
    known_model(alice, echo=echo)
    sentence = "Keeper is set to speak at 3 times its voice's speed. This voice speaks at 0.5 to 2"
    assert_refused(post(api(alice), echo_id=echo.pk), 422, "speed", sentence)
    assert post(api(alice), echo_id=echo.pk, speed=2).status_code == 202


def test_an_echo_whose_model_is_in_training(api, alice, known_model):
    echo = make_echo(alice)
    known_model(alice, echo=echo, state="training")
    assert_refused(post(api(alice), echo_id=echo.pk), 409, sentence="still being trained")


def test_somebody_elses_echo_is_unknown_to_staff_too(api, alice, bob, charlie, demo, echo):
    for user in (bob, charlie, join_team_of(alice, "mate")):
        assert_refused(post(api(user), echo_id=echo.pk), 422, "echo_id", f"There is no echo {echo.pk}")


@pytest.mark.parametrize(
    "fields",
    [
        {"voice_id": "demo", "model_id": "m"},
        {"model_id": "m", "echo_id": "e"},
        {"voice_id": "demo", "model_id": "m", "echo_id": "e"},
    ],
)
def test_two_at_once(api, alice, demo, fields):
    assert_refused(post(api(alice), **fields), 422, list(fields)[1], "Name one of")


@pytest.mark.parametrize("name", ["0" * 24, OLD, "../../wallet", "a b", "x" * 300, "١"])
@pytest.mark.parametrize("field", ["voice_id", "model_id", "echo_id"])
def test_an_unknown_one(api, alice, demo, field, name):
    assert_refused(post(api(alice), **{field: name}), 422, field, "There is no")
