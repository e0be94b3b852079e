"""Who is calling: the one authenticator of the API, and the signed tokens (JWT) it takes."""

import datetime as dt
import secrets
from typing import Any

import jwt
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from accounts.models import User
from config.errors import Forbidden, Unauthorized
from config.ids import OBJECT_ID

LIFETIME = dt.timedelta(days=30)
ALGORITHM = "HS256"
ISSUER = AUDIENCE = "echodesk"
CLAIMS = ("sub", "iat", "exp", "iss", "aud", "jti", "ver")
HEADERS = ("Authorization", "X-API-Key")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def signing_key() -> bytes:
    """A key of its own, so that nothing else signed with SECRET_KEY can pass for a token."""
    return salted_hmac("accounts.tokens", "jwt", secret=settings.SECRET_KEY, algorithm="sha256").digest()


def issue(user: User) -> str:
    now = dt.datetime.now(dt.UTC)
    claims = {
        "sub": user.pk,
        "iat": now,
        "exp": now + LIFETIME,
        "iss": ISSUER,
        "aud": AUDIENCE,
        "jti": secrets.token_hex(16),
        "ver": user.token_version,
    }
    return jwt.encode(claims, signing_key(), algorithm=ALGORITHM)


def read(token: str) -> User:
    """The active user a token speaks for. Unauthorized when it is forged, expired or void."""
    try:
        claims = jwt.decode(
            token, signing_key(), [ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options={"require": list(CLAIMS)}
        )
    except jwt.ExpiredSignatureError as error:
        raise Unauthorized("Your token has expired. Sign in again.") from error
    except jwt.InvalidTokenError as error:
        raise Unauthorized("This token is not valid. Sign in again.") from error
    return holder(claims)


def holder(claims: dict[str, Any]) -> User:
    user = User.objects.filter(pk=claims["sub"], is_active=True).first() if OBJECT_ID.fullmatch(claims["sub"]) else None
    if user is None or user.token_version != claims["ver"]:
        raise Unauthorized("This token is void. Sign in again.")
    return user


def authenticate(request: HttpRequest) -> User | None:
    """A credential in a header decides alone; without one the session does, then with CSRF. None: not signed in."""
    if any(header in request.headers for header in HEADERS):
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("This credential is not known here. Send `Authorization: Bearer <token>`.")
        return read(credential.strip())
    if not request.user.is_authenticated:
        return None
    if request.method not in SAFE_METHODS and check_csrf(request):
        raise Forbidden("The page's token is missing or old. Reload the page, or send an API token.")
    return request.user


class Credential(AuthBase):
    """The authenticator as the API takes it, and as its documentation shows it."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> User | None:
        return authenticate(request)
