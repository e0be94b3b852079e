"""The accounts of another system, row by row: every importer whose rows belong to people takes them over alike."""

import base64

from accounts.actions import imports
from accounts.models import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS, User, normalise_email
from config.importing import Context, Outcome, Refused, Row

KEY_SALT_MAX_CHARACTERS = User._meta.get_field("key_salt").max_length
NO_PASSWORD = (
    "imported without its password, whose hash is not there or can't be kept here: "  # noqa: S105
    "the person needs a reset link."
)


def import_user(row: Row, context: Context) -> Outcome:
    user_id = row.id("user_id", "_id")
    if is_user(user_id, context):
        return Outcome.KNOWN
    email = normalise_email(row.text("email", max_characters=EMAIL_MAX_CHARACTERS, is_needed=True))
    if known := user_with_email(email, context):
        context.aliases[user_id] = known
        return Outcome.KNOWN
    user = imports.import_user(
        user_id=user_id,
        email=email,
        name=row.text("name", max_characters=NAME_MAX_CHARACTERS).strip(),
        password_hash=password_hash(row),
        key_salt=key_salt(row),
        created_at=row.time("created_at"),
        dry_run=context.is_dry_run,
    )
    if not user.has_usable_password():
        context.note(row, NO_PASSWORD)
    context.plan("user", user_id, user_id)
    context.plan("email", email, user_id)
    return Outcome.IMPORTED


def is_user(user_id: str, context: Context) -> bool:
    return ("user", user_id) in context.planned or User.objects.filter(pk=user_id).exists()


def user_with_email(email: str, context: Context) -> str | None:
    planned = context.planned.get(("email", email))
    return planned or User.objects.filter(email=email).values_list("pk", flat=True).first()


def password_hash(row: Row) -> str:
    value = row.value("password_hash", "hashed_password", "password")
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""


def key_salt(row: Row) -> str:
    """As the old system gave it to clients, which derive their key from it."""
    value = row.value("key_salt")
    text = base64.b64encode(value).decode() if isinstance(value, bytes) else value
    return Row(row.place, {"key_salt": text}).text("key_salt", max_characters=KEY_SALT_MAX_CHARACTERS)


def owner_id(row: Row, context: Context) -> str:
    """The account that the row's user has become, else the one of --owner."""
    try:
        old = row.id("user_id")
    except Refused:
        old = ""
    user_id = context.aliases.get(old, old)
    if user_id and is_user(user_id, context):
        return user_id
    if context.owner is None:
        raise Refused("Its owner is not known here. Name an account for such rows with --owner.")
    return context.owner.pk
