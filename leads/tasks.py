from leads.actions import export_files, news_mails, report_mails, webhook_posts
from leads.actions.whatsapp import deliveries, lanes
from leads.models import (
    Channel,
    Contact,
    ExportFile,
    Lane,
    LaneKind,
    LeadImport,
    MailChoice,
    MessageMedia,
    ReportMail,
    WebhookDelivery,
    WebhookPost,
)


def read_delivery(delivery_id: str) -> None:
    if delivery := WebhookDelivery.objects.filter(pk=delivery_id).first():
        deliveries.read_delivery(delivery=delivery)


def post_webhook(post_id: str) -> None:
    if post := WebhookPost.objects.filter(pk=post_id).select_related("webhook").first():
        webhook_posts.deliver(post=post)


def run_lane(lane_id: str) -> None:
    from leads.actions.whatsapp import answering, sending  # with clients of other services, slow to load

    doers = {LaneKind.ANSWER: answering.answer, LaneKind.SEND: sending.send}
    if lane := Lane.objects.filter(pk=lane_id).first():
        lanes.run(lane=lane, do=doers[LaneKind(lane.kind)])


def import_leads(import_id: str) -> None:
    from leads.actions import lead_import_run  # with the library that tells encodings, slow to load

    if lead_import := LeadImport.objects.filter(pk=import_id).first():
        lead_import_run.run_import(lead_import=lead_import)


def mark_read(contact_id: str) -> None:
    from leads.actions.whatsapp import read_marks

    if contact := Contact.objects.filter(pk=contact_id).select_related("channel").first():
        read_marks.tell(contact=contact)


def fetch_media(media_id: str) -> None:
    from leads.actions.whatsapp import media as actions

    if media := MessageMedia.objects.filter(pk=media_id).first():
        actions.fetch(media=media)


def make_export_file(file_id: str) -> None:
    if file := ExportFile.objects.filter(pk=file_id).select_related("schedule").first():
        export_files.make(file=file)


def delete_channel(channel_id: str) -> None:
    from leads.actions.whatsapp import channel_deletion

    if channel := Channel.objects.filter(pk=channel_id).first():
        channel_deletion.delete(channel=channel)


def mail_news(choice_id: str) -> None:
    if choice := MailChoice.objects.filter(pk=choice_id).first():
        news_mails.mail_news(choice=choice)


def mail_report(report_id: str) -> None:
    if row := ReportMail.objects.filter(pk=report_id).first():
        report_mails.mail_report(row=row)
