"""Who is calling: the one authenticator of the API, the signed tokens (JWT) and the API keys it takes."""

import base64
import datetime as dt
import secrets
from functools import partial
from typing import Any, NamedTuple

import jwt
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from accounts import remembered
from accounts.actions import keys
from accounts.models import KEY_START, ApiKey, User, key_digest
from config import breaker
from config.errors import Forbidden, Unauthorized, Unavailable
from config.http import client_address
from config.ids import OBJECT_ID

LIFETIME = dt.timedelta(days=30)
ALGORITHM = "HS256"
ISSUER = AUDIENCE = "echodesk"
CLAIMS = ("sub", "iat", "exp", "iss", "aud", "jti", "ver")
HEADERS = ("Authorization", "X-API-Key")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SIGN_IN_SECONDS = 5.0  # that the database has for it; less where the desk must take what comes
AWAY = "The database is away, and this credential was not seen in the last minutes. Try again in a few seconds."


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


def hand_out(user: User) -> str:
    """A token for somebody who has just signed in. It counts as seen from now on."""
    token = issue(user)
    read(token)
    return token


def claims_of(token: str) -> dict[str, Any]:
    """What a token says. Unauthorized when it is forged or expired."""
    try:
        return jwt.decode(
            token, signing_key(), [ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options={"require": list(CLAIMS)}
        )
    except jwt.ExpiredSignatureError as error:
        raise Unauthorized("Your token has expired. Sign in again.") from error
    except jwt.InvalidTokenError as error:
        raise Unauthorized("This token is not valid. Sign in again.") from error


def read(token: str) -> User:
    """The active user a token speaks for. Unauthorized when it is forged, expired or void."""
    claims = claims_of(token)
    name = remembered.name_of_token(claims["jti"])
    return remembered.verified(name, partial(holder, claims), remembered.grant_of_user)


def holder(claims: dict[str, Any]) -> User:
    user = User.objects.filter(pk=claims["sub"], is_active=True).first() if OBJECT_ID.fullmatch(claims["sub"]) else None
    if user is None or user.token_version != claims["ver"]:
        raise Unauthorized("This token is void. Sign in again.")
    return user


def holder_of_key(text: str, scopes: tuple[str, ...], address: str) -> User:
    """The active user an API key speaks for. Unauthorized when it is void, MissingScope when it may not do this."""
    name = remembered.name_of_key(key_digest(text))
    key = remembered.verified(name, partial(find_key, text), remembered.grant_of_key)
    check_scope(key, scopes)
    keys.note_use(key=key, address=address)
    return key.user


def find_key(text: str) -> ApiKey:
    key = ApiKey.objects.with_text(text).first()
    check_valid(key)
    return key


def check_valid(key: ApiKey | None) -> None:
    if key is None or key.is_expired or not key.user.is_active:
        raise Unauthorized("This API key is not known here, has expired or was revoked. Make another at /keys.")


def check_scope(key: ApiKey, scopes: tuple[str, ...]) -> None:
    if not key.allows(scopes):
        raise MissingScope(scopes)


def basic_password(credential: str) -> str:
    """The password of HTTP Basic; the name before it is not looked at."""
    try:
        return base64.b64decode(credential, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


class Presented(NamedTuple):
    """What the headers of a request hold."""

    text: str
    is_key: bool


def presented(request: HttpRequest) -> Presented:
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    credential = credential.strip()
    match scheme.lower():
        case "" if "Authorization" not in request.headers:
            return Presented(request.headers["X-API-Key"].strip(), is_key=True)
        case "basic":
            return Presented(basic_password(credential), is_key=True)
        case "bearer":
            return Presented(credential, is_key=credential.startswith(KEY_START))
    raise Unauthorized("This credential is not known here. Send `Authorization: Bearer <token or API key>`.")


def has_header(request: HttpRequest) -> bool:
    return any(header in request.headers for header in HEADERS)


def credential_holder(request: HttpRequest, scopes: tuple[str, ...]) -> User:
    """Whom the credential in the request's headers speaks for."""
    text, is_key = presented(request)
    return holder_of_key(text, scopes, client_address(request)) if is_key else read(text)


def authenticate(request: HttpRequest, scopes: tuple[str, ...]) -> User | None:
    """A credential in a header decides alone; without one the session does, then with CSRF. None: not signed in."""
    if has_header(request):
        return credential_holder(request, scopes)
    if not request.user.is_authenticated:
        return None
    if request.method not in SAFE_METHODS and check_csrf(request):
        raise Forbidden("The page's token is missing or old. Reload the page, or send an API token.")
    return request.user


# While the database is away


def recall(request: HttpRequest, scopes: tuple[str, ...]) -> User | None:
    """Whom a credential that was seen of late speaks for; nothing is known of sessions and other credentials."""
    if has_header(request):
        return recalled_holder(presented(request), scopes)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        raise Unavailable("The database is away. Try again in a few seconds.")
    return None


def recalled_holder(credential: Presented, scopes: tuple[str, ...]) -> User:
    if not credential.is_key:
        return grant_named(remembered.name_of_token(claims_of(credential.text)["jti"])).user()
    key = grant_named(remembered.name_of_key(key_digest(credential.text))).key()
    check_valid(key)
    check_scope(key, scopes)
    return key.user


def grant_named(name: str) -> remembered.Grant:
    if grant := remembered.recall(name):
        return grant
    raise Unavailable(AWAY)


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
        """In limited time: a database that hangs is answered for as one that is away."""
        with breaker.limited(SIGN_IN_SECONDS):
            return authenticate(request, self.scopes)


class IngestCredential(Credential):
    """The same where the desk must take what comes: with the database away it lets in what was seen of late."""

    def __call__(self, request: HttpRequest) -> User | None:
        sign_in = super().__call__
        return breaker.ask(lambda: sign_in(request), away=lambda: recall(request, self.scopes))
