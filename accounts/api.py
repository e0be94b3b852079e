from typing import Any

from django.http import HttpRequest
from ninja import Router

from accounts.actions import sign_in, users
from accounts.schemas import RegisterIn, SignedIn, SignInIn, signed_in
from config.http import client_address
from config.schemas import BODY, errors

router = Router(tags=["accounts"])


@router.post("/api/register", auth=None, response={200: SignedIn, **errors(*BODY, 409, 429)})
def register(request: HttpRequest, data: RegisterIn) -> dict[str, Any]:
    return signed_in(users.register(**data.dict(), address=client_address(request)))


@router.post("/api/login", auth=None, response={200: SignedIn, **errors(*BODY, 401, 429)})
def login(request: HttpRequest, data: SignInIn) -> dict[str, Any]:
    return signed_in(sign_in.sign_in(**data.dict(), address=client_address(request)))
