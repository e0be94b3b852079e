"""Where rows come from: a file, a folder of files, or a MongoDB database."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bson.errors import BSONError
from django.conf import settings
from pymongo import MongoClient
from pymongo.errors import InvalidURI, PyMongoError
from pymongo.uri_parser import parse_uri

from config.importing.documents import NotJson, is_array, read_documents, simple
from config.importing.rows import Row

MONGODB = ("mongodb://", "mongodb+srv://")
SUFFIXES = (".json", ".jsonl", ".ndjson")
BATCH_ROWS = 500  # few enough that the server keeps its cursor while they are taken over


class Unreadable(Exception):
    """The source can't be read; in a sentence a person can act on."""


class Named(Protocol):
    """What a table must tell, for its files and collections to be found."""

    @property
    def names(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Part:
    """The rows of one table in one file or collection."""

    table: Any
    label: str
    read: Callable[[], Iterator[Row]]


def find_parts(source: str, tables: Sequence[Named]) -> list[Part]:
    """What the source holds of these tables, in their order."""
    parts = collections(source, tables) if source.startswith(MONGODB) else files(Path(source), tables)
    if not parts:
        known = ", ".join(name for table in tables for name in table.names)
        where = "This database" if source.startswith(MONGODB) else source
        raise Unreadable(f"{where} has none of these tables: {known}.")
    return parts


def files(path: Path, tables: Sequence[Named]) -> list[Part]:
    try:
        found = sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
        for file in found:
            file.stat()
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from error
    return [file_part(table, file) for table in tables for file in found if find_table(stem(file), tables) is table]


def stem(path: Path) -> str:
    return path.stem if path.suffix in SUFFIXES else path.name


def find_table(name: str, tables: Iterable[Named]) -> Named | None:
    """The table that a file or collection of this name holds: its own name, after an optional `prefix-`."""
    name = plain(name)
    names = [(plain(own), table) for table in tables for own in table.names]
    fitting = [(len(own), table) for own, table in names if name == own or name.endswith(f"_{own}")]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def plain(name: str) -> str:
    return name.replace("-", "_").lower()


def file_part(table: Named, path: Path) -> Part:
    try:
        is_array(path)
    except NotJson as error:
        raise Unreadable(f"{path} {error}.") from error
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from error
    return Part(table, path.name, lambda: file_rows(path))


def file_rows(path: Path) -> Iterator[Row]:
    try:
        yield from read_documents(path)
    except OSError as error:
        raise Unreadable(f"{path} can't be read any further: {error.strerror}.") from error


def collections(uri: str, tables: Sequence[Named]) -> list[Part]:
    try:
        with connect(uri) as client:
            names = sorted(client.get_default_database().list_collection_names())
    except (PyMongoError, BSONError) as error:
        raise Unreadable(f"The MongoDB database can't be read: {reason(error)}.") from error
    return [
        Part(table, name, lambda name=name: collection_rows(uri, name))
        for table in tables
        for name in names
        if find_table(name, tables) is table
    ]


def connect(uri: str) -> MongoClient[dict[str, Any]]:
    if not database_of(uri):
        raise InvalidURI("the address names no database; write mongodb://host/database")
    return MongoClient(
        uri,
        tz_aware=True,
        uuidRepresentation="standard",
        datetime_conversion="DATETIME_AUTO",
        unicode_decode_error_handler="replace",
        serverSelectionTimeoutMS=settings.MONGODB_TIMEOUT,
        connectTimeoutMS=settings.MONGODB_TIMEOUT,
    )


def database_of(uri: str) -> str | None:
    try:
        return parse_uri(uri)["database"]
    except (InvalidURI, ValueError) as error:
        # pymongo would repeat a part of the address, which may be one of the password.
        form = (
            "the address is not written as mongodb://user:password@host/database; in the password, @ is %40 and / %2F"
        )
        raise InvalidURI(form) from error


def reason(error: Exception) -> str:
    """What went wrong in a few words, without pymongo's view of every server and the server's whole answer."""
    return str(error).partition(" (")[0].partition(", full error")[0].partition(", Timeout:")[0].rstrip(".")


def collection_rows(uri: str, name: str) -> Iterator[Row]:
    try:
        with connect(uri) as client:
            for document in client.get_default_database()[name].find(batch_size=BATCH_ROWS).sort("_id"):
                yield Row(f"{name} {str(document.get('_id'))[:60]!r}", values=simple(document))
    except (PyMongoError, BSONError) as error:
        raise Unreadable(f"The MongoDB database can't be read any further: {reason(error)}.") from error
