"""Voice models made of recordings: of one that is sent, of one that is kept here, and new versions."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from accounts.actions import usage
from accounts.models import User
from config import limits, storage_quota, times
from config.errors import Conflict, Forbidden, Gone, NotFound
from config.files import NO_FILE, LocalFile, work_folder
from config.ids import new_id
from voices import engines, reference_check
from voices.actions import audio_files, engine_deletions, links, making, voice_models
from voices.actions.making import Made, Wish
from voices.engines.fish import MadeModel, new_tag
from voices.engines.fish_errors import EngineFailure, EngineOff
from voices.models import ENGINE, AudioFile, Echo, VoiceModel
from voices.reference_check import Recording

KEPT = "Your recording is kept in your files: clone it from there later."
STILL_KEPT = "The recording stays in your files: try again later."
DELETED = "This file was deleted a moment ago."
CLONED_NOW = "This recording is being made into a voice just now. Wait a moment, then look among your voices."
CLONING = dt.timedelta(minutes=2)  # after which whoever cloned a file has ended, or was killed
COPY_BYTES = 1024**2  # that are copied at once


def upload_reference(
    *,
    by: User,
    file: UploadedFile | LocalFile,
    name: str,
    has_consent: bool,
    save: bool = True,
    echo: Echo | None = None,
    description: str = "",
    tags: Sequence[str] = (),
) -> Made:
    """Have the engine make a voice of a recording, and keep both; with `save=False` keep neither, only note the id.

    Whenever the engine fails the recording is kept as an audio file, and the EngineFailure says so.
    """
    check_echo(by, echo)
    limits.hit("upload", by.pk)
    reference_check.check_size(file)
    wish = Wish(
        by=by,
        name=voice_models.clean_name(name),
        consent=making.consent(by, has_consent),
        save=save,
        echo=echo,
        description=voice_models.clean_description(description),
        tags=voice_models.clean_tags(tags),
    )
    return make_of_upload(wish, file)


def new_version(*, by: User, model: VoiceModel, file: UploadedFile | LocalFile, has_consent: bool) -> Made:
    """A new voice model beside the old one, of another recording. The old one's echo speaks with it from now on."""
    if model.user_id != by.pk:
        raise Forbidden(voice_models.NOT_YOURS)
    limits.hit("upload", by.pk)
    reference_check.check_size(file)
    wish = Wish(
        by=by,
        name=model.name,
        consent=making.consent(by, has_consent),
        echo=model.echo,
        description=model.description,
        tags=model.tags,
        visibility=model.visibility,
        previous=model,
    )
    return make_of_upload(wish, file)


def check_echo(by: User, echo: Echo | None) -> None:
    if echo and echo.user_id != by.pk:
        raise NotFound(links.NO_ECHO)


def make_of_upload(wish: Wish, file: UploadedFile | LocalFile) -> Made:
    """Until a row names the model or the recording, a deletion waits for what this process may leave, if it dies."""
    tag, content_type = new_tag(), getattr(file, "content_type", "") or ""
    with reference_check.examined(file, name=file.name, content_type=content_type) as recording:
        size = recording.kept_bytes
        storage_quota.check(wish.by, more=size)
        deletion = engine_deletions.delete_begun_later(tag=tag)
        result = made_or_kept(wish, recording, tag)
        deletion.delete()
        usage.count(wish.by, uploads=1, upload_bytes=size)
    if isinstance(result, EngineFailure):
        raise result
    return result


def made_or_kept(wish: Wish, recording: Recording, tag: str) -> Made | EngineFailure:
    """The voice model; or why there is none, with the recording kept."""
    try:
        return making.finish(wish, recording, ask_engine(wish, recording, tag))
    except EngineFailure as failure:
        making.keep_for_later(wish, recording, tag)
        failure.message = f"{failure.message} {KEPT}"
        return failure


def ask_engine(wish: Wish, recording: Recording, tag: str, *, is_new: bool = True) -> MadeModel:
    """The engine's model: of a tag that is not new what an earlier try, whose answer never came, has made after all."""
    engine = engines.get(ENGINE)
    if not engine.is_on():
        raise EngineOff
    earlier = [] if is_new else engine.list_models(tag)
    return earlier[0] if earlier else engine.make_model(wish.name, [recording.path], tag=tag)


def clone_file(
    *, by: User, file: AudioFile, name: str, has_consent: bool, save: bool = True, echo: Echo | None = None
) -> Made:
    """A voice model of a kept file, with a copy of its bytes; of an earlier try, if that one made it after all."""
    check_echo(by, echo)
    check_readable(file)
    limits.hit("upload", by.pk)
    consent = making.consent(by, has_consent, file=file)
    wish = Wish(by=by, name=voice_models.clean_name(name), consent=consent, save=save, echo=echo)
    with local_copy(file) as copy:
        reference_check.check_size(copy)
        with reference_check.examined(copy) as recording:
            storage_quota.check(by, more=recording.kept_bytes if save else 0)
            return clone(wish, file, recording)


def clone(wish: Wish, file: AudioFile, recording: Recording) -> Made:
    with begun(file) as (tag, is_new):
        try:
            found = ask_engine(wish, recording, tag, is_new=is_new)
        except EngineFailure as failure:
            failure.message = f"{failure.message} {STILL_KEPT}"
            raise
        made = making.finish(wish, recording, found)
        AudioFile.objects.filter(pk=file.pk, clone_tag=tag).update(clone_tag="")
        return made


def check_readable(file: AudioFile) -> None:
    if file.is_encrypted:
        raise Conflict("This file is encrypted: only you can open it. Upload the recording itself.")
    if not file.is_stored:
        raise Conflict("This is the record of a sound that is kept elsewhere. Upload the recording itself.")


@contextmanager
def begun(file: AudioFile) -> Iterator[tuple[str, bool]]:
    """The tag of this try, and whether none before had it. One at a time: each would make a model of its own.

    It is noted before the engine is asked: whoever tries after us, or deletes the file, needs it.
    """
    claim(file)
    try:
        rows = AudioFile.objects.filter(pk=file.pk)
        is_new = bool(rows.filter(clone_tag="").update(clone_tag=new_tag()))
        tag = rows.values_list("clone_tag", flat=True).first()
        if tag is None:
            raise Gone(DELETED)
        yield tag, is_new
    finally:
        AudioFile.objects.filter(pk=file.pk).update(cloning_until=None)


def claim(file: AudioFile) -> None:
    now, rows = times.now(), AudioFile.objects.filter(pk=file.pk)
    is_free = Q(cloning_until=None) | Q(cloning_until__lt=now)
    if not rows.filter(is_free).update(cloning_until=now + CLONING):
        raise Conflict(CLONED_NOW) if rows.exists() else Gone(DELETED)


@contextmanager
def local_copy(file: AudioFile) -> Iterator[LocalFile]:
    """A kept file's bytes on this disk, for the storage to take."""
    path = work_folder() / new_id()
    try:
        with default_storage.open(file.s3_key) as source, path.open("wb") as target:
            for part in source.chunks(COPY_BYTES):
                target.write(part)
        with LocalFile(path) as copy:
            copy.name = audio_files.clean_name(file.name)
            yield copy
    except NO_FILE as error:
        raise Gone("The sound of this file is gone from the storage. Upload the recording again.") from error
    finally:
        path.unlink(missing_ok=True)
