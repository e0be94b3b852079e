from typing import Any

from ninja import Field, Schema

from accounts import tokens
from accounts.models import PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS, User
from config.schemas import Name, Text, Time

EXAMPLE = {"email": "ann@example.com", "password": "a long pass phrase"}


class SignInIn(Schema):
    email: Text
    password: str = Field(max_length=1024)

    model_config = {"json_schema_extra": {"example": EXAMPLE}}


class RegisterIn(Schema):
    email: Text
    password: Text = Field(description=f"{PASSWORD_MIN_CHARACTERS} to {PASSWORD_MAX_CHARACTERS} characters.")
    name: Name = ""
    key_salt: Text = Field("", description="Base64; made here when absent.")

    model_config = {"json_schema_extra": {"example": EXAMPLE | {"name": "Ann"}}}


class UserOut(Schema):
    user_id: str = Field(validation_alias="pk")
    email: str
    name: str
    key_salt: str
    created_at: float = Field(validation_alias="created_at_unix")
    created_at_iso: Time = Field(validation_alias="created_at")


class SignedIn(Schema):
    token: str
    token_type: str = "bearer"  # noqa: S105
    expires_in: int = int(tokens.LIFETIME.total_seconds())
    user_id: str
    key_salt: str
    user: UserOut


def signed_in(user: User) -> dict[str, Any]:
    return {"token": tokens.issue(user), "user_id": user.pk, "key_salt": user.key_salt, "user": user}
