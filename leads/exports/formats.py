"""Tables as files: CSV and JSON in parts as they are read, XLSX as a local file."""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import times
from leads.exports.cells import cell
from leads.exports.spreadsheet import write_xlsx
from leads.exports.tables import Table
from leads.models import ExportFormat

PART_CHARACTERS = 64 * 1024
CUT_OFF = "This file is not whole: it broke off here. Export it again."
Parts = Generator[bytes, None, None]


@dataclass(frozen=True)
class Format:
    content_type: str
    parts: Callable[[Table], Parts] | None  # None: it can't be read before it is whole
    cut_off: bytes = b""  # what follows when no more comes: nothing may look whole that isn't


def csv_parts(table: Table) -> Parts:
    """UTF-8, commas, CR LF."""
    return joined(csv_lines(table))


def csv_lines(table: Table) -> Iterable[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([cell(value) for value in row])
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def json_parts(table: Table) -> Parts:
    """One array, a line for each row."""
    return joined(json_lines(table))


def json_lines(table: Table) -> Iterable[str]:
    start = "[\n"
    for row in table.rows:
        yield start + json.dumps(dict(zip(table.columns, row, strict=True)), ensure_ascii=False, default=plain)
        start = ",\n"
    yield "[]\n" if start == "[\n" else "\n]\n"


def plain(value: Any) -> str:
    """What JSON has no form for."""
    if isinstance(value, dt.datetime):
        return times.iso(value)
    raise TypeError(f"{type(value)} has no form in JSON.")


def joined(lines: Iterable[str]) -> Parts:
    """Lines in parts that are worth sending. Half characters, which no file can keep, become question marks."""
    held, size = list[str](), 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= PART_CHARACTERS:
            yield "".join(held).encode(errors="replace")
            held, size = [], 0
    yield "".join(held).encode(errors="replace")


FORMATS = {
    ExportFormat.CSV: Format("text/csv; charset=utf-8", csv_parts, f'\r\n"{CUT_OFF}"\r\n'.encode()),
    # Without its last bracket no program takes it for JSON.
    ExportFormat.JSON: Format("application/json", json_parts, f'\n"{CUT_OFF}"\n'.encode()),
    ExportFormat.XLSX: Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", None),
}


def streamed(table: Table, kind: str) -> Parts:
    """The file in parts, for somebody who waits for them."""
    made = FORMATS[ExportFormat(kind)]
    if made.parts is None:
        raise ValueError(f"{kind} has no parts.")
    return told_if_cut_off(made.parts(table), made.cut_off)


def told_if_cut_off(parts: Parts, words: bytes) -> Parts:
    """The same parts; a file that breaks off after its first one ends with these words."""
    yield next(parts)
    try:
        yield from parts
    except Exception:
        yield words
        raise


def write(table: Table, kind: str, path: Path, *, on_part: Callable[[], object] = lambda: None) -> None:
    """The whole file to a local path; `on_part` learns that it is being written on."""
    parts = FORMATS[ExportFormat(kind)].parts
    if parts is None:
        write_xlsx(table, path, on_part)
        return
    with path.open("wb") as file:
        for part in parts(table):
            file.write(part)
            on_part()
