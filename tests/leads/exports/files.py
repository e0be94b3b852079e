"""What tests read files of exports with."""

import csv
import io
import json
from typing import Any

import openpyxl
from django.http import HttpResponseBase

Rows = list[dict[str, Any]]


def body(answer: HttpResponseBase) -> bytes:
    return b"".join(answer.streaming_content)


def table(answer: HttpResponseBase) -> Rows:
    return list(csv.DictReader(io.StringIO(body(answer).decode(), newline="")))


def array(answer: HttpResponseBase) -> Rows:
    return json.loads(body(answer))


def sheet(answer: HttpResponseBase) -> Rows:
    """The rows of all sheets, each with the names of its own head."""
    book = openpyxl.load_workbook(io.BytesIO(body(answer)))
    return [row for each in book.worksheets for row in of_sheet(each)]


def of_sheet(sheet: Any) -> Rows:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


READERS = {"csv": table, "json": array, "xlsx": sheet}


def leave(answer: HttpResponseBase) -> None:
    """As when the client goes away after the first part."""
    parts = answer._iterator  # of the test client; it closes the answer
    next(parts)
    parts.close()
