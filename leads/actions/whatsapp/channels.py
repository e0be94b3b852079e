"""WhatsApp numbers of a team: connected, changed, tested, disconnected. Its administrators do that, nobody else."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Unpack

from django.db import IntegrityError
from django.db.models import Count, Sum

from accounts.actions import audit, teams
from accounts.models import Event, User
from config import times
from config.errors import Conflict, NotFound, Unavailable, Unprocessable
from leads.actions.whatsapp import channel_deletion, known_channels, media
from leads.actions.whatsapp.channel_fields import SECRETS, ChannelFields, checked
from leads.actions.whatsapp.channel_problems import note, note_problem
from leads.models import CHANNELS_MAX, Channel, Contact, Speaking
from leads.whatsapp.cloud_api import CloudApi
from leads.whatsapp.failures import CloudApiFailure
from voices.models import Echo

NEEDED = ("phone_number_id", "token", "app_secret", "verify_token")
VERIFY_TOKEN_BYTES = 24
TAKEN = "This number is connected already, here or elsewhere in this installation. A number can be connected once."
FROM_ENVIRONMENT = "This comes from the settings of the installation (WHATSAPP_…). Change it there, then restart."
NO_VOICE = "Choose an echo: replies are spoken with its voice."
AWAY = "WhatsApp gave no answer. Test again in a few minutes."
GONE = "This channel was deleted in the meantime."
WORDS = SECRETS | {"phone_number_id": "phone number id", "context_messages": "messages read", "takes_leads": "leads"}

DISCONNECTED = {
    "phone_number_id": "",
    "phone_number": "",
    "api_base_url": "",
    **{f"sealed_{name}": "" for name in SECRETS},
    "replies": False,
    "problem": "",
    "tested_at": None,
}


def connect(*, by: User, address: str = "", **fields: Unpack[ChannelFields]) -> Channel:
    """Connect a number. Conflict when it is a channel already; Unprocessable, with the field, for what can't be taken.

    The assistant is off on it unless `replies` says otherwise; without a verify token one is made.
    """
    teams.check_runs_team(by)
    fields["verify_token"] = fields.get("verify_token", "").strip() or secrets.token_urlsafe(VERIFY_TOKEN_BYTES)
    values = checked(by, {"name": ""} | dict.fromkeys(NEEDED, "") | {"echo": None} | fields)
    check_voice(values)
    channel = insert(Channel(team_id=by.team_id, **values))
    audit.record(user=by, event=Event.CHANNEL_CONNECTED, words=channel.name, address=address)
    return channel


def insert(channel: Channel) -> Channel:
    """Conflict when the number is taken, or the team has as many channels as it may."""
    check_free(channel, channel.phone_number_id)
    check_count(channel)
    with conflicts():
        channel.save(force_insert=True)
    known_channels.forget()
    return channel


class NumberTaken(Conflict):
    """The sentence does not tell whose it is."""

    code = "number_taken"

    def __init__(self) -> None:
        super().__init__(TAKEN)
        self.field = "phone_number_id"


def check_free(channel: Channel, number_id: str) -> None:
    if Channel.objects.connected().filter(phone_number_id=number_id).exclude(pk=channel.pk).exists():
        raise NumberTaken


def check_count(channel: Channel) -> None:
    if Channel.objects.kept().filter(team=channel.team_id).count() >= CHANNELS_MAX:
        raise Conflict(f"Your team has {CHANNELS_MAX} channels. Delete one that you no longer use.")


@contextmanager
def conflicts() -> Iterator[None]:
    """Of two who enter a number at once the database refuses one."""
    try:
        yield
    except IntegrityError as error:
        raise NumberTaken from error


def change(*, by: User, channel: Channel, address: str = "", **changes: Unpack[ChannelFields]) -> None:
    """Change what is named, all of it or nothing; a secret without text is left as it is, and so is a number."""
    teams.check_runs_team(by)
    changes = {field: value for field, value in changes.items() if field not in NEEDED or value.strip()}
    if "echo" in changes and (changes["echo"] or None) == channel.echo_id:  # which stays that of whoever chose it
        del changes["echo"]
    if channel.is_from_environment and set(NEEDED) & set(changes):
        raise Conflict(FROM_ENVIRONMENT)
    values = checked(by, changes)
    if not {"echo", "speaking"}.isdisjoint(values):  # else what was lost with an echo would hinder all other changes
        check_voice({"echo": channel.echo, "speaking": channel.speaking} | values)
    values = {column: value for column, value in values.items() if value != getattr(channel, column)}
    if values:
        write(channel, values)
        changed = [column.removeprefix("sealed_") for column in values if column != "owner"]
        words = ", ".join(WORDS.get(name, name) for name in changed)
        audit.record(user=by, event=Event.CHANNEL_CHANGED, words=f"{channel.name}: {words}", address=address)


def check_voice(values: dict[str, Any]) -> None:
    if values.get("speaking", Speaking.NEVER) != Speaking.NEVER and not values["echo"]:
        raise Unprocessable(NO_VOICE, field="echo")


def write(channel: Channel, values: dict[str, Any]) -> None:
    """What was known of the number is not known of another one, or with another token."""
    if is_renewed := not {"phone_number_id", "sealed_token"}.isdisjoint(values):
        values = values | {"problem": "", "tested_at": None}
    if values.get("phone_number_id", channel.phone_number_id) != channel.phone_number_id:
        check_free(channel, values["phone_number_id"])
        values = values | {"phone_number": "", "api_base_url": ""}
    with conflicts():
        if not Channel.objects.kept().filter(pk=channel.pk).update(**values, updated_at=times.now()):
            raise NotFound(GONE)
    for column, value in values.items():
        setattr(channel, column, value)
    known_channels.forget()
    if is_renewed:
        media.fetch_refused(channel)


def test(*, by: User, channel: Channel) -> None:
    """Ask WhatsApp for the number. A CloudApiFailure says why it can't be used, and stays with it; Unavailable."""
    teams.check_runs_team(by)
    try:
        number = CloudApi(channel).number()
    except CloudApiFailure as failure:
        if failure.may_pass:
            raise Unavailable(AWAY) from failure
        note_problem(channel, failure.sentence)
        raise
    note(channel, problem="", tested_at=times.now(), phone_number=number.phone_number[:40])


def disconnect(*, by: User, channel: Channel, with_chats: bool = False, address: str = "") -> None:
    """Forget the number and its secrets. Its chats stay readable, or a worker deletes them, and the channel at last."""
    teams.check_runs_team(by)
    values = DISCONNECTED | {"updated_at": times.now()} | ({"deleted_at": times.now()} if with_chats else {})
    if not Channel.objects.kept().filter(pk=channel.pk).update(**values):
        raise NotFound(GONE)
    known_channels.forget()
    words = f"{channel.name}, with all chats" if with_chats else channel.name
    audit.record(user=by, event=Event.CHANNEL_DISCONNECTED, words=words, address=address)
    if with_chats:
        channel_deletion.enqueue(channel)


def counted(channel: Channel) -> dict[str, int]:
    """What goes with it: its chats and their messages."""
    found = Contact.objects.filter(channel=channel).aggregate(chats=Count("pk"), messages=Sum("message_count"))
    return {name: count or 0 for name, count in found.items()}


def let_go(user: User) -> None:
    """Nobody's echo speaks for a team that they leave; the row at hand still names it."""
    Channel.objects.filter(team=user.team_id, owner=user).update(echo=None, owner=None)


def shut(user: User) -> None:
    """Their account is closed. With nobody left in the team, nothing is taken in or answered for it from now on."""
    if not User.objects.in_team_of(user).exists():
        Channel.objects.kept().filter(team=user.team_id).update(**DISCONNECTED, deleted_at=times.now())
        known_channels.forget()


def dependents(row: object) -> Iterable[str]:
    """What stops working when an echo goes."""
    if isinstance(row, Echo):
        for channel in Channel.objects.kept().filter(echo=row).order_by("name", "pk"):
            if channel.speaking != Speaking.NEVER:
                yield f"Replies of the WhatsApp channel {channel} are no longer spoken."
            if not channel.persona and row.persona_prompt:
                yield f"The assistant of the WhatsApp channel {channel} loses its persona."
