"""The end of a channel that was disconnected with all its chats: a worker deletes them, row by row."""

import datetime as dt

from config import queue, times
from config.db import delete_rows, in_batches
from leads.actions.whatsapp import erasing
from leads.models import Channel, Contact, EarlyNews, ErasedContact, WebhookDelivery

TASK = "leads.tasks.delete_channel"
WAITING = dt.timedelta(minutes=1)  # after which the sweeper looks whether a deletion goes on


def enqueue(channel: Channel) -> None:
    queue.enqueue(TASK, channel.pk, queue="bulk")


def delete(*, channel: Channel) -> None:
    """Delete contacts, messages, files and transcripts of a channel that is to go, and the channel last.

    It may be run again after it was cut off.
    """
    if channel.deleted_at is None:
        return
    delete_rows(WebhookDelivery.objects.filter(channel=channel))
    for batch in in_batches(Contact.objects.filter(channel=channel)):
        for contact in batch:
            erasing.delete_all(contact)
    delete_rows(EarlyNews.objects.filter(channel=channel))
    delete_rows(ErasedContact.objects.filter(channel=channel))
    Channel.objects.filter(pk=channel.pk).delete()


def sweep() -> None:
    """Hand Redis the deletions that it never got or that were cut off."""
    left = Channel.objects.filter(deleted_at__lt=times.now() - WAITING)
    queue.enqueue_missing(TASK, [(pk, "bulk") for pk in left.values_list("pk", flat=True)])
