"""The assistant, asked by somebody of the team to see what it would answer."""

from accounts.models import User
from config import limits
from config.errors import DomainError, Unprocessable
from config.text import forbidden_character
from leads.assistant import replies
from leads.assistant.replies import Reply
from leads.models import MESSAGE_TEXT_MAX_CHARACTERS, Channel, Message, MessageRole

EMPTY = "Send a message: what the assistant is to answer."
TOO_LONG = f"A message has at most {MESSAGE_TEXT_MAX_CHARACTERS:,} characters."


def ask(*, by: User, message: str) -> Reply:
    """As the team's first channel answers a first message; nothing is kept. DomainError (400) for an empty message,
    Unprocessable for one that can't be asked, TooMany when the team has asked too often."""
    check(message)
    limits.hit("assistant", by.team_id)
    channels = Channel.objects.owned_by(by).kept().select_related("echo", "team")
    channel = channels.order_by("created_at", "pk").first() or Channel(team=by.team)
    return replies.reply(channel, None, [Message(role=MessageRole.USER, content=message)])


def check(message: str) -> None:
    if not message.strip():
        raise DomainError(EMPTY)
    if len(message) > MESSAGE_TEXT_MAX_CHARACTERS:
        raise Unprocessable(TOO_LONG, field="message")
    if character := forbidden_character(message):
        raise Unprocessable(f"The character {character} is not taken here. Remove it.", field="message")
