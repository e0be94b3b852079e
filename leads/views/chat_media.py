"""The files of messages."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from config.errors import Conflict
from config.http import PageRequest
from config.leases import Status
from config.serving import file_response
from config.telling import told
from leads.actions.whatsapp import media as actions
from leads.models import MessageMedia

NOT_YET = "This file is still being fetched from WhatsApp. Come back in a moment."


@require_safe
def message_media(request: PageRequest, user_id: str, message_id: str) -> HttpResponseBase:
    """In its place if its bytes are an image, a sound or a video that browsers know; anything else as a download."""
    media = find(request, user_id, message_id)
    if media.status != Status.COMPLETED:
        raise Conflict(NOT_YET if media.is_open else media.error)
    return file_response(
        request,
        media.path,
        content_type=media.content_type,
        filename=media.download_name,
        headers={"X-Content-Type-Options": "nosniff"},
        is_shown=media.is_shown,
    )


@require_POST
def fetch_media_again(request: PageRequest, user_id: str, message_id: str) -> HttpResponse:
    media = find(request, user_id, message_id)
    with told(request, "The file is asked for again."):
        actions.fetch_again(by=request.user, media=media)
    return redirect("chat", user_id=user_id)


def find(request: PageRequest, contact_id: str, message_id: str) -> MessageMedia:
    rows = MessageMedia.objects.owned_by(request.user).filter(message=message_id, message__contact=contact_id)
    return get_object_or_404(rows.prefetch_related("message"))
