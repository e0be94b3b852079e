"""The first channel, as the settings of the installation name it: WHATSAPP_PHONE_NUMBER_ID and what belongs to it."""

from django.conf import settings

from accounts.models import User
from config import sealed
from config.errors import DomainError, Unprocessable
from config.hooks import Write
from leads.actions.whatsapp import channels
from leads.actions.whatsapp.channel_fields import checked
from leads.models import Channel

NAME = "WhatsApp"
SETTINGS = {
    "phone_number_id": "WHATSAPP_PHONE_NUMBER_ID",
    "token": "WHATSAPP_ACCESS_TOKEN",
    "app_secret": "WHATSAPP_APP_SECRET",
    "verify_token": "WHATSAPP_VERIFY_TOKEN",
}


def from_environment(write: Write) -> None:
    """Make the channel that the settings name, in the team of the first administrator, or change it as they say now.

    Whatever hinders that is said and hinders nothing else. Without the settings the channel is its team's to change.
    """
    fields = {field: getattr(settings, name).strip() for field, name in SETTINGS.items()}
    named = {field: value for field, value in fields.items() if value}
    if not fields["phone_number_id"]:
        Channel.objects.filter(is_from_environment=True).update(is_from_environment=False)
        if named:
            write("WHATSAPP_PHONE_NUMBER_ID is not set: no WhatsApp channel is made of the other settings.")
        return
    try:
        take(named, write)
    except Unprocessable as error:
        write(f"No WhatsApp channel is made of the settings. {SETTINGS[error.field]}: {error.message}")
    except DomainError as error:
        write(f"No WhatsApp channel is made of the settings. {error.message}")


def take(fields: dict[str, str], write: Write) -> None:
    by = User.objects.administrators().first()
    if by is None:
        write("There is no administrator yet: the WhatsApp channel of the settings is made at the next start.")
        return
    holder = Channel.objects.connected().filter(phone_number_id=fields["phone_number_id"]).first()
    channel = Channel.objects.kept().filter(is_from_environment=True).order_by("created_at", "pk").first()
    if holder and holder != channel:
        write("The number of WHATSAPP_PHONE_NUMBER_ID is connected already: the settings change nothing of it.")
    elif channel:
        renew(by, channel, fields, write)
    else:
        make(by, fields, write)


def make(by: User, fields: dict[str, str], write: Write) -> None:
    """The assistant answers on it from the beginning, as the chatbot did whose settings these were."""
    values = checked(by, {"name": NAME, "replies": True, **fields})
    channels.insert(Channel(team_id=by.team_id, owner=by, is_from_environment=True, **values))
    lacking = [SETTINGS[field] for field in SETTINGS if field not in fields]
    write("The WhatsApp channel of the settings is made." + (f" It still lacks {', '.join(lacking)}." * bool(lacking)))


def renew(by: User, channel: Channel, fields: dict[str, str], write: Write) -> None:
    """Take over what has changed; what is not set any more stays."""
    changed = {field: value for field, value in fields.items() if value != held(channel, field)}
    if changed:
        channels.write(channel, checked(by, changed))
        write(f"The WhatsApp channel of the settings has changed: {', '.join(SETTINGS[field] for field in changed)}.")


def held(channel: Channel, field: str) -> str:
    """What the channel has; nothing where it can't be read any more."""
    try:
        return getattr(channel, field)
    except sealed.Unreadable:
        return ""
