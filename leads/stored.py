"""The files that rows of this app name in the storage."""

from collections.abc import Iterator, Sequence

from config.hooks import StoredFiles, stored_files
from config.storage_audit import BATCH, owners_in
from leads.actions import export_files, lead_imports
from leads.actions.whatsapp import media
from leads.models import ExportFile, LeadImport, MessageMedia


def named() -> Iterator[tuple[str, str]]:
    return MessageMedia.objects.exclude(path="").values_list("pk", "path").iterator(chunk_size=BATCH)


def known(names: Sequence[str]) -> set[str]:
    return set(MessageMedia.objects.filter(path__in=names).values_list("path", flat=True))


def exports_named() -> Iterator[tuple[str, str]]:
    return ExportFile.objects.exclude(path="").values_list("pk", "path").iterator(chunk_size=BATCH)


def exports_known(names: Sequence[str]) -> set[str]:
    """Found by the team whose folder a file lies in."""
    rows = ExportFile.objects.filter(team_id__in=owners_in(names), path__in=names)
    return set(rows.values_list("path", flat=True))


def imports_named() -> Iterator[tuple[str, str]]:
    """The file of each import, and that of its refused rows."""
    for field in ("path", "refused_path"):
        rows = LeadImport.objects.exclude(**{field: ""})
        yield from rows.values_list("pk", field).iterator(chunk_size=BATCH)


def imports_known(names: Sequence[str]) -> set[str]:
    """Found by the team whose folder a file lies in."""
    rows = LeadImport.objects.filter(team_id__in=owners_in(names))
    found = [rows.filter(**{f"{field}__in": names}).values_list(field, flat=True) for field in ("path", "refused_path")]
    return {name for names_found in found for name in names_found}


def register() -> None:
    stored_files.register(StoredFiles("files of chats", (media.FOLDER,), named, known))
    stored_files.register(StoredFiles("imports of leads", (lead_imports.FOLDER,), imports_named, imports_known))
    stored_files.register(StoredFiles("scheduled exports", (export_files.FOLDER,), exports_named, exports_known))
