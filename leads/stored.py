"""The files that rows of this app name in the storage."""

from collections.abc import Iterator, Sequence

from config.hooks import StoredFiles, stored_files
from config.storage_audit import BATCH
from leads.actions.whatsapp import media
from leads.models import MessageMedia


def named() -> Iterator[tuple[str, str]]:
    return MessageMedia.objects.exclude(path="").values_list("pk", "path").iterator(chunk_size=BATCH)


def known(names: Sequence[str]) -> set[str]:
    return set(MessageMedia.objects.filter(path__in=names).values_list("path", flat=True))


def register() -> None:
    stored_files.register(StoredFiles("files of chats", (media.FOLDER,), named, known))
