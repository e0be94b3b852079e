from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.responses import Status

from accounts.actions import invitations, sign_in, signing, users
from accounts.actions import keys as key_actions
from accounts.models import ApiKey, Scope, User
from accounts.schemas import (
    KeyIn,
    KeyMade,
    KeyOut,
    OldRegistered,
    OldSignedIn,
    OldUserOut,
    RegisterIn,
    SecretOut,
    SignedIn,
    SignInIn,
    UserOut,
    key_made,
    signed_in,
)
from accounts.tokens import Credential, hand_out
from config.http import client_address
from config.paging import Page, page
from config.schemas import BODY, PageIn, PageOut, errors

router = Router(tags=["accounts"])
ANY_KEY = Credential(Scope.READ, Scope.SPEAK, Scope.VOICES, Scope.DESK)


@router.post("/api/register", auth=None, response={200: SignedIn, **errors(*BODY, 404, 409, 410, 429)})
def register(request: HttpRequest, data: RegisterIn) -> dict[str, Any]:
    return signed_in(make_account(request, data))


def make_account(request: HttpRequest, data: RegisterIn) -> User:
    fields = data.dict(exclude={"invitation"}) | {"address": client_address(request)}
    if data.invitation:
        return invitations.register_with_invitation(token=data.invitation, **fields)
    return users.register(**fields)


@router.get("/api/user", auth=ANY_KEY, response={200: UserOut, **errors(401)})
def user(request: HttpRequest) -> User:
    return request.auth


@router.post("/api/login", auth=None, response={200: SignedIn, **errors(*BODY, 401, 429)})
def login(request: HttpRequest, data: SignInIn) -> dict[str, Any]:
    return signed_in(sign_in.sign_in(**data.dict(), address=client_address(request)))


@router.get("/api/keys", auth=Credential(), response={200: PageOut[KeyOut], **errors(401, 403, 422)})
def keys(request: HttpRequest, query: Query[PageIn]) -> Page[ApiKey]:
    """API keys are managed with a token or the session; a key can't."""
    return page(ApiKey.objects.owned_by(request.auth), cursor=query.cursor, limit=query.limit)


@router.post("/api/keys", auth=Credential(), response={201: KeyMade, **errors(*BODY, 401, 409)})
def create_key(request: HttpRequest, data: KeyIn) -> Status:
    key, text = key_actions.create_key(by=request.auth, **data.dict(), address=client_address(request))
    return Status(201, key_made(key, text))


@router.delete("/api/keys/{object_id:key_id}", auth=Credential(), response={204: None, **errors(401, 403, 404)})
def revoke_key(request: HttpRequest, key_id: str) -> Status:
    key = get_object_or_404(ApiKey.objects.owned_by(request.auth), pk=key_id)
    key_actions.revoke_key(by=request.auth, key=key, address=client_address(request))
    return Status(204, None)


@router.get("/api/callback-secret", auth=Credential(), response={200: SecretOut, **errors(401, 403)})
def callback_secret(request: HttpRequest) -> User:
    """What `X-Echodesk-Signature` is made with. It takes a token or the session, no API key."""
    return request.auth


@router.post("/api/callback-secret", auth=Credential(), response={201: SecretOut, **errors(401, 403)})
def make_secret(request: HttpRequest) -> Status:
    """A new one in its place; the next call is signed with it."""
    signing.make_secret(by=request.auth, address=client_address(request))
    return Status(201, request.auth)


# The older TTS backend's doors


@router.post("/auth/register", auth=None, response={201: OldRegistered, **errors(*BODY, 404, 409, 410, 429)})
def old_register(request: HttpRequest, data: RegisterIn) -> Status:
    """As `POST /api/register`, with the answer of the older TTS backend; sign in afterwards."""
    user = make_account(request, data)
    return Status(201, {"message": "The account is made. Sign in with it.", "email": user.email, "user_id": user.pk})


@router.post("/auth/login", auth=None, response={200: OldSignedIn, **errors(*BODY, 401, 429)})
def old_login(request: HttpRequest, data: SignInIn) -> dict[str, str]:
    """As `POST /api/login`, with the answer of the older TTS backend."""
    return {"access_token": hand_out(sign_in.sign_in(**data.dict(), address=client_address(request)))}


@router.get("/auth/me", auth=ANY_KEY, response={200: OldUserOut, **errors(401)})
def old_user(request: HttpRequest) -> User:
    """Whom the credential speaks for, as the older TTS backend said it."""
    return request.auth
