"""Where the rows behind a figure are."""

from django.urls import reverse
from django.utils.http import urlencode

from leads.models import FIELD_MAX_CHARACTERS


def address(page: str, asked: dict[str, str], **more: str) -> str:
    """Of a list, filtered so that it shows the rows behind a number."""
    wanted = {name: value for name, value in {**asked, **more}.items() if value}
    return f"{reverse(page)}{'?' if wanted else ''}{urlencode(wanted)}"


def named(page: str, asked: dict[str, str], field: str, name: str) -> str:
    """Of the rows with that text; '' for one that no filter takes as it is."""
    fits = len(name) <= FIELD_MAX_CHARACTERS and name == name.strip()
    return address(page, asked, **{field: name}) if fits else ""
