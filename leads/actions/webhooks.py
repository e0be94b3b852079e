"""Webhooks of a team: made, changed, paused, deleted. Its administrators do that, nobody else."""

import logging
import re
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F

from accounts.actions import audit, teams
from accounts.models import Event, User
from config import addresses, sealed, times
from config.db import atomic, delete_rows
from config.errors import Conflict, NotFound, Unprocessable
from config.posts import PostState, afresh
from leads.happenings import Happening
from leads.models import TEST, WEBHOOK_SECRET_MAX_CHARACTERS, WEBHOOKS_MAX, Webhook, WebhookPost

logger = logging.getLogger(__name__)
SECRET_BYTES = 32
SECRET = re.compile(rf"[!-~]{{1,{WEBHOOK_SECRET_MAX_CHARACTERS}}}")
GONE = "This webhook was deleted in the meantime."
NO_SECRET = "Its secret can't be read any more: SECRET_KEY has changed. Make a new secret, then switch it on again."  # noqa: S105
WELL = {"failures": 0, "failing_since": None, "rests_until": None}


def make(*, by: User, url: str, events: Sequence[str], secret: str = "", address: str = "") -> tuple[Webhook, str]:
    """A webhook and its secret, which is made when none is given; it can't be read from anywhere again.

    Unprocessable, with the field, for what can't be taken; Conflict when the team has as many as it may.
    """
    teams.check_runs_team(by)
    values = checked(url=url, events=events)
    secret = check_secret(secret) if secret else made_secret()
    webhook = create(by, sealed_secret=sealed.seal(secret), **values)
    audit.record(user=by, event=Event.WEBHOOK_MADE, words=webhook.host, address=address)
    return webhook, secret


@atomic
def create(by: User, **columns: Any) -> Webhook:
    teams.lock(by.team_id)  # of two who make the last one at once one waits
    if Webhook.objects.owned_by(by).kept().count() >= WEBHOOKS_MAX:
        raise Conflict(f"Your team has {WEBHOOKS_MAX} webhooks. Delete one that you no longer use.")
    return Webhook.objects.create(team_id=by.team_id, **columns)


def made_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(SECRET_BYTES)}"


def checked(**fields: Any) -> dict[str, Any]:
    """The columns to write."""
    found: dict[str, Any] = {}
    if "url" in fields:
        url = fields["url"].strip()
        found |= {"url": url, "host": addresses.check_url(url).host}
    if "events" in fields:
        found["events"] = check_events(fields["events"])
    return found


def check_events(events: Sequence[str]) -> list[str]:
    known = [happening.value for happening in Happening]
    if not events or not set(events) <= set(known):
        raise Unprocessable(f"Choose what it is told of: {', '.join(known)}.", field="events")
    return [name for name in known if name in events]


def check_secret(secret: str) -> str:
    if not SECRET.fullmatch(secret):
        message = f"A secret is one line of up to {WEBHOOK_SECRET_MAX_CHARACTERS} letters, digits and signs, no spaces."
        raise Unprocessable(message, field="secret")
    return secret


def change(*, by: User, webhook: Webhook, url: str, events: Sequence[str], address: str = "") -> None:
    """What waits goes to the new address too."""
    teams.check_runs_team(by)
    values = checked(events=events) | (checked(url=url) if url.strip() != webhook.url else {})
    if "url" in values:
        values |= WELL
    write(webhook, **values)
    audit.record(user=by, event=Event.WEBHOOK_CHANGED, words=webhook.host, address=address)


def write(webhook: Webhook, **values: Any) -> None:
    if not Webhook.objects.kept().filter(pk=webhook.pk).update(**values):
        raise NotFound(GONE)
    for column, value in values.items():
        setattr(webhook, column, value)


def renew_secret(*, by: User, webhook: Webhook, address: str = "") -> str:
    """A new secret, which signs from now on."""
    teams.check_runs_team(by)
    secret = made_secret()
    write(webhook, sealed_secret=sealed.seal(secret))
    audit.record(user=by, event=Event.WEBHOOK_CHANGED, words=f"{webhook.host}: secret", address=address)
    return secret


def pause(*, by: User, webhook: Webhook, address: str = "") -> None:
    """It is told of nothing that happens from now on; what waits, waits until it is switched on again."""
    teams.check_runs_team(by)
    write(webhook, is_on=False, problem="", rests_until=None)
    let_rest(webhook)
    audit.record(user=by, event=Event.WEBHOOK_CHANGED, words=f"{webhook.host}: paused", address=address)


def switch_off(webhook: Webhook, problem: str) -> None:
    """By itself, for a reason that the page says."""
    if Webhook.objects.filter(pk=webhook.pk, is_on=True).update(is_on=False, problem=problem, rests_until=None):
        let_rest(webhook)
        logger.warning("The webhook %s to %s is switched off: %s", webhook.pk, webhook.host, problem)


def let_rest(webhook: Webhook) -> None:
    """What waits, waits until it is switched on again; a test does not."""
    rows = WebhookPost.objects.filter(webhook=webhook, state=PostState.DUE)
    rows.exclude(event=TEST).update(state=PostState.RESTING)


def wake(webhook: Webhook) -> None:
    resting = WebhookPost.objects.filter(webhook=webhook, state=PostState.RESTING)
    resting.update(**afresh(PostState.DUE) | {"due_at": F("created_at")})


def resume(*, by: User, webhook: Webhook, address: str = "") -> None:
    """What waits goes out first, in the order in which it happened."""
    teams.check_runs_team(by)
    write(webhook, is_on=True, problem="", **WELL)
    wake(webhook)
    audit.record(user=by, event=Event.WEBHOOK_CHANGED, words=f"{webhook.host}: switched on", address=address)


def delete(*, by: User, webhook: Webhook, address: str = "") -> None:
    """It goes at once, its secret and address too; the sweeper deletes its log."""
    teams.check_runs_team(by)
    host = webhook.host
    write(webhook, **forgotten())
    audit.record(user=by, event=Event.WEBHOOK_DELETED, words=host, address=address)


def forgotten() -> dict[str, Any]:
    return {"is_on": False, "url": "", "host": "", "sealed_secret": "", "deleted_at": times.now()}


def delete_gone() -> None:
    """The logs of webhooks that were deleted, then their rows."""
    for webhook in Webhook.objects.exclude(deleted_at=None):
        delete_rows(WebhookPost.objects.filter(webhook=webhook))
        webhook.delete()


def shut(user: User) -> None:
    """Their account is closed. With nobody left in the team, nothing is told from now on."""
    if not User.objects.in_team_of(user).exists():
        Webhook.objects.kept().filter(team=user.team_id).update(**forgotten())


def wanting(team_id: str, happening: str) -> Iterable[Webhook]:
    """The team's webhooks that are told of this."""
    rows = Webhook.objects.kept().filter(team=team_id, is_on=True)
    return [webhook for webhook in rows if happening in webhook.events]
