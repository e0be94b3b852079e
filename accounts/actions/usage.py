"""What accounts use, counted by day."""

from django.db import IntegrityError
from django.db.models import F

from accounts.models import UsageDay, User
from config import times


def count(user: User, **amounts: float) -> None:
    """Add to today's figures of an account: `uploads`, `upload_bytes`, `jobs`, `speech_seconds`, `key_calls`.

    Outside a transaction: two who count the first of a day at once both go in.
    """
    today = UsageDay.objects.filter(user=user, day=times.now().date())
    more = {name: F(name) + amount for name, amount in amounts.items()}
    if today.update(**more):
        return
    try:
        UsageDay.objects.create(user=user, day=times.now().date(), **amounts)
    except IntegrityError:
        today.update(**more)
