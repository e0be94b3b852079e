"""What a person has confirmed for all the recordings that they upload."""

from accounts.actions import audit
from accounts.models import Event, User
from config import times


def give_consent(*, by: User, address: str = "") -> None:
    """From now on the person has the right to use every voice that they upload; the first time it is said counts."""
    now = times.now()
    if User.objects.filter(pk=by.pk, cloning_consent_at=None).update(cloning_consent_at=now):
        by.cloning_consent_at = now
        audit.record(user=by, event=Event.CONSENT_GIVEN, words="For all uploads", address=address)


def withdraw_consent(*, by: User, address: str = "") -> None:
    """From now on each upload needs a consent of its own. What was made before stays."""
    if User.objects.filter(pk=by.pk, cloning_consent_at__isnull=False).update(cloning_consent_at=None):
        by.cloning_consent_at = None
        audit.record(user=by, event=Event.CONSENT_WITHDRAWN, words="For all uploads", address=address)
