"""The channels as this process knows them: who may sign a webhook, also while the database is away.

Read from the database every two seconds while it answers, so that a secret that was changed is void that soon in every
process; kept while it doesn't.
"""

import logging
import threading
import time
from dataclasses import dataclass, field

from config import breaker, sealed
from config.errors import Unavailable
from leads.models import Channel

logger = logging.getLogger(__name__)
FRESH_SECONDS = 2.0
COLUMNS = ("pk", "team_id", "phone_number_id", "sealed_app_secret", "sealed_verify_token")
AWAY = "The database is away, and this process has not seen the channels yet. Try again in a few seconds."


@dataclass(frozen=True)
class KnownChannel:
    pk: str
    team_id: str
    phone_number_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)


class Known:
    """Of this process."""

    lock = threading.Lock()
    channels: list[KnownChannel] | None = None
    read_at = float("-inf")
    unreadable = frozenset[str]()  # the channels of which the log says so already


def snapshot() -> list[KnownChannel]:
    """All channels that have a number. Unavailable when the database is away and none were read before."""
    if is_fresh():
        return Known.channels
    with Known.lock:
        if not is_fresh():
            refresh()
        return Known.channels


def is_fresh() -> bool:
    return Known.channels is not None and time.monotonic() - Known.read_at < FRESH_SECONDS


def refresh() -> None:
    found = breaker.ask(load)
    if found is not None:
        Known.channels, Known.read_at = found, time.monotonic()
    if Known.channels is None:
        raise Unavailable(AWAY)


def forget() -> None:
    """A channel has changed: this process looks again before it believes a signature."""
    Known.read_at = float("-inf")


def load() -> list[KnownChannel]:
    found, unreadable = [], set()
    for pk, team_id, number_id, secret, token in Channel.objects.connected().kept().values_list(*COLUMNS):
        try:
            found.append(KnownChannel(pk, team_id, number_id, sealed.unseal(secret), sealed.unseal(token)))
        except sealed.Unreadable:
            unreadable.add(pk)
    for pk in unreadable - Known.unreadable:
        logger.error("The secrets of channel %s can't be opened with this SECRET_KEY: its webhooks are refused.", pk)
    Known.unreadable = frozenset(unreadable)
    return found
