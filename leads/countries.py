"""From which country somebody spoke, as far as a conversation's metadata tells."""

from typing import Any

import phonenumbers
from phonenumbers import NumberParseException

REGIONS = phonenumbers.SUPPORTED_REGIONS
OTHER_CODES = {"UK": "GB", "EL": "GR"}  # in use, though ISO has others
NUMBERS = ("phone", "phone_number", "from")
WHATSAPP = "from"  # there a number has its country code and no plus
DIGITS_MIN = 7


def country_of(metadata: dict[str, Any]) -> str:
    """The ISO 3166 code of two letters: told as `country`, else that of a phone number; empty when neither tells."""
    told = str(metadata.get("country") or "").strip().upper()
    told = OTHER_CODES.get(told, told)
    if told in REGIONS:
        return told
    found = (country_of_number(text_of(metadata.get(name), name)) for name in NUMBERS)
    return next(filter(None, found), "")


def text_of(value: Any, name: str) -> str:
    """The number with its plus, if it has a country code; else as it is, and then it tells no country."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    if text.startswith("00"):
        return f"+{text[2:]}"
    return f"+{text}" if name == WHATSAPP and text.isdecimal() and len(text) >= DIGITS_MIN else text


def country_of_number(text: str) -> str:
    try:
        number = phonenumbers.parse(text)
    except NumberParseException:
        return ""
    code = phonenumbers.region_code_for_number(number) or ""
    return code if code in REGIONS else ""  # a satellite's number is of no country
