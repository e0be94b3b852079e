"""By what two leads may be recognised as one person: rules that always give the same, and no guesses.

The keys are digests. Leads with an equal key look alike in its kind.
"""

import hashlib
import re
import unicodedata

from leads.models import Likeness

PHONE_DIGITS = range(7, 21)
NATIONAL_DIGITS = 9  # the last ones: +49 170 1234567 and 0170 1234567 are one number
KEY_CHARACTERS = 32
WORD = re.compile(r"[^\W_]+")
LEGAL_FORMS = frozenset(
    WORD.findall(
        "ab ag aps as asa bv bvba co company corp corporation cv eg ek eurl gbr gmbh group gruppe gruppo holding inc "
        "incorporated kft kg kgaa limited limitada llc llp lp ltd ltda mbh nv ohg oy plc pte pty ug sa sarl sas sasu "
        "sb scs se sl slu snc societe spa sprl srl sro the und and et y"
    )
)
UNSAID = frozenset(("not said", "unknown", "unbekannt", "none", "na", "privat", "private", "test"))
FREE_MAIL = frozenset(
    WORD.findall(
        "aol comcast fastmail free freenet gmail gmx googlemail hey hotmail icloud laposte libero live mac mail "
        "mailbox me msn online orange outlook pm posteo proton protonmail qq rocketmail sfr tutanota wanadoo web yahoo "
        "yandex ymail zoho"
    )
) | {"t-online"}
ROLES = frozenset(
    WORD.findall(
        "admin anfrage bestellung buchhaltung contact contacto contato einkauf empfang hallo hello help hola info "
        "kontakt mail marketing office post sales service support team vertrieb ventas verkauf webmaster"
    )
)
SECOND_LEVEL = frozenset(WORD.findall("ac co com edu gov gob net or org"))


def keys_of(*, name: str, email: str, company: str, phone: str) -> dict[Likeness, str]:
    """What a lead can be recognised by; a kind that it says nothing of is not there."""
    told = {
        Likeness.PHONE: phone_of(phone),
        Likeness.NAME: person_of(name, company),
        Likeness.EMAIL: mailbox_of(email),
    }
    return {kind: digest(kind, text) for kind, text in told.items() if text}


def digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()[:KEY_CHARACTERS]


def phone_of(phone: str) -> str:
    """Its last digits; "" for what is too short or too long for a number, or one digit again and again."""
    digits = "".join(str(unicodedata.digit(letter)) for letter in phone if letter.isdecimal())
    if len(digits) not in PHONE_DIGITS or len(set(digits)) < 3:
        return ""
    return digits[-NATIONAL_DIGITS:]


def person_of(name: str, company: str) -> str:
    """Name and company without accents, order and legal forms; "" without both."""
    of_name = words(name)
    of_company = [word for word in words(company) if word not in LEGAL_FORMS]
    if len(of_name) < 2 or not of_company or " ".join(words(company)) in UNSAID:
        return ""
    return f"{' '.join(sorted(of_name))}|{''.join(of_company)}"


def words(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return WORD.findall(plain)


def mailbox_of(email: str) -> str:
    """The part before the @ at the name of the company's domain, whatever it ends in; of free mail at all of it.

    "" for what many people of a company read.
    """
    local, _, domain = email.casefold().rpartition("@")
    local = local.partition("+")[0]
    if not local or not domain or local in ROLES:
        return ""
    name = site_of(domain)
    if name not in FREE_MAIL:
        return f"{local}@{name}"
    return f"{local.replace('.', '') if name in ('gmail', 'googlemail') else local}@{domain}"


def site_of(domain: str) -> str:
    """The company's part of a domain: acme of mail.acme.co.uk."""
    labels = domain.split(".")[:-1]
    if len(labels) > 1 and labels[-1] in SECOND_LEVEL:
        labels.pop()
    return labels[-1] if labels else domain
