"""The signature that WhatsApp puts on what it sends: HMAC-SHA256 over the raw bytes, by the app secret."""

import hashlib
import hmac
import re

START = "sha256="
HEADER = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII)


def sign(body: bytes, secret: str) -> str:
    """What `X-Hub-Signature-256` says of the body: "sha256=" and 64 hex digits."""
    return START + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_whole(header: str) -> bool:
    """Whether it may be a signature at all. What isn't costs no look at the body."""
    return bool(HEADER.fullmatch(header))


def matches(body: bytes, header: str, secret: str) -> bool:
    """Whether this secret, which is not empty, has signed the body. Takes as long whatever the header says."""
    return bool(secret) and is_whole(header) and same(sign(body, secret), header)


def same(text: str, other: str) -> bool:
    """Compared in a time that tells nothing of either."""
    return hmac.compare_digest(text.encode(), other.encode())
