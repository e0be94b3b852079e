"""JSON files as other systems export them, read with bounded memory: one row at a time, of lines or of one array.

Values come in DynamoDB's typed form, in MongoDB's extended JSON, or plain.
"""

import base64
import codecs
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from boto3.dynamodb.types import TypeDeserializer
from bson import Decimal128, json_util
from bson.binary import UuidRepresentation
from bson.codec_options import DatetimeConversion
from bson.errors import BSONError

from config.importing.rows import Row

ROW_MAX_BYTES = 32 * 1024 * 1024  # twice a MongoDB document, for what JSON adds
CHUNK_CHARACTERS = 256 * 1024
SNIFF_BYTES = 64 * 1024
TYPES = {"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"}
OPTIONS = json_util.JSONOptions(
    tz_aware=True,
    uuid_representation=UuidRepresentation.STANDARD,
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
)
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, BSONError)
NOT_JSON = "It is not JSON in UTF-8."
NOT_A_DOCUMENT = "It is not a JSON object."
BETWEEN = re.compile(r"[\s,]*")
NEXT_LINE = re.compile(r"\n,?(?=\{)")  # where mongoexport begins the next element
decoder = json.JSONDecoder()


class NotJson(Exception):
    pass


class Deserializer(TypeDeserializer):
    """Of DynamoDB's types as they stand in a file, where bytes are base64."""

    def _deserialize_b(self, value: str) -> bytes:
        return base64.b64decode(value, validate=True)


typed = Deserializer()


def read_documents(path: Path) -> Iterator[Row]:
    """The rows of a file. A broken one is yielded as such, and the next one is read."""
    return array_rows(path) if is_array(path) else line_rows(path)


def is_array(path: Path) -> bool:
    """Whether the file is one array, else lines. NotJson when it can be neither."""
    with path.open("rb") as file:
        start = file.read(SNIFF_BYTES).removeprefix(codecs.BOM_UTF8).strip()
    if start and not any(line.lstrip().startswith((b"{", b"[")) for line in start.splitlines()):
        raise NotJson("is not JSON in UTF-8")
    if start.splitlines()[:1] == [b"{"]:
        raise NotJson("spreads each row over several lines; export it with one row a line, or as one array")
    return start.startswith(b"[")


def line_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(ROW_MAX_BYTES):
            number += 1
            place = f"{path.name} line {number}"
            is_cut = len(line) == ROW_MAX_BYTES and not line.endswith(b"\n")
            while is_cut and not (file.readline(ROW_MAX_BYTES) or b"\n").endswith(b"\n"):
                pass
            if is_cut:
                yield Row(place, broken=f"The line is longer than {ROW_MAX_BYTES // 2**20} MB.")
            elif text := line.removeprefix(codecs.BOM_UTF8 if number == 1 else b"").strip():
                yield line_row(text, place)


def line_row(line: bytes, place: str) -> Row:
    try:
        document = json.loads(line.decode())
    except (ValueError, RecursionError):
        return Row(place, broken=NOT_JSON)
    return document_row(document, place)


def document_row(document: Any, place: str) -> Row:
    if not isinstance(document, dict):
        return Row(place, broken=NOT_A_DOCUMENT)
    try:
        return Row(place, values=to_values(document))
    except UNREADABLE:
        return Row(place, broken="It has a value whose type can't be read.")


def to_values(document: dict[str, Any]) -> Mapping[str, Any]:
    item = document.get("Item") if len(document) == 1 else None
    document = item if isinstance(item, dict) else document
    if document and all(is_typed(value) for value in document.values()):
        return {name: simple(typed.deserialize(value)) for name, value in document.items()}
    return {name: simple(extended(value)) for name, value in document.items()}


def is_typed(value: Any) -> bool:
    """Whether it is a value of DynamoDB's, such as {"S": "text"}."""
    return isinstance(value, dict) and len(value) == 1 and not value.keys() - TYPES


def extended(value: Any) -> Any:
    """What MongoDB's extended JSON stands for, such as {"$oid": ...}."""
    if isinstance(value, dict):
        return json_util.object_hook({name: extended(part) for name, part in value.items()}, OPTIONS)
    return [extended(part) for part in value] if isinstance(value, list) else value


def simple(value: Any) -> Any:
    """Python's own numbers, bytes and lists for those of the databases."""
    if isinstance(value, dict):
        return {name: simple(part) for name, part in value.items()}
    if isinstance(value, list | set):
        return [simple(part) for part in value]
    if isinstance(value, Decimal128):
        value = value.to_decimal()
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    return value


def array_rows(path: Path) -> Iterator[Row]:
    # A byte that is not UTF-8 becomes half a surrogate pair, which refuses the one row that it stands in.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield from ArrayReader(file, path.name)


class ArrayReader:
    """The elements of one array, of which little more than one is in memory."""

    def __init__(self, file: TextIO, name: str) -> None:
        self.file, self.name = file, name
        self.text, self.at, self.line, self.is_whole = "", 0, 1, False

    def __iter__(self) -> Iterator[Row]:
        while "[" not in self.text:
            self.read()
        self.move(self.text.index("[") + 1)
        while not self.has_ended():
            row = self.element()
            if row.broken == NOT_JSON and not self.find_next():
                yield Row(row.place, broken="It is not JSON, and nothing after it can be read.")
                return
            yield row
        if not self.text.startswith("]", self.at):
            yield Row(self.place, broken="The array has no end: the file was cut off here.")

    @property
    def place(self) -> str:
        return f"{self.name} line {self.line}"

    def read(self) -> None:
        """Read on, as much again as there is: what has been looked at is dropped."""
        new = self.file.read(max(CHUNK_CHARACTERS, len(self.text) - self.at))
        self.text, self.at, self.is_whole = self.text[self.at :] + new, 0, not new

    def move(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def has_ended(self) -> bool:
        """Go to the next element; true when there is none."""
        while True:
            self.move(BETWEEN.match(self.text, self.at).end())
            if self.at < len(self.text) or self.is_whole:
                return self.text[self.at : self.at + 1] in ("", "]")
            self.read()

    def element(self) -> Row:
        while True:
            place = self.place
            try:
                document, end = decoder.raw_decode(self.text, self.at)
            except (ValueError, RecursionError):
                document, end = None, None
            if self.is_whole or (end and end < len(self.text)) or len(self.text) - self.at > ROW_MAX_BYTES:
                break
            self.read()  # it may be whole with more of the file
        if end is None:
            return Row(place, broken=NOT_JSON)
        self.move(end)
        return document_row(document, place)

    def find_next(self) -> bool:
        """After a broken element: go on where the next line begins one."""
        found = NEXT_LINE.search(self.text, self.at)
        if found:
            self.move(found.end())
        return found is not None
