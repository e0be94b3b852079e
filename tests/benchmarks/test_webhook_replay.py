"""Webhooks once in order, then all of them twice in random order by several workers: the same rows.

The second time they go the whole way of an acknowledged webhook, as deliveries.
"""

import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from config import queue, times
from config.leases import Status
from leads.actions.whatsapp import deliveries, reading
from leads.models import Channel, WebhookDelivery
from leads.records import Kind, Record
from tests.leads.whatsapp.replays import Webhook, World, differences, furnish, portrait, sweep_away

WEBHOOKS, WORKERS, SEED = 10_000, 4, 2026
ROWS = ("contacts", "messages", "media", "sessions", "events", "days")


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def deliver(channels: dict[str, Channel], webhooks: list[Webhook]) -> None:
    """One worker, one webhook after the other."""
    try:
        for number_id, value in webhooks:
            channel = channels[number_id]
            data = {"channel_id": channel.pk, "body": json.dumps([value])}
            record = Record(Kind.WEBHOOK, channel.team_id, "", data)
            deliveries.write_delivery(record)
            work(record.id)
    finally:
        connection.close()


def work(pk: str) -> None:
    """Until it is read: one that met with a conflict goes back to its queue."""
    delivery = WebhookDelivery.objects.get(pk=pk)
    while delivery.is_open:
        deliveries.read_delivery(delivery=delivery)
        delivery.refresh_from_db()


def in_random_order(channels: dict[str, Channel], webhooks: list[Webhook]) -> None:
    twice = webhooks * 2
    random.Random(SEED).shuffle(twice)  # noqa: S311
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda worker: deliver(channels, twice[worker::WORKERS]), range(WORKERS)))


@pytest.mark.django_db(transaction=True)
def test_replayed_twice(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "enqueue", lambda *words, **more: True)
    world = World(SEED, times.now().replace(microsecond=0))
    webhooks = world.webhooks(WEBHOOKS)
    channels = furnish(alice, world)
    in_order = timed(lambda: [reading.read(channels[number_id], value) for number_id, value in webhooks])
    once = portrait()
    sweep_away()
    channels = furnish(alice, world)
    shuffled = timed(lambda: in_random_order(channels, webhooks))
    assert not WebhookDelivery.objects.exclude(status=Status.COMPLETED).exists()
    found = differences(once, portrait())
    report(once, in_order, shuffled, len(found))
    assert found == []


def report(once: dict[str, Any], in_order: float, shuffled: float, found: int) -> None:
    rows = {
        "database": "MongoDB" if connection.vendor == "mongodb" else "SQLite",
        "webhooks": f"{WEBHOOKS:,}",
        **{name: f"{len(once[name]):,}" for name in ROWS},
        "once, in order": f"{in_order:.0f} s",
        f"twice, in random order, {WORKERS} workers": f"{shuffled:.0f} s",
        "differences": found,
    }
    print(f"\n\n| {' | '.join(rows)} |\n{'|---' * len(rows)}|\n| {' | '.join(map(str, rows.values()))} |")
