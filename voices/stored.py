"""The files that rows of this app name in the storage."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from config.hooks import StoredFiles, stored_files
from config.ids import OBJECT_ID
from config.storage_audit import BATCH
from voices.actions import audio_files, making, voices
from voices.models import AudioFile, Voice, VoiceModel


def files_named() -> Iterator[tuple[str, str]]:
    return AudioFile.objects.filter(is_stored=True).values_list("pk", "s3_key").iterator(chunk_size=BATCH)


def files_known(names: Sequence[str]) -> set[str]:
    return set(AudioFile.objects.filter(is_stored=True, s3_key__in=names).values_list("s3_key", flat=True))


def references_named() -> Iterator[tuple[str, str]]:
    return VoiceModel.objects.exclude(reference="").values_list("pk", "reference").iterator(chunk_size=BATCH)


def references_known(names: Sequence[str]) -> set[str]:
    """A recording is called by its row's id; only what an importer brought has to be looked for in all rows."""
    pks = [stem for name in names if OBJECT_ID.fullmatch(stem := PurePosixPath(name).stem)]
    found = {*VoiceModel.objects.filter(pk__in=pks).values_list("reference", flat=True)} & set(names)
    rest = sorted(set(names) - found)
    return (
        found | {*VoiceModel.objects.filter(reference__in=rest).values_list("reference", flat=True)} if rest else found
    )


def samples_named() -> Iterator[tuple[str, str]]:
    return Voice.objects.exclude(sample="").values_list("voice_id", "sample").iterator(chunk_size=BATCH)


def samples_known(names: Sequence[str]) -> set[str]:
    return set(Voice.objects.filter(sample__in=names).values_list("sample", flat=True))


ENTRIES = (
    StoredFiles("audio files", (audio_files.FOLDER,), files_named, files_known),
    StoredFiles("recordings of voice models", (making.FOLDER,), references_named, references_known),
    StoredFiles("samples of voices", (voices.SAMPLES,), samples_named, samples_known),
)


def register() -> None:
    for entry in ENTRIES:
        stored_files.register(entry)
