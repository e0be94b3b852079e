from leads.actions.whatsapp import deliveries, lanes
from leads.models import Channel, Contact, Lane, LaneKind, MessageMedia, WebhookDelivery


def read_delivery(delivery_id: str) -> None:
    if delivery := WebhookDelivery.objects.filter(pk=delivery_id).first():
        deliveries.read_delivery(delivery=delivery)


def run_lane(lane_id: str) -> None:
    from leads.actions.whatsapp import answering, sending  # with clients of other services, slow to load

    doers = {LaneKind.ANSWER: answering.answer, LaneKind.SEND: sending.send}
    if lane := Lane.objects.filter(pk=lane_id).first():
        lanes.run(lane=lane, do=doers[LaneKind(lane.kind)])


def mark_read(contact_id: str) -> None:
    from leads.actions.whatsapp import read_marks

    if contact := Contact.objects.filter(pk=contact_id).select_related("channel").first():
        read_marks.tell(contact=contact)


def fetch_media(media_id: str) -> None:
    from leads.actions.whatsapp import media as actions

    if media := MessageMedia.objects.filter(pk=media_id).first():
        actions.fetch(media=media)


def delete_channel(channel_id: str) -> None:
    from leads.actions.whatsapp import channel_deletion

    if channel := Channel.objects.filter(pk=channel_id).first():
        channel_deletion.delete(channel=channel)
