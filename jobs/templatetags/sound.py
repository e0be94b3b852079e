from django import template

from jobs.audio import FORMATS

register = template.Library()


@register.filter
def playable_type(format_name: str) -> str:
    """The content type of sounds that browsers may play; nothing for those that no browser plays."""
    kind = FORMATS[format_name]
    return "" if kind.is_raw else kind.content_type
