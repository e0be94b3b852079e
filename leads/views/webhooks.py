"""The webhooks of the team. All members see them and their deliveries; administrators make, change and delete them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.actions import teams
from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest, client_address
from config.paging import page
from config.telling import told
from leads.actions import webhook_posts
from leads.actions import webhooks as actions
from leads.forms.webhooks import NewWebhookForm, WebhookForm
from leads.models import Webhook, WebhookPost


@require_safe
def webhooks(request: PageRequest) -> HttpResponse:
    rows = Webhook.objects.owned_by(request.user).kept().order_by("created_at", "pk")
    return render(request, "leads/webhooks.html", {"webhooks": list(rows)})


@require_http_methods(["GET", "HEAD", "POST"])
def new_webhook(request: PageRequest) -> HttpResponse:
    """The secret is in this answer alone: nothing shows it on a page after it."""
    teams.check_runs_team(request.user)
    form = NewWebhookForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            made, secret = actions.make(by=request.user, address=client_address(request), **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            return show(request, made, secret=secret)
    return render(request, "leads/new_webhook.html", {"form": form})


@vary_on_headers("HX-Request")
@require_safe
def webhook(request: PageRequest, webhook_id: str) -> HttpResponse:
    found = find(request, webhook_id)
    if request.htmx:
        part = "rows" if request.GET.get("cursor") else "newest"
        return render(request, f"leads/webhook.html#{part}", log(request, found) | {"webhook": found})
    return show(request, found)


def show(request: PageRequest, webhook: Webhook, *, secret: str = "") -> HttpResponse:
    return render(request, "leads/webhook.html", {"webhook": webhook, "secret": secret, **log(request, webhook)})


def log(request: PageRequest, webhook: Webhook) -> dict[str, Any]:
    """A page of its deliveries; the newest are looked at again while one of them is under way."""
    rows = WebhookPost.objects.filter(webhook=webhook).in_log()
    found = page(rows, cursor=request.GET.get("cursor"))
    is_first = not request.GET.get("cursor")
    for post in found.items:
        post.webhook = webhook  # which says when the next tries are
    return {
        "posts": found.items,
        "next": found.next,
        "is_first": is_first,
        "is_moving": is_first and any(post.is_under_way for post in found.items),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def change_webhook(request: PageRequest, webhook_id: str) -> HttpResponse:
    found = find_own(request, webhook_id)
    form = WebhookForm(request.POST or None, webhook=found)
    if form.is_valid():
        try:
            actions.change(by=request.user, webhook=found, address=client_address(request), **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "The webhook is changed.")
            return redirect("webhook", webhook_id=found.pk)
    return render(request, "leads/change_webhook.html", {"form": form, "webhook": found})


@require_POST
def switch_webhook(request: PageRequest, webhook_id: str) -> HttpResponse:
    found, is_on = find_own(request, webhook_id), request.POST.get("is_on") == "on"
    do, words = (actions.resume, "switched on") if is_on else (actions.pause, "paused")
    do(by=request.user, webhook=found, address=client_address(request))
    messages.success(request, f"The webhook to {found} is {words}.")
    return redirect("webhook", webhook_id=found.pk)


@require_POST
def test_webhook(request: PageRequest, webhook_id: str) -> HttpResponse:
    found = find_own(request, webhook_id)
    with told(request, "A test is on its way. What comes of it stands below."):
        webhook_posts.send_test(by=request.user, webhook=found)
    return redirect("webhook", webhook_id=found.pk)


@require_POST
def send_delivery_again(request: PageRequest, webhook_id: str, post_id: str) -> HttpResponse:
    found = find_own(request, webhook_id)
    post = get_object_or_404(WebhookPost.objects.filter(webhook=found).select_related("webhook"), pk=post_id)
    with told(request, "It is on its way again."):
        webhook_posts.send_again(by=request.user, post=post)
    return redirect("webhook", webhook_id=found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def renew_webhook_secret(request: PageRequest, webhook_id: str) -> HttpResponse:
    """Ask first; the new secret is in the answer alone."""
    found = find_own(request, webhook_id)
    if request.method == "POST":
        secret = actions.renew_secret(by=request.user, webhook=found, address=client_address(request))
        return show(request, found, secret=secret)
    return render(request, "leads/renew_webhook_secret.html", {"webhook": found})


@require_http_methods(["GET", "HEAD", "POST"])
def delete_webhook(request: PageRequest, webhook_id: str) -> HttpResponse:
    """Ask first, then delete."""
    found = find_own(request, webhook_id)
    if request.method == "POST":
        words = f"The webhook to {found} is deleted."
        actions.delete(by=request.user, webhook=found, address=client_address(request))
        messages.success(request, words)
        return redirect("webhooks")
    return render(request, "leads/delete_webhook.html", {"webhook": found})


def find(request: PageRequest, webhook_id: str) -> Webhook:
    return get_object_or_404(Webhook.objects.owned_by(request.user).kept(), pk=webhook_id)


def find_own(request: PageRequest, webhook_id: str) -> Webhook:
    webhook = find(request, webhook_id)
    teams.check_runs_team(request.user)
    return webhook
