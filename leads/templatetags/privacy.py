"""What pages say of how long texts are kept."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def kept_days() -> int | None:
    """None: for ever."""
    return settings.TRANSCRIPT_RETENTION_DAYS
