"""What becomes of messages that were sent: never backwards, in whatever order WhatsApp tells."""

import logging

from django.db import IntegrityError
from django.db.models import Q

from leads.actions.whatsapp import lanes
from leads.models import LaneKind, Message, MessageRole, MessageStatus
from leads.whatsapp.payload import StatusNews

logger = logging.getLogger(__name__)
RANKS = ["", *map(str, (MessageStatus.RECEIVED, MessageStatus.SENT, MessageStatus.FAILED))] + [
    str(MessageStatus.DELIVERED),
    str(MessageStatus.READ),
]


def take_status(*, message: Message, news: StatusNews) -> bool:
    """Write it down if it is further than what is known, or as far and later. Whether it is.

    Only of messages that were sent. It also tells WhatsApp's id of one whose sending was never answered.
    """
    if message.role != MessageRole.ASSISTANT:
        return False
    if not message.meta_message_id:
        learn_id(message, news.meta_id)
    as_far = Q(status=news.status)
    is_later = Q(status_at=None) | Q(status_at__lt=news.at) | Q(status_at=news.at, error_code__lt=news.error_code)
    further = Q(status__in=RANKS[: RANKS.index(news.status)])
    rows = Message.objects.filter(further | (as_far & is_later), pk=message.pk)
    changes = {"status": news.status, "status_at": news.at, "error": news.error, "error_code": news.error_code}
    return rows.update(**changes) == 1


def learn_id(message: Message, meta_id: str) -> None:
    try:
        Message.objects.filter(pk=message.pk, meta_message_id="").update(meta_message_id=meta_id)
    except IntegrityError:
        logger.warning("Message %s has an id of WhatsApp's that another one has.", message.pk)
    else:
        message.meta_message_id = meta_id
        lanes.settle(message, LaneKind.SEND)
