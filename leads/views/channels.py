"""The WhatsApp numbers of the team. All members see them; administrators connect, change and disconnect them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import teams
from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest, client_address
from leads.actions.whatsapp import channels as actions
from leads.actions.whatsapp.channel_fields import looks_odd
from leads.forms.channels import ChannelForm
from leads.models import Channel

ODD_SECRET = (
    "The app secret does not look like Meta's, which has 32 digits and letters from a to f. Is it the right one?"  # noqa: S105
)


@require_safe
def channels(request: PageRequest) -> HttpResponse:
    rows = Channel.objects.owned_by(request.user).in_list()
    return render(request, "leads/channels.html", {"channels": list(rows)})


@require_http_methods(["GET", "HEAD", "POST"])
def new_channel(request: PageRequest) -> HttpResponse:
    """The verify token is in this answer alone: nothing shows it on a page after it."""
    teams.check_runs_team(request.user)
    form = ChannelForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            channel = actions.connect(by=request.user, address=client_address(request), **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            warn(request, form)
            return show(request, channel, verify_token=channel.verify_token)
    return render(request, "leads/new_channel.html", {"form": form})


def warn(request: PageRequest, form: ChannelForm) -> None:
    app_secret = form.cleaned_data.get("app_secret", "")
    if app_secret and looks_odd(app_secret):
        messages.warning(request, ODD_SECRET)


@require_safe
def channel(request: PageRequest, channel_id: str) -> HttpResponse:
    return show(request, find(request, channel_id))


def show(request: PageRequest, channel: Channel, *, verify_token: str = "") -> HttpResponse:
    context = {
        "channel": channel,
        "callback_url": f"{settings.SITE_URL.rstrip('/')}/webhook/whatsapp",
        "is_reachable": settings.SITE_URL.startswith("https://"),
        "has_model": bool(settings.LLM_BASE_URL),
        "verify_token": verify_token,
    }
    return render(request, "leads/channel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_channel(request: PageRequest, channel_id: str) -> HttpResponse:
    channel = find_own(request, channel_id)
    form = ChannelForm(request.POST or None, by=request.user, channel=channel)
    if form.is_valid():
        try:
            actions.change(by=request.user, channel=channel, address=client_address(request), **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            warn(request, form)
            return changed(request, channel, form)
    return render(request, "leads/change_channel.html", {"form": form, "channel": channel})


def changed(request: PageRequest, channel: Channel, form: ChannelForm) -> HttpResponse:
    messages.success(request, f"{channel} is changed.")
    if form.cleaned_data.get("verify_token"):
        return show(request, channel, verify_token=channel.verify_token)
    return redirect("channel", channel_id=channel.pk)


@require_POST
def test_channel(request: PageRequest, channel_id: str) -> HttpResponse:
    channel = find_own(request, channel_id)
    return told(request, channel, "WhatsApp knows the number and takes the access token.", actions.test)


@require_POST
def switch_replies(request: PageRequest, channel_id: str) -> HttpResponse:
    channel, replies = find_own(request, channel_id), request.POST.get("replies") == "on"
    words = f"The assistant {'answers' if replies else 'no longer answers'} on {channel}."
    return told(request, channel, words, actions.change, replies=replies, address=client_address(request))


def told(request: PageRequest, channel: Channel, words: str, do: Any, **fields: Any) -> HttpResponse:
    try:
        do(by=request.user, channel=channel, **fields)
    except DomainError as error:
        if error.message != channel.problem:  # which the page says by itself
            messages.error(request, error.message)
    else:
        messages.success(request, words)
    return redirect("channel", channel_id=channel.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def disconnect_channel(request: PageRequest, channel_id: str) -> HttpResponse:
    """Ask first, and say what stops working; then disconnect."""
    channel = find_own(request, channel_id)
    if request.method == "POST":
        with_chats = request.POST.get("chats") == "delete"
        actions.disconnect(by=request.user, channel=channel, with_chats=with_chats, address=client_address(request))
        words = "is being deleted with its chats" if with_chats else "is disconnected; its chats stay"
        messages.success(request, f"{channel} {words}.")
        return redirect("channels")
    context = {"channel": channel, "counted": actions.counted(channel)}
    return render(request, "leads/disconnect_channel.html", context)


def find(request: PageRequest, channel_id: str) -> Channel:
    return get_object_or_404(Channel.objects.owned_by(request.user).kept(), pk=channel_id)


def find_own(request: PageRequest, channel_id: str) -> Channel:
    channel = find(request, channel_id)
    teams.check_runs_team(request.user)
    return channel
