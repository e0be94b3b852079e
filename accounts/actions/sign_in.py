"""Signing in, and the sessions of the pages."""

from django.contrib.auth import authenticate
from django.contrib.sessions.backends.db import SessionStore

from accounts.actions import audit
from accounts.models import Event, User, normalise_email
from config import limits
from config.errors import Unauthorized


def sign_in(*, email: str, password: str, address: str) -> User:
    """The user of these credentials. Tries count for the e-mail and the client's address; a success takes them back."""
    email = normalise_email(email)
    limits.hit("sign_in_address", address)
    limits.hit("sign_in", email)
    user = authenticate(username=email, password=password)
    if user is None:
        # One row whether the account exists or not: the time must not tell which.
        known = User.objects.filter(email=email).first()
        audit.record(user=known, event=Event.SIGN_IN_FAILED, address=address)
        raise Unauthorized("The e-mail or the password is wrong.")
    limits.clear("sign_in", email)
    limits.give_back("sign_in_address", address)
    audit.record(user=user, event=Event.SIGNED_IN, address=address)
    return user


def clear_sessions() -> None:
    """Delete the sessions that have run out."""
    SessionStore.clear_expired()
