"""The same webhooks once in order, or twice in any order: the same rows."""

import random

import pytest

from config import queue, times
from leads.actions.whatsapp import reading
from tests.leads.whatsapp.replays import World, differences, furnish, portrait, sweep_away

WEBHOOKS = 25
SEEDS = range(3)


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    monkeypatch.setattr(queue, "enqueue", lambda *words, **more: True)


def play(user, world, webhooks):
    channels = furnish(user, world)
    for number_id, value in webhooks:
        reading.read(channels[number_id], value)
    return portrait()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS)
def test_twice_in_any_order(alice, seed):
    world = World(seed, times.now().replace(microsecond=0))
    webhooks = world.webhooks(WEBHOOKS)
    once = play(alice, world, webhooks)
    assert once["early"] == 0
    assert len(once["messages"]) > WEBHOOKS / 2
    sweep_away()
    twice = webhooks * 2
    random.Random(seed).shuffle(twice)  # noqa: S311
    again = play(alice, world, twice)
    assert differences(once, again) == []
