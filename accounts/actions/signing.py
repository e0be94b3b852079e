"""The secret with which each account knows that a call comes from here."""

from django.db.models import F

from accounts.actions import audit
from accounts.models import Event, User


def make_secret(*, by: User, address: str = "") -> str:
    """A new signing secret. Calls are signed with it from now on; of two made at once there is one."""
    held = User.objects.filter(pk=by.pk, secret_version=by.secret_version)
    if held.update(secret_version=F("secret_version") + 1):
        audit.record(user=by, event=Event.SECRET_MADE, address=address)
    by.refresh_from_db(fields=["secret_version"])
    return by.signing_secret
