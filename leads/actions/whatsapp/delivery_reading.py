"""How a worker reads a delivery: part after part, and what fails of one never stops the others."""

import datetime as dt
import json
import logging
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from config import breaker, queue
from config.db import STORE_ERRORS, is_transient
from config.leases import Lease
from config.work import Stopping
from leads.actions.whatsapp import reading
from leads.models import Channel, WebhookDelivery
from leads.whatsapp import body as bodies
from leads.whatsapp import payload

logger = logging.getLogger(__name__)
HEARD_AFTER = dt.timedelta(minutes=1)  # between two times that a channel's row says when its webhook last came


def read(lease: Lease[WebhookDelivery]) -> None:
    """To its end: done, and without its body; or failed, with the body, to be read again."""
    delivery, failures = lease.row, Counter[str]()
    if channel := Channel.objects.kept().filter(pk=delivery.channel_id).first():
        note_heard(channel, delivery.created_at)
        for part, names in parts_of(delivery):
            if queue.stopping.is_set():
                raise Stopping
            lease.note_step()
            read_part(channel, part, names, failures)
    if failures:
        lease.fail(sentence(failures), cause="unread")
    else:
        lease.complete(body="")


def parts_of(delivery: WebhookDelivery) -> Iterator[tuple[bodies.Json, dict[str, str]]]:
    """Each with the names of who wrote, which are looked up once: a value may have as many profiles as parts."""
    for value in json.loads(delivery.body):
        names = payload.names_of(value)
        yield from ((part, names) for part in bodies.parts(value))


def read_part(channel: Channel, part: bodies.Json, names: dict[str, str], failures: Counter[str]) -> None:
    """Counts what fails. When the database is to blame the whole is handed back, to be read again."""
    try:
        reading.read(channel, part, names)
    except Exception as error:
        if isinstance(error, STORE_ERRORS) and (breaker.is_away(error) or is_transient(error)):
            raise Stopping from error
        failures[place(error)] += 1


def place(error: Exception) -> str:
    """Its kind and where our code was then, without its words: they may have somebody's message in them."""
    frames = traceback.extract_tb(error.__traceback__)
    last = [frame for frame in frames if Path(frame.filename).is_relative_to(settings.BASE_DIR)][-1]
    where = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
    logger.error("A part of a webhook can't be read: %s", where)
    return where


def sentence(failures: Counter[str]) -> str:
    found = ", ".join(f"{where} ({count})" for where, count in failures.items())
    return f"{failures.total()} of its parts can't be read: {found}."


def note_heard(channel: Channel, at: dt.datetime) -> None:
    """Once a minute at most: many webhooks at once would wait for each other."""
    before = Q(heard_at=None) | Q(heard_at__lt=at - HEARD_AFTER)
    Channel.objects.filter(before, pk=channel.pk).update(heard_at=at)
