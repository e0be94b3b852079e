"""Echos: characters with a voice."""

from accounts.models import User
from config.db import delete_rows
from voices.models import Echo


def delete_all(user: User) -> None:
    """Delete every echo of an account that ends."""
    delete_rows(Echo.objects.owned_by(user))
