"""From when on an open page looks for news."""

from django import template

from config import times
from leads.notices.news import State

register = template.Library()


@register.simple_tag
def news_state() -> str:
    return str(State(times.now()))
