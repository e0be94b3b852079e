import base64

from accounts.actions import imports as accounts
from accounts.models import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS, User, normalise_email
from config import times
from config.importing import Context, ImportCommand, Outcome, Refused, Row, Table
from voices.actions import imports
from voices.models import FILE_NAME_MAX_CHARACTERS, S3_KEY_MAX_CHARACTERS, AudioFile

KEY_SALT_MAX_CHARACTERS = User._meta.get_field("key_salt").max_length
CONTENT_TYPE_MAX_CHARACTERS = AudioFile._meta.get_field("content_type").max_length
NO_PASSWORD = "imported without its password, whose hash can't be kept here: the person needs a reset link."  # noqa: S105


def import_user(row: Row, context: Context) -> Outcome:
    user_id = row.id("user_id", "_id")
    if is_user(user_id, context):
        return Outcome.KNOWN
    email = normalise_email(row.text("email", max_characters=EMAIL_MAX_CHARACTERS, is_needed=True))
    if known := user_with_email(email, context):
        context.aliases[user_id] = known
        return Outcome.KNOWN
    user = accounts.import_user(
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


def import_audio_file(row: Row, context: Context) -> Outcome:
    file_id = row.id("file_id", "_id")
    if ("file", file_id) in context.planned or AudioFile.objects.filter(pk=file_id).exists():
        return Outcome.KNOWN
    file = AudioFile(
        pk=file_id,
        user_id=owner_id(row, context),
        s3_key=row.text("s3_key", max_characters=S3_KEY_MAX_CHARACTERS, is_needed=True),
        name=row.text("name", "file_name", "filename", max_characters=FILE_NAME_MAX_CHARACTERS),
        file_size=row.integer("file_size") or 0,
        content_type=row.text("content_type", max_characters=CONTENT_TYPE_MAX_CHARACTERS),
        duration=row.number("duration"),
        uploaded_at=row.time("uploaded_at") or times.now(),
        is_stored=context.is_stored,
    )
    if file.is_stored and ("stored", file.s3_key) in context.planned:
        raise imports.KeyTaken
    imports.import_audio_file(file=file, dry_run=context.is_dry_run)
    context.plan("file", file_id, file_id)
    context.plan("stored", file.s3_key, file_id)
    return Outcome.IMPORTED


def owner_id(row: Row, context: Context) -> str:
    """The account that the file's user has become, else the one of --owner."""
    try:
        old = row.id("user_id")
    except Refused:
        old = ""
    user_id = context.aliases.get(old, old)
    if user_id and is_user(user_id, context):
        return user_id
    if context.owner is None:
        raise Refused("Its owner is not known here. Name an account for such files with --owner.")
    return context.owner.pk


class Command(ImportCommand):
    help = (
        "Import the accounts and audio files of the user and audio-file service: its tables `users` and `audio_files`, "
        "as files whose names end so (panzoto-users.json), or from a MongoDB database. People keep their ids, "
        "passwords and key salts. Audio files come as records; --stored says that their objects lie in this "
        "installation's storage. It may be run again at any time: rows that are here already stay as they are. The "
        "last line is JSON, the counts of each table. Ends with 2 when the source can't be read."
    )
    tables = (
        Table("users", import_user, setting="USERS_TABLE"),
        Table("audio_files", import_audio_file, setting="AUDIO_FILES_TABLE"),
    )
