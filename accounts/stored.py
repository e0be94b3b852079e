"""The files that rows of this app name in the storage."""

from collections.abc import Iterator, Sequence

from accounts.actions import exports
from accounts.models import DataExport
from config.hooks import StoredFiles, stored_files
from config.storage_audit import BATCH, owners_in


def named() -> Iterator[tuple[str, str]]:
    rows = DataExport.objects.exclude(path="").values_list("pk", "path")
    return rows.iterator(chunk_size=BATCH)


def known(names: Sequence[str]) -> set[str]:
    """Found by the person whose folder a file lies in."""
    rows = DataExport.objects.filter(user_id__in=owners_in(names), path__in=names)
    return set(rows.values_list("path", flat=True))


def register() -> None:
    stored_files.register(StoredFiles("data exports", (exports.FOLDER,), named, known))
