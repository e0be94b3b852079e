"""A model in training: the engine is asked again and again, by one worker at a time, until it has an answer."""

import datetime as dt

import pytest

from config import queue, times
from config.ids import new_id
from tests.voices.fish_wire import Fault
from tests.voices.models import make_model
from voices import tasks
from voices.actions import training
from voices.models import State, VoiceModel

AWAY = [Fault(503)] * 3  # all three tries


@pytest.fixture
def begun(alice, fish):
    """A model of Alice's that the engine is making, due now."""

    def make(**fields):
        made = fish.add_model()
        first = {"model_id": made["_id"], "state": State.CREATED, "poll_at": times.now()}
        return make_model(alice, **first | fields)

    return make


def ask(model):
    """Ask as a worker does; the row as it is then."""
    tasks.poll_model(model.pk)
    model.refresh_from_db()
    return model


def pause(model):
    return (model.poll_at - times.now()).total_seconds()


def test_it_is_asked_until_the_voice_is_ready(begun, fish):
    fish.states = ["created", "created", "training", "trained"]
    model = begun()
    assert [ask(model).state for _ in range(3)] == ["created", "training", "trained"]
    assert (model.polls, model.poll_at, model.error, model.is_ready) == (3, None, "", True)
    assert fish.doors() == [f"GET /model/{model.model_id}"] * 3
    assert ask(model).polls == 3
    assert len(fish.seen) == 3, "a model that is ready is asked no more"


def test_pauses_grow_to_a_minute(begun, fish):
    fish.states = ["training"]
    model = begun()
    pauses = [pause(ask(model)) for _ in range(7)]
    for measured, meant in zip(pauses, (2, 4, 8, 16, 32, 60, 60), strict=True):
        assert meant / 2 - 1 < measured <= meant


def test_what_the_engine_could_not_make_has_failed_with_a_sentence(begun, fish):
    fish.states = ["training", "failed"]
    model = ask(begun())
    assert (model.state, model.error, model.poll_at) == ("failed", training.REFUSED, None)


def test_what_the_engine_does_not_know_has_failed_with_a_sentence(begun, fish):
    model = begun(model_id=new_id())
    assert ask(model).state == "failed"
    assert model.error.startswith("Fish Audio does not know this voice model any more.")
    assert model.poll_at is None


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        (AWAY, "can't be reached just now"),
        ([Fault(429)] * 3, "busy with other requests"),
        ([Fault(402)], "no credit left"),
        ([Fault(401)], "does not accept this installation's key"),
        ([Fault(200, "<html>")], "an answer that can't be used"),
        ([Fault(how="silent")] * 3, "can't be reached just now"),
        ([Fault(200, {"_id": "x"}, how="cut")] * 3, "can't be reached just now"),
    ],
)
def test_an_engine_that_is_away_is_asked_again(begun, fish, faults, words):
    fish.states = ["training", "trained"]
    model = begun()
    fish.fail(*faults)
    assert ask(model).state == "created"
    assert words in model.error
    assert 0 < pause(model) <= 2
    assert (ask(model).state, model.error) == ("trained", "")


def test_without_a_key_it_waits(begun, fish, settings):
    settings.FISH_API_KEY = ""
    model = ask(begun())
    assert (model.state, "sets FISH_API_KEY" in model.error, fish.seen) == ("created", True, [])


def test_after_a_day_an_untrained_model_has_failed(begun, fish):
    fish.states = ["training"]
    late = begun(created_at=times.now() - dt.timedelta(hours=24))
    assert (ask(late).state, late.error) == ("failed", training.TOO_LONG)
    early = begun(created_at=times.now() - dt.timedelta(hours=23))
    assert (ask(early).state, early.error) == ("training", "")


def test_a_day_of_silence_fails_nothing(begun, fish):
    fish.states = ["training", "trained"]
    fish.fail(*AWAY)
    model = begun(created_at=times.now() - dt.timedelta(days=3))
    assert ask(model).state == "created"
    assert ask(model).state == "trained"


def test_of_two_workers_one_asks(begun, fish):
    fish.states = ["training"]
    model = begun()
    same = VoiceModel.objects.get(pk=model.pk)
    for each in (model, same):
        training.poll_model(model=each)
    assert (len(fish.seen), VoiceModel.objects.get().polls) == (1, 1)


def test_while_one_asks_it_is_not_due(begun, monkeypatch):
    model = begun()

    def look(engine, model_id):
        assert not VoiceModel.objects.due().exists()
        assert VoiceModel.objects.get().poll_at - times.now() > dt.timedelta(seconds=60)
        return "training"

    monkeypatch.setattr("voices.engines.fish.Fish.model_state", look)
    assert ask(model).state == "training"


@pytest.mark.parametrize("state", ["training", "trained", "failed"])
def test_a_model_that_goes_meanwhile_stays_away(begun, monkeypatch, state):
    model = begun()

    def delete(engine, model_id):
        VoiceModel.objects.all().delete()
        return state

    monkeypatch.setattr("voices.engines.fish.Fish.model_state", delete)
    tasks.poll_model(model.pk)
    assert not VoiceModel.objects.exists()
    tasks.poll_model(model.pk)


def test_the_sweeper_hands_out_what_is_due(begun, redis):
    due = begun()
    begun(poll_at=times.now() + dt.timedelta(minutes=1))
    begun(state=State.TRAINED)
    training.enqueue_due()
    assert queue.queue_of("network-upkeep").job_ids == [queue.task_id(training.TASK, due.pk)]


def test_without_redis_it_waits_for_the_sweeper(begun, caplog):
    due = begun()
    training.enqueue_due()
    assert "Redis is away" in caplog.text
    assert list(VoiceModel.objects.due()) == [due]
