"""Tables as XLSX: written row by row to the disk, so that memory does not grow with them."""

import datetime as dt
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.files import work_folder
from leads.exports.cells import cell
from leads.exports.tables import Table
from leads.exports.walking import Row

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET_ROWS = 1_048_576  # that Excel reads; more go to the next sheet
CELL_UNITS = 32_767  # of UTF-16
CUT = "… (cut: a cell takes no more. CSV and JSON have the whole.)"
FIRST_YEAR = 1900
DATE = "yyyy-mm-dd hh:mm:ss"
COLUMN_WIDTH = 20
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "use_zip64": True,  # for sheets of more than 4 GB
}


class Told(io.FileIO):
    """A new local file; `on_part` learns of each part that is written."""

    def __init__(self, path: Path, on_part: Callable[[], object]) -> None:
        super().__init__(path, "w+")
        self.on_part = on_part

    def write(self, data: bytes) -> int:
        self.on_part()
        return super().write(data)


def write_xlsx(table: Table, path: Path, on_part: Callable[[], object]) -> None:
    """The whole table to a local path; what does not fit on a sheet goes on on the next."""
    from xlsxwriter import Workbook  # takes a while to import, and few need it

    with aside() as folder, Told(path, on_part) as file, closing(Workbook(file, options(folder))) as book:
        head, date = book.add_format({"bold": True}), book.add_format({"num_format": DATE})
        for number, rows in enumerate(parted(iter(table.rows)), 1):
            fill(new_sheet(book, table, number, head), rows, date)


def parted(rows: Iterator[Row]) -> Iterator[Iterator[Row]]:
    """The rows of each sheet below its head; there is always one sheet."""
    yield islice(rows, SHEET_ROWS - 1)
    while first := list(islice(rows, 1)):
        yield chain(first, islice(rows, SHEET_ROWS - 2))


def options(folder: Path) -> dict[str, Any]:
    return OPTIONS | {"tmpdir": str(folder)}


@contextmanager
def aside() -> Iterator[Path]:
    """A folder for what the book is put together of; it goes with the block."""
    with tempfile.TemporaryDirectory(prefix="sheets-", dir=work_folder()) as folder:
        yield Path(folder)


@contextmanager
def closing(book: "Workbook") -> Iterator["Workbook"]:
    """Puts the book together at the end. Of one that is cut off only the files are closed."""
    from xlsxwriter.exceptions import FileCreateError

    try:
        yield book
        book.close()
    except FileCreateError as error:
        raise error.args[0] from error  # the disk's own
    finally:
        for sheet in book.worksheets():
            sheet.row_data_fh.close()


def new_sheet(book: "Workbook", table: Table, number: int, head: Any) -> "Worksheet":
    sheet = book.add_worksheet(table.name if number == 1 else f"{table.name} {number}")
    sheet.set_column(0, len(table.columns) - 1, COLUMN_WIDTH)
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(table.columns):
        sheet.write_string(0, place, name, head)
    return sheet


def fill(sheet: "Worksheet", rows: Iterator[Row], date: Any) -> None:
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            put(sheet, number, place, value, date)


def put(sheet: "Worksheet", row: int, place: int, value: Any, date: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)
    elif isinstance(value, dt.datetime) and value.year >= FIRST_YEAR:
        sheet.write_datetime(row, place, value.astimezone(dt.UTC).replace(tzinfo=None), date)
    elif text := cell(value):
        sheet.write_string(row, place, fitted(text))


def fitted(text: str) -> str:
    """Text that a cell takes, cut with a sentence where it is longer."""
    if len(text) <= CELL_UNITS // 2 or units(text) <= CELL_UNITS:
        return text
    room = CELL_UNITS - units(CUT)
    return text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore") + CUT


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
