from django import template
from django.conf import settings

from jobs.audio import FORMATS
from jobs.listening import live

register = template.Library()


@register.filter
def playable_type(format_name: str) -> str:
    """The content type of sounds that browsers may play; nothing for those that no browser plays."""
    kind = FORMATS[format_name]
    return "" if kind.is_raw else kind.content_type


@register.filter
def live_type(format_name: str) -> str:
    """The content type of sounds that browsers may play while they are made; nothing for all others."""
    return playable_type(format_name) if format_name in live.FORMATS and not settings.LOUDNESS_LUFS else ""
