"""Secrets of other services, as rows keep them: a copy of the database without the SECRET_KEY opens none."""

import base64
import functools

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import salted_hmac


class Unreadable(Exception):
    """It was sealed with another SECRET_KEY, or it was changed."""


def seal(text: str) -> str:
    """Of ASCII letters. Nothing stays nothing; the same text looks different each time."""
    return fernet(settings.SECRET_KEY).encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """What was sealed. Unreadable."""
    try:
        return fernet(settings.SECRET_KEY).decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise Unreadable from error


@functools.lru_cache(maxsize=4)
def fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac("config.sealed", "key", secret, algorithm="sha256").digest()))
