"""What is answered: in the language model's words, else in the channel's own sentence."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from config.text import FORBIDDEN
from leads.assistant import chat, prompt
from leads.assistant.failures import ChatFailure
from leads.models import FALLBACK, MESSAGE_TEXT_MAX_CHARACTERS, Channel, Contact, Message

logger = logging.getLogger(__name__)
SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)]*(?=\s)|[。！？]+[”’」』）]*|\n")
ENOUGH_CHARACTERS = MESSAGE_TEXT_MAX_CHARACTERS // 2  # what is left of a cut reply at the least
ELLIPSIS = "…"
MARK = "\ufffd"  # for characters that no database takes


@dataclass(frozen=True)
class Reply:
    """`cause`: why the model did not write it; '' when it did."""

    text: str
    cause: str = ""

    @property
    def is_fallback(self) -> bool:
        return bool(self.cause)


def reply(channel: Channel, contact: Contact | None, history: Sequence[Message]) -> Reply:
    """The answer to the last of these messages, which are in order; at most 4,096 characters.

    Takes up to 45 seconds. Nothing that goes wrong at the model is raised: the channel's fallback is the answer then.
    """
    try:
        return Reply(cut(clean(chat.ask(prompt.turns(channel, contact, history)))))
    except ChatFailure as failure:
        whose = f"contact {contact.pk}" if contact else f"team {channel.team_id}"
        logger.warning("The fallback answers %s. %s", whose, failure)
        return fallback(channel, failure.code)


def fallback(channel: Channel, cause: str) -> Reply:
    """Its own sentence; `cause` is a code."""
    return Reply(channel.fallback.strip() or FALLBACK, cause)


def clean(text: str) -> str:
    return FORBIDDEN.sub(MARK, text)


def cut(text: str) -> str:
    """As much as WhatsApp takes, up to the end of a sentence, else of a word."""
    if len(text) <= MESSAGE_TEXT_MAX_CHARACTERS:
        return text
    head = text[:MESSAGE_TEXT_MAX_CHARACTERS]
    ends = [found.end() for found in SENTENCE_END.finditer(head)]
    if ends and ends[-1] >= ENOUGH_CHARACTERS:
        return head[: ends[-1]].rstrip()
    head = head[:-1]  # room for the ellipsis
    words, _, _ = head.rpartition(" ")
    return (words if len(words) >= ENOUGH_CHARACTERS else head).rstrip() + ELLIPSIS
