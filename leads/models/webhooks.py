"""Webhooks: addresses of a team that are told what happens on its desk, and what each is told."""

import datetime as dt
from typing import ClassVar, Self

from django.db import models

from accounts.models import Team
from config import sealed, times
from config.addresses import HOST_MAX_CHARACTERS, URL_MAX_CHARACTERS
from config.posts import Post, PostQuerySet, PostState
from leads.happenings import Happening
from leads.models.teams import DeskQuerySet

WEBHOOKS_MAX = 20  # of a team: each change of its leads writes a row for each of them
WEBHOOK_SECRET_MAX_CHARACTERS = 200
TEST = "webhook.test"  # the event of a delivery that somebody has asked for to see whether it works
SOON, NEVER = dt.timedelta(seconds=15), dt.datetime.max.replace(tzinfo=dt.UTC)
WEBHOOK_PAUSES = (
    *(dt.timedelta(seconds=10), dt.timedelta(minutes=1), dt.timedelta(minutes=5), dt.timedelta(minutes=30)),
    *(dt.timedelta(hours=2), dt.timedelta(hours=6), dt.timedelta(hours=12)),
)


class WebhookState(models.TextChoices):
    """How a webhook stands, as people say it."""

    SWITCHED_OFF = "switched-off", "switched off"
    PAUSED = "paused", "paused"
    FAILING = "failing", "failing"
    UNUSED = "unused", "nothing delivered yet"
    WORKING = "working", "working"


class WebhookQuerySet(DeskQuerySet):
    def kept(self) -> Self:
        """Those that are not being deleted."""
        return self.filter(deleted_at=None)

    def resting(self) -> Self:
        """Those whose receiver has just failed, and is given time."""
        return self.filter(rests_until__gt=times.now())


class Webhook(models.Model):
    """An address that is told of some of the happenings on a team's desk."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=URL_MAX_CHARACTERS)
    host = models.CharField(max_length=HOST_MAX_CHARACTERS, help_text="Of the address")
    events = models.JSONField(default=list, help_text="The happenings that it is told of")
    sealed_secret = models.TextField(editable=False)
    is_on = models.BooleanField(default=True, help_text="It is told what happens")
    problem = models.CharField(max_length=500, blank=True, help_text="Why it was switched off, in a sentence")
    failures = models.PositiveIntegerField(default=0, help_text="Tries since the last that went well")
    failing_since = models.DateTimeField(null=True, blank=True, help_text="The first of those tries")
    rests_until = models.DateTimeField(null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(null=True, blank=True, help_text="When it last took a delivery")
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Its log is being deleted")
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        db_table = "webhooks"
        indexes = [models.Index(fields=["rests_until"], name="webhooks_resting")]

    def __str__(self) -> str:
        return self.host

    @property
    def secret(self) -> str:
        """Unreadable when SECRET_KEY has changed since."""
        return sealed.unseal(self.sealed_secret)

    @property
    def is_resting(self) -> bool:
        return self.rests_until is not None and self.rests_until > times.now()

    @property
    def event_words(self) -> str:
        return ", ".join(self.events)

    @property
    def state(self) -> WebhookState:
        reasons = (
            (self.problem, WebhookState.SWITCHED_OFF),
            (not self.is_on, WebhookState.PAUSED),
            (self.failures, WebhookState.FAILING),
            (not self.delivered_at, WebhookState.UNUSED),
        )
        return next((state for is_so, state in reasons if is_so), WebhookState.WORKING)


class WebhookPostQuerySet(DeskQuerySet, PostQuerySet):
    def in_log(self) -> Self:
        """As a list shows them, without what was told."""
        return self.defer("body")


class WebhookPost(Post):
    """What one webhook is told of one happening. Its id is the delivery's."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="posts", db_index=False)
    event = models.CharField(max_length=30, choices=[*((each.value, each.value) for each in Happening), (TEST, TEST)])
    about = models.CharField(max_length=24, blank=True, db_index=True, help_text="The lead, conversation or job")
    body = models.TextField(help_text="JSON, made when it happened")
    is_asked_for = models.BooleanField(default=False, help_text="By somebody who waits: it goes before the others")

    objects = WebhookPostQuerySet.as_manager()
    task: ClassVar[str] = "leads.tasks.post_webhook"
    lane: ClassVar[str] = "webhook"

    class Meta:
        db_table = "webhook_posts"
        indexes = [
            models.Index(fields=["state", "due_at"], name="webhook_posts_due"),
            models.Index(fields=["webhook", "state", "is_asked_for", "due_at"], name="webhook_posts_in_turn"),
            models.Index(fields=["webhook", "-created_at", "-id"], name="webhook_posts_newest"),
            models.Index(fields=["created_at"], name="webhook_posts_oldest"),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"

    @property
    def pauses(self) -> tuple[dt.timedelta, ...]:
        """Of a test there is one try: somebody looks at it, and can ask for another."""
        return () if self.event == TEST else WEBHOOK_PAUSES

    @property
    def next_try_at(self) -> dt.datetime | None:
        """Not before: it is the turn of others first."""
        return max(filter(None, (self.due_at, self.webhook.rests_until))) if self.state == PostState.DUE else None

    @property
    def is_under_way(self) -> bool:
        """Whether it may have ended when one looks again in a moment."""
        return self.state == PostState.SENDING or (self.next_try_at or NEVER) < times.now() + SOON

    @property
    def can_be_sent_again(self) -> bool:
        """Whether that says more than what is going on already."""
        return self.state in (PostState.DELIVERED, PostState.FAILED) or self.will_be_tried

    @property
    def will_be_tried(self) -> bool:
        return self.state == PostState.DUE and self.tries > 0
