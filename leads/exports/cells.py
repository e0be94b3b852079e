"""What stands in the cells of tables that spreadsheets open."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from config import times

# A spreadsheet would reckon with what begins so, some also behind blanks, or with the wide signs of Asian keyboards.
FORMULA = re.compile(r"[\t\r\n]|[\s\u200b\ufeff]*[=+@\uff1d\uff0b\uff0d\uff20-]")
PHONE_NUMBER = re.compile(r"\s*[+\uff0b]\d[\d ()./-]{3,38}")  # no more than digits: nothing in it can do harm


def plain_cell(value: Any) -> Any:
    """Text that no spreadsheet takes for a formula. Phone numbers stay as they are."""
    if isinstance(value, str) and FORMULA.match(value) and not PHONE_NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def cell(value: Any) -> Any:
    """A value as it stands in CSV: text without formulas, or a number."""
    if isinstance(value, str):
        return plain_cell(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return times.iso(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, dict):
        return json_text(value)
    return plain_cell(", ".join(value) if isinstance(value, list) else str(value))


def json_text(value: dict[str, Any]) -> str:
    """JSON in one line, '' for an empty object. Half characters, which no file can keep, become question marks."""
    return json.dumps(value, ensure_ascii=False).encode(errors="replace").decode() if value else ""


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """A whole CSV file; for few rows."""
    text = io.StringIO()
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()
