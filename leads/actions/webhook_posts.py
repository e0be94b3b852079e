"""What webhooks are told: written when it happens, delivered by workers, kept as a log.

They are posts (config/posts.py), of each webhook one at a time and in order of time, as far as what is tried again
allows. After a try that failed the whole webhook rests, longer each time, so that no dead receiver keeps a worker busy.
"""

import datetime as dt
from collections.abc import Sequence

from django.db.models import F

from accounts.actions import teams
from accounts.models import User
from config import posts, sealed, times
from config.db import BATCH_ROWS, batches, delete_rows
from config.errors import Conflict
from config.ids import new_id
from config.leases import Status
from config.posts import PostState, afresh
from jobs.models import Job
from leads import webhook_bodies
from leads.actions import webhooks
from leads.happenings import Happening, News, tell
from leads.models import TEST, WEBHOOK_PAUSES, Webhook, WebhookPost

SECONDS = posts.SECONDS
REST, REST_MAX = dt.timedelta(seconds=10), dt.timedelta(minutes=15)  # after one failure, and after many
DAYS_FAILING = 3  # after which a webhook is switched off, if as many tries failed as one delivery has
OUTAGE_FAILURES = 3  # one after the other: not a delivery, the receiver is to blame
KEPT_DELIVERED, KEPT = dt.timedelta(days=7), dt.timedelta(days=30)  # in the log
NOT_WANTED = 410  # Gone, by which a receiver says that it wants nothing any more
WAITING_TESTS_MAX = 5
UNDER_WAY = "This delivery is on its way just now."
OFF = "This webhook is switched off. Switch it on, then send the delivery again."
GONE = "The receiver answered 410 Gone: it wants no more deliveries. Switch the webhook on again if it does."
FAILING = "Nothing could be delivered for {days} days. The last try: {error}"
ENDS = {Status.COMPLETED: Happening.JOB_COMPLETED, Status.FAILED: Happening.JOB_FAILED}


# Written when it happens


def job_ended(job: Job) -> None:
    """Tell the team of whoever started it."""
    if happening := ENDS.get(Status(job.status)):
        tell(News(happening, job.user.team_id, job))


def note(news: News) -> None:
    """A row for each webhook that is told of this, in the transaction of the change; the sweeper hands them out."""
    for webhook in webhooks.wanting(news.team_id, news.happening):
        post = blank(webhook, news.happening)
        post.about = news.row.pk
        post.body = webhook_bodies.of_news(news, post.pk, post.created_at)
        post.save(force_insert=True)


def blank(webhook: Webhook, event: str) -> WebhookPost:
    now = times.now()
    return WebhookPost(pk=new_id(), team_id=webhook.team_id, webhook=webhook, event=event, created_at=now, due_at=now)


# Asked for by hand


def send_test(*, by: User, webhook: Webhook) -> WebhookPost:
    """A delivery that says nothing, to see whether it arrives; a webhook that is switched off takes it too."""
    teams.check_runs_team(by)
    waiting = WebhookPost.objects.filter(webhook=webhook, event=TEST, state__in=[PostState.DUE, PostState.SENDING])
    if waiting.count() >= WAITING_TESTS_MAX:
        raise Conflict(f"{WAITING_TESTS_MAX} tests are on their way already. Look at the log below.")
    post = blank(webhook, TEST)
    post.body, post.is_asked_for = webhook_bodies.of_test(post.pk, post.created_at, by.pk), True
    post.save(force_insert=True)
    hand_out(webhook.pk)
    return post


def send_again(*, by: User, post: WebhookPost) -> None:
    """At once, whatever came of it so far; with the body and the id that it had."""
    teams.check_runs_team(by)
    if post.state == PostState.SENDING:
        raise Conflict(UNDER_WAY)
    if not post.webhook.is_on and post.event != TEST:
        raise Conflict(OFF)
    held = {"state": post.state, "tries": post.tries, "due_at": post.due_at}
    if not post.change(held, is_asked_for=True, **afresh(PostState.DUE, due_at=times.now())):
        raise Conflict(UNDER_WAY)
    hand_out(post.webhook_id)


# Given to a worker


def hand_out(webhook_id: str) -> None:
    """Give a worker what somebody waits for, else the oldest that is due, unless the webhook rests."""
    lane = WebhookPost.objects.filter(webhook=webhook_id)
    asked_for = lane.filter(is_asked_for=True)
    if asked_for.due().exists():
        posts.hand_out(lane, of=asked_for)
    elif not Webhook.objects.resting().filter(pk=webhook_id).exists():
        posts.hand_out(lane, of=lane.filter(is_asked_for=False))


def sweep() -> None:
    """Hand Redis what it has lost, and hand out what is due, a delivery of each webhook that does not rest."""
    posts.sweep(WebhookPost, hand_out, resting=Webhook.objects.resting().values_list("pk", flat=True))


# Delivered


def deliver(*, post: WebhookPost) -> None:
    """One try, unless somebody else makes it; then it is the turn of the webhook's next one."""
    webhook = post.webhook
    if webhook.deleted_at:
        WebhookPost.objects.filter(pk=post.pk).delete()
    elif not webhook.is_on and post.event != TEST:
        put_to_rest(webhook, post)
    elif posts.begin(post):
        settle(webhook, post, *attempt(webhook, post))
    hand_out(webhook.pk)


def put_to_rest(webhook: Webhook, post: WebhookPost) -> None:
    """Until the webhook is switched on, which somebody may have done since it was read."""
    post.change(post.held, state=PostState.RESTING)
    if Webhook.objects.filter(pk=webhook.pk, is_on=True).exists():
        webhooks.wake(webhook)


def attempt(webhook: Webhook, post: WebhookPost) -> tuple[int | None, str]:
    """The status of the answer, if there was one, and what went wrong, if anything did."""
    post.change(post.held, is_asked_for=False)  # nobody waits for its next tries
    try:
        secret = webhook.secret
    except sealed.Unreadable:
        webhooks.switch_off(webhook, webhooks.NO_SECRET)
        return None, webhooks.NO_SECRET
    told = {"event": post.event, "delivery_id": post.pk, "secret": secret}
    return posts.attempt(webhook.url, post.body.encode(), host=webhook.host, **told, seconds=SECONDS)


def settle(webhook: Webhook, post: WebhookPost, answer: int | None, error: str) -> None:
    """Write what came of a try, unless the delivery is somebody else's by now, and what it says of the webhook."""
    if not posts.settle(post, answer, error, is_last=answer == NOT_WANTED):
        return
    if not error:
        note_success(webhook)
    elif post.event != TEST:
        note_failure(webhook, answer, error)


def note_success(webhook: Webhook) -> None:
    """After an outage, what would be tried again in hours is due at once, in its order."""
    Webhook.objects.filter(pk=webhook.pk).update(delivered_at=times.now(), **webhooks.WELL)
    if webhook.failures >= OUTAGE_FAILURES:
        later = WebhookPost.objects.filter(webhook=webhook, state=PostState.DUE, due_at__gt=times.now())
        later.update(due_at=F("created_at"))


def note_failure(webhook: Webhook, answer: int | None, error: str) -> None:
    """Give the receiver time, or switch the webhook off; unless somebody has mended the webhook during this try."""
    now, failures = times.now(), webhook.failures + 1
    since = webhook.failing_since or now
    rest = min(REST * 2 ** min(webhook.failures, 10), REST_MAX)
    as_it_was = Webhook.objects.filter(pk=webhook.pk, url=webhook.url, failures=webhook.failures)
    if not as_it_was.update(failures=failures, failing_since=since, rests_until=now + rest):
        return
    if answer == NOT_WANTED:
        webhooks.switch_off(webhook, GONE)
    elif failures > len(WEBHOOK_PAUSES) and now - since >= dt.timedelta(days=DAYS_FAILING):
        webhooks.switch_off(webhook, FAILING.format(days=DAYS_FAILING, error=error))


def forget(ids: Sequence[str]) -> None:
    """Delete what was told of these leads or conversations, or is to be."""
    for batch in batches(ids, BATCH_ROWS):
        delete_rows(WebhookPost.objects.filter(about__in=batch))


def purge() -> None:
    """Delete what is old, delivered or not."""
    now = times.now()
    delivered = WebhookPost.objects.filter(state=PostState.DELIVERED, created_at__lt=now - KEPT_DELIVERED)
    for rows in (delivered, WebhookPost.objects.filter(created_at__lt=now - KEPT)):
        delete_rows(rows)
