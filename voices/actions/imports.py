"""Audio files, voices, voice models and echos that come from another system, with their ids."""

import re
from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.utils import validate_file_name
from django.db import IntegrityError

from config.db import atomic
from config.errors import Conflict, Unprocessable
from config.files import is_folder
from config.text import one_line
from voices.actions import catalogue
from voices.actions.audio_files import FOLDER, clean_name
from voices.engines import piper_files
from voices.engines.fish import MODEL_ID
from voices.engines.piper_catalogue import Entry, is_voice_id
from voices.models import AudioFile, Echo, Voice, VoiceModel

OUR_FOLDERS = {"exports", "samples", "temp"}  # of other rows; nobody reads or deletes them by a key of their own
UNSAFE = "Its s3_key is no safe name in the storage."
PART_MAX_BYTES = 255  # of a name between slashes, on any disk
LANGUAGE_MAX_CHARACTERS = Voice._meta.get_field("language").max_length
QUALITY_MAX_CHARACTERS = Voice._meta.get_field("quality").max_length
TAKEN = "Its id or its {} was taken this moment by another row. Run the import again."
CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")


class KeyTaken(Conflict):
    code = "key_taken"

    def __init__(self) -> None:
        super().__init__("Its s3_key is another stored file's already: deleting one would delete both.")


def import_audio_file(*, file: AudioFile, dry_run: bool = False) -> None:
    """Save the row with its old id. A dry run only checks.

    One with `is_stored` names an object in our storage, which is served, signed and deleted from now on.
    """
    file.name = clean_name(file.name)
    if file.is_stored:
        check_stored_key(file.s3_key)
    if dry_run:
        return
    try:
        file.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(TAKEN.format("s3_key")) from error


def check_stored_key(key: str) -> None:
    """Refuse a key that leads out of the storage, is written in two ways, is a folder, or has other rows' bytes."""
    try:
        validate_file_name(key, allow_relative_path=True)
    except SuspiciousFileOperation as error:
        raise Unprocessable(UNSAFE, field="s3_key") from error
    path = PurePosixPath(key)
    is_plain = str(path) == key and not path.is_absolute() and not CONTROL.search(key)
    is_short = all(len(part.encode()) <= PART_MAX_BYTES for part in path.parts)
    if not is_plain or not is_short or path.parts[0] in OUR_FOLDERS or key == FOLDER or is_folder(key):
        raise Unprocessable(UNSAFE, field="s3_key")
    if AudioFile.objects.filter(is_stored=True, s3_key=key).exists():
        raise KeyTaken


def import_voice_model(*, model: VoiceModel, dry_run: bool = False) -> None:
    """Save the row with its old id and its echo. A dry run only checks."""
    if not MODEL_ID.fullmatch(model.model_id):
        raise Unprocessable("Its model_id is none that Fish Audio gives.", field="model_id")
    model.name = named(model.name)
    model.audio_file_path = clean_name(model.audio_file_path)
    model.search = model.words()
    if dry_run:
        return
    try:
        atomic(model.save)(force_insert=True)
    except IntegrityError as error:
        raise Conflict(TAKEN.format("model_id or its echo")) from error


def import_echo(*, echo: Echo, model_id: str | None = None, dry_run: bool = False) -> None:
    """Save the row with its old id, and let it speak with the voice model of this id, which has no echo yet.

    A dry run only checks.
    """
    echo.name = named(echo.name)
    if dry_run:
        return
    try:
        save_echo(echo, model_id)
    except IntegrityError as error:
        raise Conflict(TAKEN.format("voice model")) from error


@atomic
def save_echo(echo: Echo, model_id: str | None) -> None:
    echo.save(force_insert=True)
    if model_id and not VoiceModel.objects.filter(pk=model_id, echo=None).update(echo=echo):
        raise Conflict(TAKEN.format("voice model"))


def import_voice(*, voice_id: str, name: str = "", language: str = "", dry_run: bool = False) -> None:
    """List a Piper voice that is not on this machine, to be downloaded. A dry run only checks."""
    if not is_voice_id(voice_id):
        raise Unprocessable("Its voice_id can't be the name of a voice.", field="voice_id")
    spoken, dataset, quality = piper_files.named(voice_id)
    language = (spoken or language)[:LANGUAGE_MAX_CHARACTERS]
    entry = Entry(
        voice_id, one_line(name) or piper_files.title(dataset), language, quality[:QUALITY_MAX_CHARACTERS], (), 0
    )
    if not dry_run:
        catalogue.save_entry(entry=entry, voice=None)


def named(name: str) -> str:
    if name := one_line(name):
        return name
    raise Unprocessable("It has no name.", field="name")
