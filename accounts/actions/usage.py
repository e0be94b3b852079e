"""What accounts use, counted by day."""

import datetime as dt
import logging

from django.db import IntegrityError
from django.db.models import F

from accounts.models import UsageDay, User
from config import times
from config.db import STORE_ERRORS, again

logger = logging.getLogger(__name__)


def count(user: User, **amounts: float) -> None:
    """Add to today's figures of an account: `uploads`, `upload_bytes`, `jobs`, `speech_seconds`, `billed_bytes`,
    `key_calls`.

    Outside a transaction: two who count the first of a day at once both go in. What can't be counted is lost: nobody's
    work fails for a figure.
    """
    try:
        add(user, times.now().date(), amounts)
    except STORE_ERRORS as error:
        logger.warning("Not counted for %s: %s (%s)", user.pk, amounts, error)


@again
def add(user: User, day: dt.date, amounts: dict[str, float]) -> None:
    rows = UsageDay.objects.filter(user=user, day=day)
    more = {name: F(name) + amount for name, amount in amounts.items()}
    if rows.update(**more):
        return
    try:
        UsageDay.objects.create(user=user, day=day, **amounts)
    except IntegrityError:
        rows.update(**more)
