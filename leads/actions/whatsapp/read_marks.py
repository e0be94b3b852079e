"""Read marks: somebody has opened the chat, and WhatsApp shows them so. Nothing depends on it."""

import logging

from leads.models import Contact, Message, MessageRole
from leads.whatsapp.cloud_api import CloudApi
from leads.whatsapp.failures import CloudApiFailure

logger = logging.getLogger(__name__)


def tell(*, contact: Contact) -> None:
    """Mark their last message as read at WhatsApp, and by that all before it."""
    theirs = Message.objects.filter(contact=contact, role=MessageRole.USER, meta_message_id__gt="")
    last = theirs.order_by("-created_at", "-pk").values_list("meta_message_id", flat=True).first()
    if last is None:
        return
    try:
        CloudApi(contact.channel).mark_read(last)
    except CloudApiFailure as failure:
        logger.info("The chat %s is not marked as read: %s.", contact.pk, failure.code)
