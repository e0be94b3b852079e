"""Whether it is WhatsApp that knocks, and for which channels it speaks. Changes nothing."""

from config.errors import Forbidden, Unauthorized
from leads.actions.whatsapp import known_channels
from leads.actions.whatsapp.known_channels import KnownChannel
from leads.whatsapp import signatures

SUBSCRIBE = "subscribe"
UNSIGNED = "No app secret of a channel here signs this body. X-Hub-Signature-256 has its HMAC-SHA256."
UNKNOWN = "This is the verify token of no channel here. Copy it from the channel's page."


def verify(*, mode: str, token: str) -> None:
    """Forbidden unless it is the verify token of a channel; Unavailable as `known_channels.snapshot`."""
    known = [signatures.same(token, channel.verify_token) for channel in known_channels.snapshot()]
    if not (token and any(known) and mode == SUBSCRIBE):
        raise Forbidden(UNKNOWN)


def signers_of(body: bytes, signature: str) -> dict[str, KnownChannel]:
    """The channels whose app secret has signed it, by their phone number ids. Unauthorized when there is none."""
    known = known_channels.snapshot()
    secrets = {channel.app_secret for channel in known} if signatures.is_whole(signature) else set()
    signing = {secret for secret in secrets if signatures.matches(body, signature, secret)}
    if not signing:
        raise Unauthorized(UNSIGNED)
    return {channel.phone_number_id: channel for channel in known if channel.app_secret in signing}
