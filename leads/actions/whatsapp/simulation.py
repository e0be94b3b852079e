"""The channel that `whatsapp_simulate` writes to: a number that nobody has, whose API is on this machine."""

import secrets

from accounts.models import User
from config import sealed, times
from leads.actions.whatsapp import channels
from leads.models import Channel
from leads.whatsapp.simulator import START

NAME = "Simulator"
SECRET_BYTES = 16


def channel_for(*, by: User) -> Channel:
    """The simulator's channel of the person's team; made, with secrets of its own, if there is none."""
    known = Channel.objects.owned_by(by).kept().connected().filter(api_base_url__startswith=START)
    if channel := known.order_by("created_at", "pk").first():
        return channel
    made = {f"sealed_{name}": sealed.seal(secrets.token_hex(SECRET_BYTES)) for name in ("token", "app_secret")}
    made["sealed_verify_token"] = sealed.seal(secrets.token_urlsafe(SECRET_BYTES))
    number_id = str(10**14 + secrets.randbelow(9 * 10**14))
    channel = Channel(team_id=by.team_id, owner=by, name=NAME, phone_number_id=number_id, replies=True, **made)
    channel.api_base_url = f"{START}0"  # until it is served
    return channels.insert(channel)


def serve_at(*, channel: Channel, url: str) -> None:
    """Say where the channel's API is from now on."""
    Channel.objects.filter(pk=channel.pk).update(api_base_url=url, updated_at=times.now())
    channel.api_base_url = url
