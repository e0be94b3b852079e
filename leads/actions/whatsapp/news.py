"""What WhatsApp says of messages: statuses, edits, deletions. It may come before the message itself.

Then it waits as a row. Whoever keeps it looks once more whether the message is here now, and whoever inserts a message
looks afterwards what waits for it: at least one of them sees the other.
"""

import datetime as dt
import hashlib
import json
import logging

from django.db import IntegrityError

from config import times
from config.db import delete_rows, in_batches
from config.ids import OBJECT_ID
from leads.actions.whatsapp import message_rows, people, statuses
from leads.models import Channel, EarlyNews, Message, MessageRole
from leads.whatsapp import payload
from leads.whatsapp.payload import Deletion, Edit, News, StatusNews

logger = logging.getLogger(__name__)
KEPT = dt.timedelta(days=30)
UNANSWERED = {"meta_message_id": "", "role": MessageRole.ASSISTANT}  # sent, and WhatsApp's id of it never learnt


def take(channel: Channel, news: News) -> None:
    """Do it, or keep it until its message is here. What is said of another channel's message is dropped."""
    message = find(channel, news)
    if message is None:
        keep(channel, news)
        look_again(channel, news)
    elif message.contact.channel_id == channel.pk and news.meta_id not in message.former_ids:
        do(message, news)  # else of a try that failed: the message was sent again since


def look_again(channel: Channel, news: News) -> None:
    """Its message may have come while the news was kept."""
    message = find(channel, news)
    if message and message.contact.channel_id == channel.pk:
        catch_up(message)
    elif message:
        drop(channel, news.meta_id)


def find(channel: Channel, news: News) -> Message | None:
    """Its message, of whichever channel: one look says both whether it is here and whose it is.

    A status may also go by the row that was sent, from this channel.
    """
    rows = Message.objects.select_related("contact")
    found = rows.filter(meta_message_id=news.meta_id).first()
    if found is None and isinstance(news, StatusNews) and OBJECT_ID.fullmatch(news.row_id):
        found = rows.filter(pk=news.row_id, contact__channel=channel, **UNANSWERED).first()
    return found


def do(message: Message, news: News) -> None:
    match news:
        case StatusNews():
            statuses.take_status(message=message, news=news)
        case Edit() if message.role == MessageRole.USER:
            message_rows.change_content(message, news.content, news.at)
        case Deletion():
            message_rows.erase_content(message, news.at)


def keep(channel: Channel, news: News) -> None:
    """Under an id that the same news always has: sent again, they are one row."""
    kept = payload.as_json(news)
    pk = hashlib.sha256(json.dumps([channel.pk, kept], sort_keys=True).encode()).hexdigest()[:24]
    if EarlyNews.objects.filter(pk=pk).exists():
        return
    fields = {"team_id": channel.team_id, "channel": channel, "meta_message_id": news.meta_id}
    try:
        EarlyNews.objects.create(pk=pk, **fields, news=kept)
    except IntegrityError:
        logger.debug("News of a message came again.")
    if not people.is_kept(channel):  # whoever deletes it may be past this row
        EarlyNews.objects.filter(pk=pk).delete()


def waiting(channel_id: str, meta_message_id: str) -> list[News]:
    rows = EarlyNews.objects.filter(channel=channel_id, meta_message_id=meta_message_id)
    return [payload.from_json(row.news) for row in rows]


def catch_up(message: Message) -> None:
    """Do what has waited for a message."""
    channel_id = message.contact.channel_id
    rows = EarlyNews.objects.filter(channel=channel_id, meta_message_id=message.meta_message_id)
    for row in rows if message.meta_message_id else ():
        do(message, payload.from_json(row.news))
        EarlyNews.objects.filter(pk=row.pk).delete()


def drop(channel: Channel, meta_message_id: str) -> None:
    """Its message is not kept."""
    EarlyNews.objects.filter(channel=channel, meta_message_id=meta_message_id).delete()


def sweep() -> None:
    """Do what a crash has left waiting though its message is here, and forget what nobody has come for."""
    delete_rows(EarlyNews.objects.filter(created_at__lt=times.now() - KEPT))
    for rows in in_batches(EarlyNews.objects.all()):
        ids = {row.meta_message_id for row in rows}
        for message in Message.objects.filter(meta_message_id__in=ids).select_related("contact"):
            catch_up(message)
