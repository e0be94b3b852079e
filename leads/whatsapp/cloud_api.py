"""The WhatsApp Cloud API of one channel: messages, media, read marks. A CloudApiFailure says what went wrong.

Documented at developers.facebook.com/documentation/business-messaging/whatsapp. The token goes out in a header only.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from config import sealed
from leads.models import Channel
from leads.whatsapp.failures import (
    AddressRefused,
    Garbled,
    MediaGone,
    MediaRefused,
    NotConnected,
    NumberUnknown,
    Refused,
    SecretsUnreadable,
    TakenGarbled,
    TokenRefused,
)

CALL_SECONDS = 15.0
UPLOAD_SECONDS, FILE_SECONDS = 60.0, 300.0  # for a sound on its way up, for any file on its way down
VOICE_TYPE = "audio/ogg; codecs=opus"  # Meta takes no other Ogg
ID_MAX_CHARACTERS = 255
MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
SIZE = re.compile(r"[0-9]{1,18}")  # in bytes
HOST = re.compile(r"[a-z0-9.-]+")  # what else may stand in one, programs read in different ways
NUMBER_FIELDS = "display_phone_number,verified_name,quality_rating"
META_HOSTS = (".fbsbx.com", ".facebook.com", ".whatsapp.net")


@dataclass(frozen=True)
class Number:
    """The channel's number, as Meta knows it."""

    phone_number: str
    name: str
    quality: str  # GREEN, YELLOW, RED or UNKNOWN


@dataclass(frozen=True)
class MediaInfo:
    """A file that somebody sent. The address is good for five minutes, and needs the token."""

    url: str
    mime_type: str
    sha256: str  # in hex
    size_bytes: int


class CloudApi:
    """What is asked in the name of a channel. NotConnected or SecretsUnreadable when there is nothing to ask with."""

    def __init__(self, channel: Channel) -> None:
        self._number_id, self._token = channel.phone_number_id, token_of(channel)
        self._base_url = (channel.api_base_url or settings.WHATSAPP_API_BASE_URL).rstrip("/")
        if not (self._number_id and self._token):
            raise NotConnected

    def send_text(self, to: str, text: str, *, callback_data: str = "") -> str:
        """Write up to 4,096 characters to a number, or to the id of somebody who shows none; the message's id at Meta.

        `callback_data` comes back with each status of the message.
        """
        return self._send(to, {"type": "text", "text": {"preview_url": True, "body": text}}, callback_data)

    def send_audio(self, to: str, media_id: str, *, callback_data: str = "") -> str:
        """Send an uploaded sound, Opus in Ogg, as a voice note; the message's id at Meta."""
        return self._send(to, {"type": "audio", "audio": {"id": media_id, "voice": True}}, callback_data)

    def upload(self, content: bytes, *, mime_type: str = VOICE_TYPE, file_name: str = "voice.ogg") -> str:
        """Keep a file at Meta for 30 days, a sound of up to 16 MB; its id there."""
        data = {"messaging_product": "whatsapp", "type": mime_type}
        told = self._ask(
            "POST",
            f"/{self._number_id}/media",
            seconds=UPLOAD_SECONDS,
            data=data,
            files={"file": (file_name, content, mime_type)},
        )
        return checked_id(told.get("id"))

    def mark_read(self, message_id: str, typing: bool = False) -> None:
        """Show them that a message of theirs, and all before it, were read; with `typing` that an answer is coming."""
        body = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
        self._ask(
            "POST",
            f"/{self._number_id}/messages",
            json=body | ({"typing_indicator": {"type": "text"}} if typing else {}),
        )

    def number(self) -> Number:
        """Look the channel's number up: a test of everything that was entered."""
        told = self._ask("GET", f"/{self._number_id}", params={"fields": NUMBER_FIELDS})
        if not isinstance(told.get("display_phone_number"), str):
            raise Garbled
        return Number(
            told["display_phone_number"], str(told.get("verified_name", "")), str(told.get("quality_rating", ""))
        )

    def media(self, media_id: str) -> MediaInfo:
        """Where a file lies that somebody sent. MediaGone when it does not any more."""
        if not MEDIA_ID.fullmatch(media_id):
            raise MediaGone
        try:
            told = self._ask("GET", f"/{media_id}", params={"phone_number_id": self._number_id})
        except (NumberUnknown, MediaRefused, Refused) as failure:  # Meta has one answer for all that it does not know
            raise MediaGone(meta_code=failure.meta_code) from failure
        size, address = told.get("file_size"), told.get("url")
        if not isinstance(address, str) or not SIZE.fullmatch(str(size)):
            raise Garbled
        return MediaInfo(address, str(told.get("mime_type", "")), str(told.get("sha256", "")), int(size))

    def download(self, url: str, write: Callable[[bytes], object], most_bytes: int) -> None:
        """Hand the file at an address that `media` gave on, part by part, at most so many bytes.

        AddressRefused, MediaGone, MediaTooLarge; and whatever `write` raises.
        """
        from leads.whatsapp.cloud_http import fetch

        if not is_trusted(url, self._base_url):
            raise AddressRefused
        fetch(url, self._headers(), write, most_bytes=most_bytes, seconds=FILE_SECONDS)

    def _send(self, to: str, content: dict[str, Any], callback_data: str) -> str:
        address = {"to": to} if to.isdecimal() else {"recipient": to}
        frame = {"messaging_product": "whatsapp", "recipient_type": "individual", **address, **content}
        told = self._ask(
            "POST",
            f"/{self._number_id}/messages",
            json=frame | ({"biz_opaque_callback_data": callback_data} if callback_data else {}),
        )
        messages = told.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else {}
        return checked_id(first.get("id") if isinstance(first, dict) else None)

    def _ask(self, method: str, path: str, *, seconds: float | None = None, **content: Any) -> dict[str, Any]:
        from leads.whatsapp.cloud_http import ask  # httpx takes a while to load

        return ask(method, self._base_url + path, headers=self._headers(), seconds=seconds or CALL_SECONDS, **content)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


def token_of(channel: Channel) -> str:
    """As it may stand in a header."""
    try:
        token = channel.token
    except sealed.Unreadable as error:
        raise SecretsUnreadable from error
    if not (token.isascii() and token.isprintable()):
        raise TokenRefused
    return token


def checked_id(told: Any) -> str:
    """An id that Meta gave to what it has taken."""
    if not isinstance(told, str) or not told.isprintable() or not 0 < len(told) <= ID_MAX_CHARACTERS:
        raise TakenGarbled
    return told


def is_trusted(url: str, base_url: str) -> bool:
    """Whether the token may go there: to Meta, or to the host, and the scheme, of the API itself."""
    try:
        parts, base = urlsplit(url), urlsplit(base_url)
        at, of_base = (parts.scheme, parts.hostname, parts.port), (base.scheme, base.hostname, base.port)
    except ValueError:
        return False
    if parts.username or parts.password or not parts.hostname:
        return False
    is_name = bool(HOST.fullmatch(parts.hostname)) and parts.hostname.endswith(META_HOSTS)
    return (parts.scheme == "https" and parts.port in (None, 443) and is_name) or at == of_base
