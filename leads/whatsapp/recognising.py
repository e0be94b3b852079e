"""What a message tells of its writer, by fixed rules: e-mail, phone, name and company. A suggestion, never a fact."""

import re
from collections.abc import Iterator

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from leads.countries import country_of_number

LOOKED_AT_CHARACTERS = 4_096
EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,189}\.[^\W\d_]{2,24}")
ACCEPTED_END = ".-"  # of a word that is no part of an e-mail's host

UPPER = r"[^\W\d_a-zß-öø-ÿ]"  # the first letter of a name
WORD = rf"{UPPER}[\w'’-]*+"  # gives nothing back: else a long word is tried at each of its letters
PARTICLE = r"(?:van|von|de|da|del|der|den|di|la|le|du|bin|al|el|y)"
NAME = rf"{WORD}(?: {PARTICLE}){{0,2}}(?: {WORD}){{0,3}}"
FULL_NAME = rf"{WORD}(?: {PARTICLE}){{0,2}}(?: {WORD}){{1,3}}"
BUSINESS = rf"{WORD}(?: (?:&|and|of|{WORD})){{0,4}}"
LEGAL = r"(?:GmbH|AG|KG|UG|Ltd|Limited|LLC|LLP|Inc|Corp|PLC|plc|SARL|SAS|SA|SL|SpA|Srl|BV|NV|AB|AS|ApS|Oy|Pty)"

I_AM = r"\b(?:i am|i['’]m|this is)"
WE_ARE = r"\b(?:we are|we['’]re)"
OUR_COMPANY = r"\b(?:my|our|the) (?:company|firm|business|employer)(?:['’]s name)?(?: is(?: called)?|:)|\bcompany:"
MY_NAME = r"\b(?:my|the) name(?: is|['’]s|:)|\b(?:full )?name:|\bi(?:['’]m| am) called|\bcall me"
MY_NAME_ELSEWHERE = (
    r"\b(?:mein name ist|ich hei(?:ß|ss)e|me llamo|mi nombre es|je m['’]appelle|mi chiamo|meu nome é|mijn naam is)"
)
NAMES = tuple(  # surest first; after weak words only what looks like a whole name
    re.compile(rule)
    for rule in (
        rf"(?i:{MY_NAME}) *({NAME})",
        rf"(?i:{MY_NAME_ELSEWHERE}) +({NAME})",
        rf"(?i:{I_AM}|\b(?:here is|ich bin|je suis|soy|sono)) +({FULL_NAME})",
        rf"(?i:{I_AM}) +({WORD})(?= (?:from|of|at|with) {UPPER})",
    )
)
COMPANIES = tuple(
    re.compile(rule)
    for rule in (
        rf"(?i:{OUR_COMPANY}) *({BUSINESS})",
        rf"\b({WORD}(?: (?:&|and|{WORD})){{0,3}} {LEGAL}\b)",
        rf"(?i:\b(?:i|we) (?:work|are working|am working) (?:at|for)|\bon behalf of) +({BUSINESS})",
        rf"(?i:{I_AM}) +{NAME} +(?:from|with|of|at) +({BUSINESS})",
        rf"(?i:{WE_ARE} (?:from|with|at)) +({BUSINESS})",
    )
)
NO_NAMES = frozenset(
    ("interested", "sorry", "looking", "fine", "good", "not", "here", "happy", "glad", "very", "so", "just", "the")
)
NO_COMPANIES = frozenset(("the", "home", "here", "there", "work", "a", "an"))


def recognise(text: str, *, phone_number: str = "") -> dict[str, str]:
    """Of `email`, `phone`, `name` and `company` those that the text has; `phone_number` says the writer's country."""
    text = text[:LOOKED_AT_CHARACTERS]
    found = {
        "email": next(emails(text), ""),
        "phone": next(phones(text, phone_number), ""),
        "name": said(text, NAMES, NO_NAMES),
        "company": said(text, COMPANIES, NO_COMPANIES),
    }
    return {field: value for field, value in found.items() if value}


def emails(text: str) -> Iterator[str]:
    for match in EMAIL.finditer(text):
        address = match[0].rstrip(ACCEPTED_END).lower()
        try:
            validate_email(address)
        except ValidationError:
            continue
        yield address


def phones(text: str, phone_number: str) -> Iterator[str]:
    """As +4915112345678. Without a country code they are read as the writer's own country writes them."""
    region = country_of_number(f"+{phone_number}") or None
    without_mails = EMAIL.sub(" ", text)
    for match in phonenumbers.PhoneNumberMatcher(without_mails, region):
        number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        if number != f"+{phone_number}":
            yield number


def said(text: str, rules: tuple[re.Pattern[str], ...], refused: frozenset[str]) -> str:
    """What the first rule finds whose finding begins with no everyday word."""
    found = (match[1].strip() for rule in rules for match in rule.finditer(text))
    return next((words for words in found if words.split()[0].lower() not in refused), "")
