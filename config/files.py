"""Files on their way into the storage."""

import datetime as dt
import functools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from config.errors import Gone

STORAGE_ERRORS = (BotoCoreError, ClientError)  # an S3 that is away or refuses us
QUESTIONS_AT_ONCE = 16
NO_FILE = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


class LocalFile(File):
    """A finished local file that a storage on the same disk may take by renaming it."""

    def __init__(self, path: Path, *, on_read: Callable[[], object] = lambda: None) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self.path, self.on_read = path, on_read

    def read(self, *args: int) -> bytes:
        """A part of it; `on_read` learns that whoever sends it elsewhere is still at it, maybe in another thread."""
        self.on_read()
        return self.file.read(*args)

    def temporary_file_path(self) -> str:
        return str(self.path)


class UploadHandler(TemporaryFileUploadHandler):
    """Writes an upload to the work folder, under a name that takes nothing from the client's, which may be too long."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = TemporaryUploadedFile("upload", self.content_type, 0, self.charset, self.content_type_extra)
        self.file.name = self.file_name


def is_on_disk() -> bool:
    """Whether the storage is a folder of this machine, not S3."""
    return isinstance(default_storage, FileSystemStorage)


def is_folder(name: str) -> bool:
    """Whether the name is a folder's in the storage; S3 has none."""
    return is_on_disk() and Path(default_storage.path(name)).is_dir()


def work_folder() -> Path:
    """Where files are written until they are finished; a process that is killed leaves its file there."""
    settings.VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # hashes and sessions lie in it
    folder = settings.VAR_DIR / "work"
    folder.mkdir(exist_ok=True)
    return folder


def listing(folder: str) -> tuple[list[str], list[str]]:
    """The folders and the files in a folder of the storage; none when it isn't there."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


@dataclass(frozen=True)
class Stored:
    name: str  # in the storage
    changed_at: dt.datetime


def walk(folder: str) -> Iterator[Stored]:
    """Every file in a folder of the storage and in those below, one after the other: no list of them is made."""
    if is_on_disk():
        yield from walk_disk(Path(default_storage.path(folder)), folder)
        return
    for item in default_storage.bucket.objects.filter(Prefix=f"{folder}/"):
        if not item.key.endswith("/"):  # a folder, as some tools put it there
            yield Stored(item.key, item.last_modified)


def walk_disk(path: Path, name: str) -> Iterator[Stored]:
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                inner = f"{name}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    yield from walk_disk(Path(entry.path), inner)
                else:
                    yield Stored(inner, dt.datetime.fromtimestamp(entry.stat().st_mtime, dt.UTC))
    except NO_FILE:
        return  # it went while we looked


def missing(names: Sequence[str]) -> list[str]:
    """Those of these names under which no file lies in the storage."""
    if is_on_disk():
        return [name for name in names if not Path(default_storage.path(name)).is_file()]
    return [
        name for name, is_there in zip(names, askers().map(default_storage.exists, names), strict=True) if not is_there
    ]


@functools.cache
def askers() -> ThreadPoolExecutor:
    """Threads that ask S3 side by side: one question takes its time on the way."""
    return ThreadPoolExecutor(QUESTIONS_AT_ONCE, "asks-storage")


@contextmanager
def stored(name: str, file: File) -> Iterator[str]:
    """Store a file under a free name, with the row that is written within the block, or neither."""
    try:
        name = default_storage.save(name, file)
        yield name
    except BaseException:
        default_storage.delete(name)
        raise


def copy(name: str, to: str) -> None:
    """Copy a file of the storage to a name that is free, whole or not at all. Gone when it isn't there."""
    try:
        with default_storage.open(name) as file, stored(to, file):
            return
    except NO_FILE as error:
        raise Gone("The file is gone from the storage.") from error


def delete_folders_before(folder: str, first: str) -> None:
    """Delete those folders in a folder of the storage whose names sort before this one, with their files."""
    for name in listing(folder)[0]:
        if name < first:
            delete_folder(f"{folder}/{name}")


def delete_folder(folder: str) -> None:
    """Delete a folder of the storage with its files."""
    for file in listing(folder)[1]:
        default_storage.delete(f"{folder}/{file}")
    default_storage.delete(folder)
