"""CSV files of leads as people have them: in which encoding, with which separator, row by row.

Whoever reads a file gives it open for bytes, at any place. What can't be read is Unprocessable, with the line.
"""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from config.text import one_line
from leads.csv_import.encodings import ENCODINGS, BadFile, find_encoding

ROWS_MAX = 200_000
COLUMNS_MAX = 200
LINE_MAX_CHARACTERS = 1_000_000
LINES_MAX = 5_000_000  # blank ones too, which are no rows
HEADING_MAX_CHARACTERS = 80
HEADING_READ_CHARACTERS = 300  # an address is sought in: that takes the square of them, and the whole process waits
SAMPLE_ROWS = 10
SAMPLE_CELL_CHARACTERS = 600  # longer than all that a lead has but its message
HEAD_CHARACTERS = 256 * 1024
END = "\x1e the end \x1e"  # a line of our own after the last: within a cell, its quotation mark was never closed
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
TAKEN = (*DELIMITERS, *":^~#!")  # from a line that names it
SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # as Excel writes it before the heading
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Row:
    line: int  # of the file, in which it begins
    cells: list[str]


@dataclass(frozen=True)
class Look:
    """What a file has."""

    encoding: str
    delimiter: str
    headings: list[str]
    samples: list[list[str]]  # the first rows, long cells cut
    rows: int


def look(file: BinaryIO, *, encoding: str = "", delimiter: str = "") -> Look:
    """Read all of it once, in the encoding and with the separator that are given or found. BadFile says what is bad."""
    encoding = encoding or find_encoding(file)
    delimiter = delimiter or find_delimiter(file, encoding)
    reading = rows(file, encoding, delimiter)
    headings = headings_of(next(reading, None))
    samples, count = list[list[str]](), 0
    for count, row in enumerate(reading, 1):
        if count <= SAMPLE_ROWS:
            samples.append([cell[:SAMPLE_CELL_CHARACTERS] for cell in row.cells[: len(headings) + 1]])
        if count > ROWS_MAX:
            raise BadFile(f"The file has more than {ROWS_MAX:,} rows. Cut it into parts.")
    if not count:
        raise BadFile("The file has a heading, and no row below it.")
    return Look(encoding, delimiter, headings, samples, count)


def headings_of(row: Row | None) -> list[str]:
    """The names of the columns, each another one."""
    if row is None:
        raise BadFile("The file is empty.")
    if len(row.cells) > COLUMNS_MAX:
        raise BadFile(f"The file has {len(row.cells):,} columns; at most {COLUMNS_MAX} are taken.")
    cells = [cell[:HEADING_READ_CHARACTERS] for cell in row.cells]
    if found := next(filter(None, map(ADDRESS.search, cells)), None):
        words = f"The first line has to name the columns, and has an e-mail address ({found[0][:80]})."
        raise BadFile(f"{words} Put a line with names above it.")
    names = dict[str, int]()  # in their order; of each how often it was there
    for number, cell in enumerate(cells, 1):
        name = plain = one_line(cell)[:HEADING_MAX_CHARACTERS] or f"Column {number}"
        while name in names:
            names[plain] += 1
            name = f"{plain} ({names[plain]})"
        names[name] = 1
    return list(names)


# Rows


def rows(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Row]:
    """The heading and all rows below it that aren't blank, one after the other."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield from parse(lines(text), delimiter)
    except UnicodeError as error:
        name = ENCODINGS.get(encoding, encoding)
        raise BadFile(
            f"The file is not written in {name} throughout. Choose another encoding, or save it anew."
        ) from error
    finally:
        if not file.closed:
            text.detach()


def lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(LINE_MAX_CHARACTERS + 1):
        number += 1
        if number > LINES_MAX:
            raise BadFile(f"The file has more than {LINES_MAX:,} lines. Cut it into parts.")
        if len(line) > LINE_MAX_CHARACTERS:
            raise BadFile(f"Line {number:,} has more than {LINE_MAX_CHARACTERS:,} characters. Shorten it.")
        if number > 1 or not SEPARATOR_LINE.fullmatch(line):
            yield line
        else:
            yield "\r\n"


def parse(text: Iterator[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(with_end(text), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except csv.Error as error:
            raise BadFile(too_long(line)) from error
        if cells == [END]:
            return
        if cells and cells[-1].endswith(END):
            raise BadFile(f'A quotation mark (") that opens in the row of line {line:,} is never closed.')
        if any(map(str.strip, cells)):
            yield Row(line, cells)


def with_end(text: Iterator[str]) -> Iterator[str]:
    yield from text
    yield END


def too_long(line: int) -> str:
    limit = f"{csv.field_size_limit():,}"
    return (
        f'In line {line:,} begins a cell of more than {limit} characters, or a quotation mark (") that is never closed.'
    )


# Separators


def find_delimiter(file: BinaryIO, encoding: str) -> str:
    """The one that parts the first rows most evenly: csv.Sniffer takes letters for it, and stumbles over quotes."""
    head = head_of(file, encoding)
    if told := SEPARATOR_LINE.fullmatch(head[0].rstrip("\r\n")) if head else None:
        if told[1] in TAKEN:
            return told[1]
        head = head[1:]
    best, most = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        evenness = even(head, delimiter)
        if evenness > most:
            best, most = delimiter, evenness
    return best


def head_of(file: BinaryIO, encoding: str) -> list[str]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        return text.read(HEAD_CHARACTERS).splitlines(keepends=True)[:100]
    except UnicodeError:
        return []  # whoever reads it all says what is wrong
    finally:
        text.detach()


def even(head: list[str], delimiter: str) -> tuple[float, int]:
    """Which part of the rows is as wide as the heading, and how wide that is."""
    widths = list[int]()
    with suppress(BadFile):
        widths.extend(len(row.cells) for row in parse(iter(head), delimiter))
    if not widths or widths[0] < 2:
        return 0.0, 0
    return round(widths.count(widths[0]) / len(widths), 1), widths[0]
