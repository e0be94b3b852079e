"""By what WhatsApp knows a person: their number, or the id that it gives to those who hide theirs."""

import hashlib
import hmac
import re
from typing import Any

from django.conf import settings

from config.text import FORBIDDEN, one_line
from leads.models import PHONE_NUMBER_MAX_CHARACTERS, Channel

WRITTEN = re.compile(r"\+?[\d\s().-]+")  # as people write numbers
USER_ID = re.compile(r"([A-Z]{2})\.[A-Za-z0-9.]+")  # a country, a dot, and what WhatsApp made up


def normal(number: Any) -> str:
    """Digits alone, without a plus; ids, which are one word, stay as they are. '' for what is neither, or too long."""
    if isinstance(number, bool) or not isinstance(number, str | int):
        return ""
    text = one_line(FORBIDDEN.sub("", str(number))) if isinstance(number, str) or abs(number) < 10**20 else ""
    if WRITTEN.fullmatch(text):
        text = "".join(character for character in text if character in "0123456789")
    return text if len(text) <= PHONE_NUMBER_MAX_CHARACTERS and " " not in text else ""


def country_told(number: str) -> str:
    """The country that the id of somebody who hides their number begins with, else ''."""
    found = USER_ID.fullmatch(number)
    return found[1] if found else ""


def digest_of(channel: Channel, number: str) -> str:
    """What stays of a number that was erased: HMAC-SHA256 under the installation's key, in hex."""
    return digest_in(channel.pk, number)


def digest_in(channel_id: str, number: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{channel_id}:{normal(number)}".encode(), hashlib.sha256).hexdigest()
