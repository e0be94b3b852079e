import datetime as dt
from typing import Any

from ninja import Field, Schema

from accounts import tokens
from accounts.models import PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS, ApiKey, Role, Scope, User
from config.schemas import Name, Text, Time

EXAMPLE = {"email": "ann@example.com", "password": "a long pass phrase"}
EXAMPLE_ID = "6921a5c4e1b2d3f4a5b6c7d8"


class SignInIn(Schema):
    email: Text
    password: str = Field(max_length=1024)

    model_config = {"json_schema_extra": {"example": EXAMPLE}}


class RegisterIn(Schema):
    email: Text
    password: Text = Field(description=f"{PASSWORD_MIN_CHARACTERS} to {PASSWORD_MAX_CHARACTERS} characters.")
    name: Name = ""
    key_salt: Text = Field("", description="Base64; made here when absent.")
    invitation: Text = Field("", description="An invitation's link, or its last part: joins the team that invites.")

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
    return {"token": tokens.hand_out(user), "user_id": user.pk, "key_salt": user.key_salt, "user": user}


class OldRegistered(Schema):
    """A new account as the TTS backend answered it."""

    message: str
    email: str
    user_id: str

    model_config = {
        "json_schema_extra": {
            "example": {
                "message": "The account is made. Sign in with it.",
                "email": EXAMPLE["email"],
                "user_id": EXAMPLE_ID,
            }
        }
    }


class OldSignedIn(Schema):
    """A token as the TTS backend answered it."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105

    model_config = {"json_schema_extra": {"example": {"access_token": "eyJhbGciOi...", "token_type": "bearer"}}}


class OldUserOut(Schema):
    """A person as the TTS backend showed them."""

    user_id: str = Field(validation_alias="pk")
    email: str
    name: str

    model_config = {"json_schema_extra": {"example": {"user_id": EXAMPLE_ID, "email": EXAMPLE["email"], "name": "Ann"}}}


class MemberOut(Schema):
    user_id: str = Field(validation_alias="pk")
    email: str
    name: str
    role: str


class MemberStateOut(MemberOut):
    is_active: bool


class TeamOut(Schema):
    team_id: str
    name: str
    members: list[MemberOut]


class InvitationIn(Schema):
    email: Text = Field("", description="Where mail is set up the link is mailed to it.")
    role: Text = Role.MEMBER.value

    model_config = {"json_schema_extra": {"example": {"email": "ben@example.com", "role": "member"}}}


class LinkOut(Schema):
    url: str
    expires_at: Time


class MemberIn(Schema):
    role: Text | None = None
    is_active: bool | None = None

    model_config = {"json_schema_extra": {"example": {"role": "admin"}}}


class KeyIn(Schema):
    name: Name = Field(description="What it is for.")
    scopes: list[Text] | None = Field(None, description=f"Of: {', '.join(Scope.values)}. `all` when absent.")
    expires_at: dt.datetime | None = Field(None, description="With its zone; the key does not end when absent.")

    model_config = {"json_schema_extra": {"example": {"name": "Phone assistant", "scopes": ["read", "speak"]}}}


class KeyBase(Schema):
    key_id: str = Field(validation_alias="pk")
    name: str
    prefix: str = Field(description="How the key begins.")
    scopes: list[str]
    expires_at: Time | None


class KeyOut(KeyBase):
    created_at: Time
    last_used_at: Time | None


class KeyMade(KeyBase):
    key: str = Field(description="Shown this once.")


class SecretOut(Schema):
    secret: str = Field(validation_alias="signing_secret")

    model_config = {"json_schema_extra": {"example": {"secret": "sec_" + 43 * "x"}}}


def key_made(key: ApiKey, text: str) -> dict[str, Any]:
    return {name: getattr(key, name) for name in ("pk", "name", "prefix", "scopes", "expires_at")} | {"key": text}
