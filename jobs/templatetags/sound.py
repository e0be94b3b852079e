from typing import NamedTuple

from django import template
from django.conf import settings

from config.templatetags.show import clock
from jobs.audio import FORMATS
from jobs.listening import live
from jobs.models import Job

register = template.Library()
SENTENCES_MAX = 5_000  # on a page, which takes a browser a second; a text of so many is hardly prose


@register.filter
def playable_type(format_name: str) -> str:
    """The content type of sounds that browsers may play; nothing for those that no browser plays."""
    kind = FORMATS[format_name]
    return "" if kind.is_raw else kind.content_type


@register.filter
def live_type(format_name: str) -> str:
    """The content type of sounds that browsers may play while they are made; nothing for all others."""
    return playable_type(format_name) if format_name in live.FORMATS and not settings.LOUDNESS_LUFS else ""


class Heard(NamedTuple):
    """A sentence, the second in which it starts, and how a player shows that."""

    seconds: float
    start: str
    text: str


@register.filter
def heard_sentences(job: Job) -> list[Heard]:
    """What a page lets hear sentence by sentence; nothing where no browser plays the sound, or it has gone."""
    if not (job.is_ready and playable_type(job.format)) or len(job.sentences) > SENTENCES_MAX:
        return []
    return [Heard(start / 1000, clock(start / 1000), text) for start, _, text in job.sentences]
