from django import template

from jobs import text

register = template.Library()
register.filter("as_read", text.as_read)
