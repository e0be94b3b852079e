"""Webhooks, and workers that deliver, for the tests: import the fixtures where they are used."""

import pytest

from accounts.models import User
from config import queue
from leads import tasks
from leads.actions import webhook_posts, webhooks
from leads.happenings import Happening
from leads.models import Webhook, WebhookPost
from tests.jobs.callbacks import later, receiver

__all__ = ["later", "receiver"]
ROUNDS_MAX = 50
URL, SECRET = "https://8.8.8.8/told?key=1", "sesame"
ALL = [each.value for each in Happening]


def make_webhook(by: User, url: str = URL, events: list[str] = ALL, secret: str = SECRET) -> Webhook:
    return webhooks.make(by=by, url=url, events=events, secret=secret)[0]


@pytest.fixture
def webhook(alice: User, receiver) -> Webhook:
    """Alice's, told of everything."""
    return make_webhook(alice, url=receiver.url)


def work() -> None:
    """What the sweeper and the network workers do, until nothing is due."""
    webhook_posts.sweep()
    for _ in range(ROUNDS_MAX):
        given = list(WebhookPost.objects.sending().order_by("pk").values_list("pk", flat=True))
        for pk in given:
            tasks.post_webhook(pk)
        if not given:
            return
    raise AssertionError("It never ends.")


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def log(webhook: Webhook) -> list[WebhookPost]:
    return list(WebhookPost.objects.filter(webhook=webhook).order_by("created_at", "pk"))


def states(webhook: Webhook) -> list[str]:
    return [post.state for post in log(webhook)]


def in_redis() -> list[str]:
    return [job_id.rpartition("-")[2] for job_id in queue.queue_of("network-upkeep").job_ids]
