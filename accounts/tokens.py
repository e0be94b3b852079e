"""Who is calling: the one authenticator of the API, the signed tokens (JWT) and the API keys it takes."""

import base64
import datetime as dt
import secrets
from typing import Any

import jwt
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from accounts.actions import keys
from accounts.models import KEY_START, ApiKey, User
from config.errors import Forbidden, Unauthorized
from config.http import client_address
from config.ids import OBJECT_ID

LIFETIME = dt.timedelta(days=30)
ALGORITHM = "HS256"
ISSUER = AUDIENCE = "echodesk"
CLAIMS = ("sub", "iat", "exp", "iss", "aud", "jti", "ver")
HEADERS = ("Authorization", "X-API-Key")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class MissingScope(Forbidden):
    code = "missing_scope"

    def __init__(self, scopes: tuple[str, ...]) -> None:
        needed = " or ".join(scopes)
        message = f"This needs an API key with the scope {needed}." if needed else "API keys can't do this: sign in."
        super().__init__(message)


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


def holder_of_key(text: str, scopes: tuple[str, ...], address: str) -> User:
    """The active user an API key speaks for. Unauthorized when it is void, MissingScope when it may not do this."""
    key = ApiKey.objects.with_text(text).first()
    if key is None or key.is_expired or not key.user.is_active:
        raise Unauthorized("This API key is not known here, has expired or was revoked. Make another at /keys.")
    if not key.allows(scopes):
        raise MissingScope(scopes)
    keys.note_use(key=key, address=address)
    return key.user


def basic_password(credential: str) -> str:
    """The password of HTTP Basic; the name before it is not looked at."""
    try:
        return base64.b64decode(credential, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def credential_holder(request: HttpRequest, scopes: tuple[str, ...]) -> User:
    """Whom the credential in the request's headers speaks for."""
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    credential, address = credential.strip(), client_address(request)
    match scheme.lower():
        case "" if "Authorization" not in request.headers:
            return holder_of_key(request.headers["X-API-Key"].strip(), scopes, address)
        case "basic":
            return holder_of_key(basic_password(credential), scopes, address)
        case "bearer" if credential.startswith(KEY_START):
            return holder_of_key(credential, scopes, address)
        case "bearer":
            return read(credential)
    raise Unauthorized("This credential is not known here. Send `Authorization: Bearer <token or API key>`.")


def authenticate(request: HttpRequest, scopes: tuple[str, ...]) -> User | None:
    """A credential in a header decides alone; without one the session does, then with CSRF. None: not signed in."""
    if any(header in request.headers for header in HEADERS):
        return credential_holder(request, scopes)
    if not request.user.is_authenticated:
        return None
    if request.method not in SAFE_METHODS and check_csrf(request):
        raise Forbidden("The page's token is missing or old. Reload the page, or send an API token.")
    return request.user


class Credential(AuthBase):
    """The authenticator as the API takes it: `auth=Credential(Scope.READ)` lets keys with one of the scopes in.

    Without scopes it takes no API key, only a token or the session.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, *scopes: str) -> None:
        super().__init__()
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> User | None:
        return authenticate(request, self.scopes)
