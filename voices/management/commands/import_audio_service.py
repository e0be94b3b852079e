from accounts.importing import import_user, owner_id
from config import times
from config.importing import Context, ImportCommand, Outcome, Row, Table
from voices.actions import imports
from voices.models import FILE_NAME_MAX_CHARACTERS, S3_KEY_MAX_CHARACTERS, AudioFile

CONTENT_TYPE_MAX_CHARACTERS = AudioFile._meta.get_field("content_type").max_length


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
