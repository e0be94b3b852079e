"""What was deleted here is deleted at the engine too: in a task, tried again for a day."""

import datetime as dt

import pytest

from config import queue, times
from tests.voices.fish_wire import Fault
from voices import tasks
from voices.actions import engine_deletions, voice_models
from voices.models import EngineDeletion, UnsavedModel

AWAY = [Fault(503)] * 3  # all three tries


def run(deletion):
    """Try as a worker does; the row as it is then, or None."""
    tasks.delete_at_engine(deletion.pk)
    return EngineDeletion.objects.filter(pk=deletion.pk).first()


def begin(age=dt.timedelta(), **fields):
    return EngineDeletion.objects.create(created_at=times.now() - age, **fields)


@pytest.fixture
def made(fish, db):
    return fish.add_model(tags=["echodesk-1", "calm"])


def test_a_model_goes_at_the_engine(fish, made):
    other = fish.add_model()
    assert run(begin(model_id=made["_id"])) is None
    assert list(fish.models) == [other["_id"]]


@pytest.mark.parametrize("model_id", ["6740a1b2c3d4e5f601234567", "no id of theirs/.."])
def test_what_the_engine_does_not_know_counts_as_deleted(fish, made, model_id):
    assert run(begin(model_id=model_id)) is None
    assert made["_id"] in fish.models


def test_away_then_back(fish, made):
    deletion = begin(model_id=made["_id"])
    fish.fail(*AWAY)
    kept = run(deletion)
    assert (kept.tries, made["_id"] in fish.models) == (1, True)
    assert 20 < (kept.due_at - times.now()).total_seconds() <= 30
    assert not EngineDeletion.objects.due().exists()
    assert run(kept) is None
    assert not fish.models


def test_pauses_double_up_to_an_hour(fish, made):
    deletion = begin(model_id=made["_id"])
    pauses = []
    for _ in range(9):
        fish.fail(Fault(402))
        deletion = run(deletion)
        pauses.append((deletion.due_at - times.now()).total_seconds())
    for measured, meant in zip(pauses, (30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600), strict=True):
        assert meant - 15 < measured <= meant


def test_a_day_is_enough(fish, made, caplog):
    fish.fail(*AWAY, *AWAY)
    assert run(begin(dt.timedelta(hours=23), model_id=made["_id"])) is not None
    assert run(begin(dt.timedelta(hours=24), model_id=made["_id"])) is None
    assert f"{made['_id']} stays at fish" in caplog.text


def test_a_key_that_is_taken_away_and_comes_back(fish, made, settings):
    deletion = begin(model_id=made["_id"])
    key, settings.FISH_API_KEY = settings.FISH_API_KEY, ""
    deletion = run(deletion)
    assert deletion.tries == 1
    settings.FISH_API_KEY = key
    fish.fail(Fault(401))
    deletion = run(deletion)
    assert deletion.tries == 2
    assert run(deletion) is None
    assert not fish.models


def test_an_engine_that_is_here_no_more_keeps_nobody_waiting_for_ever(fish, made):
    assert run(begin(engine="gone", model_id=made["_id"])).tries == 1
    assert run(begin(dt.timedelta(hours=24), engine="gone", model_id=made["_id"])) is None


def test_of_two_workers_one_tries(fish, made):
    deletion = begin(model_id=made["_id"])
    same = EngineDeletion.objects.get()
    for each in (deletion, same):
        engine_deletions.run_deletion(deletion=each)
    assert fish.doors() == [f"DELETE /model/{made['_id']}"]
    assert run(deletion) is None


def test_all_that_was_begun_under_a_tag_goes(fish, made):
    fish.add_model(tags=["echodesk-1"])
    other = fish.add_model(tags=["echodesk-11"])
    assert run(begin(tag="echodesk-1")) is None
    assert list(fish.models) == [other["_id"]]


def test_under_a_tag_something_may_still_appear(fish, db):
    deletion = run(begin(tag="echodesk-1"))
    assert deletion.tries == 1
    fish.add_model(tags=["echodesk-1"])
    assert run(deletion) is None
    assert not fish.models


def test_after_an_hour_nothing_appears_under_a_tag(fish, db):
    assert run(begin(dt.timedelta(minutes=61), tag="echodesk-1")) is None


def test_a_tag_whose_second_model_is_refused_is_tried_again(fish, made):
    fish.add_model(tags=["echodesk-1"])
    fish.fail(Fault(200, done=True, body=""), Fault(402))
    assert run(begin(tag="echodesk-1")).tries == 1


def test_the_sweeper_hands_out_what_is_due(redis, db):
    due = begin(model_id="a")
    begin(model_id="b", due_at=times.now() + dt.timedelta(minutes=1))
    engine_deletions.enqueue_due()
    assert queue.queue_of("network-upkeep").job_ids == [queue.task_id(engine_deletions.TASK, due.pk)]


def test_an_unsaved_model_goes_with_its_account(alice, fish, made):
    UnsavedModel.objects.create(user=alice, model_id=made["_id"], name="Once")
    voice_models.delete_unsaved(alice)
    assert not UnsavedModel.objects.exists()
    assert run(EngineDeletion.objects.get()) is None
    assert not fish.models
