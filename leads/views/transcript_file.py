"""A conversation as a file."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from config.http import PageRequest
from leads.export_answers import download_answer
from leads.exports.transcripts import CONTENT_TYPES
from leads.models import ConversationSession


@require_safe
def download_transcript(request: PageRequest, session_id: str) -> HttpResponseBase:
    """Text to read, unless `?format=` asks for another one."""
    session = get_object_or_404(ConversationSession.objects.with_session_id(request.user, session_id))
    asked = request.GET.get("format", "")
    return download_answer(session, asked if asked in CONTENT_TYPES else "txt")
