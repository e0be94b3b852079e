"""All data of a person as one zip file: a JSON file for each kind of row, and the files that belong to them."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.files.storage import default_storage

from accounts.models import User
from config import hooks, times
from config.db import in_batches
from config.files import NO_FILE

UNSAFE = re.compile(r"[^\w .,()'-]+")
NO_STEM = re.compile(r"^[ .]*(?=\.\w)")
NAME_BYTES = 200  # that every file system takes
CHUNK_BYTES = 1024 * 1024
MISSING = "These files belong to rows in this archive, but the storage no longer has them:\n\n"


def write(user: User, path: Path, report: Callable[[int, int], None]) -> None:
    """Write the zip to a local path. `report` is called after each row and part of a file; it may raise to stop."""
    entries = [entry for entry in hooks.owned_data if entry.columns]
    with ZipFile(path, "w", ZIP_DEFLATED) as zipped:
        archive = Archive(zipped, user, entries, report)
        for entry in entries:
            archive.add_rows(entry)
        for entry in archive.with_files:
            archive.add_files(entry)
        archive.add_missing()


class Archive:
    def __init__(
        self, zipped: ZipFile, user: User, entries: list[hooks.OwnedData], report: Callable[[int, int], None]
    ) -> None:
        self.zipped, self.user, self._report = zipped, user, report
        self.with_files = [entry for entry in entries if entry.files is not hooks.no_files]
        walks = [*entries, *self.with_files]
        self.done, self.total = 0, sum(entry.model.objects.owned_by(user).count() for entry in walks)
        self.names: set[str] = set()
        self.missing: list[str] = []

    def add_rows(self, entry: hooks.OwnedData) -> None:
        """An array, row by row: no table has to fit into memory."""
        with self.open(f"{name_of(entry)}.json", ZIP_DEFLATED) as file:
            start = "[\n"
            for row in self.rows(entry):
                shown = {column: getattr(row, column) for column in entry.columns}
                file.write((start + json.dumps(shown, ensure_ascii=False, default=plain)).encode())
                start = ",\n"
            file.write(b"[]\n" if start == "[\n" else b"\n]\n")

    def rows(self, entry: hooks.OwnedData) -> Iterator[Any]:
        for batch in in_batches(entry.model.objects.owned_by(self.user)):
            for row in batch:
                yield row
                self.done += 1
                self.report()

    def add_files(self, entry: hooks.OwnedData) -> None:
        for row in self.rows(entry):
            for name, stored in entry.files(row):
                self.copy(self.free_name(f"files/{name_of(entry)}", name), stored)

    def copy(self, name: str, stored: str) -> None:
        try:
            source = default_storage.open(stored)
        except NO_FILE:
            self.missing.append(name)
            return
        with closing(source), self.open(name, ZIP_STORED) as target:
            while chunk := source.read(CHUNK_BYTES):
                target.write(chunk)
                self.report()

    def add_missing(self) -> None:
        if self.missing:
            with self.open("missing.txt", ZIP_DEFLATED) as file:
                file.write((MISSING + "\n".join(self.missing) + "\n").encode())

    def open(self, name: str, compression: int) -> IO[bytes]:
        entry = ZipInfo(name, times.now().timetuple()[:6])
        entry.compress_type, entry.external_attr = compression, 0o600 << 16
        return self.zipped.open(entry, "w", force_zip64=True)

    def free_name(self, folder: str, name: str) -> str:
        """A name that no other file of the archive has, on file systems too that know no capitals."""
        path = PurePosixPath(safe_name(name))
        number, free = 1, f"{folder}/{path}"
        while free.casefold() in self.names:
            number += 1
            free = f"{folder}/{path.stem} ({number}){path.suffix}"
        self.names.add(free.casefold())
        return free

    def report(self) -> None:
        self._report(min(self.done, self.total), max(self.total, 1))


def name_of(entry: hooks.OwnedData) -> str:
    return entry.name or entry.model._meta.db_table


def safe_name(name: str) -> str:
    """A file name without folders, marks and control characters, short enough for every file system."""
    clean = NO_STEM.sub("file", " ".join(UNSAFE.sub(" ", name).split()))
    path = PurePosixPath(clean.strip(" .") or "file")
    suffix = path.suffix if len(path.suffix.encode()) <= NAME_BYTES // 4 else ""
    stem = path.name.removesuffix(suffix).encode()[: NAME_BYTES - len(suffix.encode())]
    return stem.decode(errors="ignore") + suffix


def plain(value: Any) -> str:
    """What JSON has no form for."""
    if isinstance(value, dt.datetime):
        return times.iso(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value)} has no form in JSON.")
