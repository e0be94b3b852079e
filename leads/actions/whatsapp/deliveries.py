"""What WhatsApp sends: journaled, kept as a delivery, and read by a worker."""

import datetime as dt
import json
import logging
from collections import Counter

from django.db import IntegrityError

from config import queue, times, work
from config.db import delete_rows, in_batches
from config.errors import Conflict
from config.leases import Status
from config.redis import Away
from leads.actions import intake
from leads.actions.whatsapp import delivery_reading, verifying
from leads.actions.whatsapp.known_channels import KnownChannel
from leads.models import Channel, Contact, WebhookDelivery
from leads.privacy import retention
from leads.records import Kind, Record
from leads.whatsapp import body as bodies
from leads.whatsapp.without import without

logger = logging.getLogger(__name__)
TAKEN, NOT_OURS = "success", "ok"  # what WhatsApp is told
NOTHING = "[]"  # a body with nothing in it
KEPT_LONGER = dt.timedelta(days=2)  # than the journal keeps the record
away = Away(seconds=5.0)  # in which the sweeper hands deliveries over


def take_webhook(*, body: bytes, signature: str) -> str:
    """Keep what it says of our channels, on the disk when this returns; what WhatsApp is to be told.

    Unauthorized when no channel's app secret has signed it, DomainError when it can't be read, Unavailable when it
    can't be kept, so that WhatsApp sends it again.
    """
    signers = verifying.signers_of(body, signature)
    payload = bodies.read(body)
    if not bodies.is_of_whatsapp(payload):
        return NOT_OURS
    for channel, values in by_channel(payload, signers).items():
        data = {"channel_id": channel.pk, "body": json.dumps(values, separators=(",", ":"))}
        intake.take(Record(Kind.WEBHOOK, channel.team_id, "", data), write_delivery)
    return TAKEN


def by_channel(payload: bodies.Json, signers: dict[str, KnownChannel]) -> dict[KnownChannel, list[bodies.Json]]:
    """The values for each channel. Those of other numbers, and what is no change of messages, are dropped."""
    found: dict[KnownChannel, list[bodies.Json]] = {}
    dropped = Counter[str]()
    for change in bodies.values(payload):
        if change is None:
            dropped["that change no messages"] += 1
        elif channel := signers.get(change[0]):
            found.setdefault(channel, []).append(change[1])
        else:
            dropped["for a number that is no channel of its secret"] += 1
    if dropped:
        logger.warning("Parts of a webhook are dropped: %s.", ", ".join(f"{n} {why}" for why, n in dropped.items()))
    return found


def write_delivery(record: Record) -> bool:
    """Keep it to be read, once. False when its channel is gone, and there is nobody to read it for."""
    channel_id = record.data["channel_id"]
    if not Channel.objects.kept().filter(pk=channel_id, team=record.team_id).exists():
        logger.warning("A webhook is dropped: its channel is gone.")
        return False
    fields = {"team_id": record.team_id, "channel_id": channel_id, "body": record.data["body"]}
    try:
        delivery = WebhookDelivery.objects.create(pk=record.id, created_at=record.at, **fields)
    except IntegrityError:  # it is known, or its channel went this very moment
        return WebhookDelivery.objects.filter(pk=record.id).exists()
    hand_over(delivery)
    return True


def hand_over(delivery: WebhookDelivery) -> None:
    """To Redis, or leave that to the sweeper."""
    if not away.lasts and not queue.enqueue(delivery.task, delivery.pk, queue=delivery.queue):
        away.begin()


def read_delivery(*, delivery: WebhookDelivery) -> None:
    """Read it, unless another worker does. Read twice, or by two at once, it gives the same rows."""
    work.run(delivery, delivery_reading.read)


def read_again(*, delivery: WebhookDelivery) -> None:
    """Try one again that has failed. Conflict for another."""
    afresh = {"attempts": 0, "error": "", "cause": "", "started_at": None, "completed_at": None}
    if not delivery.move({Status.FAILED}, Status.QUEUED, **afresh):
        raise Conflict("This webhook has not failed, so there is nothing to try again.")
    hand_over(delivery)


def sweep() -> None:
    """Queue again what has lost its worker, and hand Redis what it never got or has lost."""
    work.requeue_lost(WebhookDelivery.objects.all())
    work.enqueue_waiting(WebhookDelivery.objects.all())


def forget(contact: Contact) -> None:
    """Take what WhatsApp has sent of somebody out of the webhooks that are kept."""
    number = contact.phone_number
    rows = WebhookDelivery.objects.filter(channel=contact.channel_id, body__contains=number)
    for batch in in_batches(rows):
        for delivery in batch:
            left = without(delivery.body, lambda each: each == number)
            WebhookDelivery.objects.filter(pk=delivery.pk).update(body=left or NOTHING)


def purge() -> None:
    """Delete what was read once the journal has let it go too: until then `journal verify` and `restore` go by it."""
    before = times.now() - dt.timedelta(days=retention.journal_days()) - KEPT_LONGER
    delete_rows(WebhookDelivery.objects.filter(status=Status.COMPLETED, created_at__lt=before))
