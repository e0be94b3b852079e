"""What spreadsheets take, and files that break off."""

import datetime as dt
import json

import openpyxl
import pytest
from django.db import OperationalError

from config import streaming
from config.files import work_folder
from leads.exports import formats, spreadsheet, tables, turns
from leads.exports.spreadsheet import CELL_UNITS, CUT, fitted, units
from leads.exports.tables import Table
from leads.models import Lead
from tests.leads.exports.files import body, leave, of_sheet
from tests.leads.leads import make_lead


def written(tmp_path, rows, columns=("a",)):
    path = tmp_path / "made.xlsx"
    formats.write(Table("numbers", columns, iter(rows)), "xlsx", path)
    return openpyxl.load_workbook(path)


def test_more_rows_than_a_sheet_takes_go_to_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "SHEET_ROWS", 4)
    for number, sheets in {0: [0], 3: [3], 4: [3, 1], 7: [3, 3, 1]}.items():
        book = written(tmp_path, [(row,) for row in range(number)])
        assert [len(of_sheet(each)) for each in book.worksheets] == sheets
        assert [row["a"] for each in book.worksheets for row in of_sheet(each)] == list(range(number))
    assert book.sheetnames == ["numbers", "numbers 2", "numbers 3"]
    assert list(work_folder().glob("sheets-*")) == []


def test_values_keep_their_types(tmp_path):
    row = (
        True,
        7,
        1.5,
        dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC),
        "a\x01b\ufffe",
        None,
        dt.datetime(1700, 1, 1, tzinfo=dt.UTC),
    )
    [found] = list(written(tmp_path, [row], "abcdefg").active.iter_rows(min_row=2, values_only=True))
    assert (*found[:3], f"{found[3]}") == (True, 7, 1.5, "2026-01-02 03:00:00")
    assert found[5:] == (None, "1700-01-01T00:00:00.000Z")


def test_a_cell_is_cut_with_a_sentence():
    for text in ("x" * CELL_UNITS, "\N{GRINNING FACE}" * (CELL_UNITS // 2)):
        assert fitted(text) == text
        assert fitted(text + "xx").endswith(CUT)
        assert CELL_UNITS - 1 <= units(fitted(text + "xx")) <= CELL_UNITS


def test_half_characters_become_question_marks():
    rows = [({"said": "\ud83d"}, "\ud83d")]
    for kind in ("csv", "json"):
        text = b"".join(formats.streamed(Table("t", ("a", "b"), iter(rows)), kind)).decode()
        assert text.count("?") == 2


def breaking(rows):
    yield from rows
    raise OperationalError("gone")


@pytest.fixture
def away_after(monkeypatch):
    """The database goes away after so many rows."""
    monkeypatch.setattr(formats, "PART_CHARACTERS", 10)

    def begin(number):
        made = Table("leads", ("name",), breaking([(f"Lead {row}",) for row in range(number)]))
        monkeypatch.setitem(tables.MADE, "leads", lambda *args, **wanted: made)

    return begin


def test_a_file_that_breaks_off_does_not_look_whole(api, alice, away_after):
    away_after(3)
    text = body(api(alice).get("/api/leads/export")).decode()
    assert text.startswith("name\r\nLead 0\r\n")
    assert text.splitlines()[-1] == f'"{formats.CUT_OFF}"'
    away_after(3)
    text = body(api(alice).get("/api/leads/export?format=json")).decode()
    assert "Lead 0" in text
    assert formats.CUT_OFF in text
    with pytest.raises(ValueError, match="delimiter"):
        json.loads(text)


def test_without_a_first_row_there_is_a_refusal(api, alice, away_after):
    for kind in ("csv", "json", "xlsx"):
        away_after(0)
        answer = api(alice).get(f"/api/leads/export?format={kind}")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    away_after(50)
    assert api(alice).get("/api/leads/export?format=xlsx").status_code == 503
    assert list(work_folder().iterdir()) == []
    assert not turns.teams


def test_only_some_exports_at_once(api, alice, bob, monkeypatch):
    monkeypatch.setattr(formats, "PART_CHARACTERS", 10)
    for number in range(9):
        make_lead(alice, email=f"p{number}@acme.example")
    held = [api(alice).get("/api/leads/export") for _ in range(turns.OF_TEAM)]
    refused = api(alice).get("/api/sessions/export")
    assert (refused.status_code, refused["Retry-After"]) == (429, str(turns.RETRY_SECONDS))
    body(api(bob).get("/api/leads/export"))
    monkeypatch.setattr(turns, "AT_ONCE", turns.OF_TEAM)
    assert api(bob).get("/api/leads/export").status_code == 429
    for answer in held:
        leave(answer)
    assert not turns.teams
    monkeypatch.setattr(streaming.places, "acquire", lambda blocking: False)
    assert api(bob).get("/api/leads/export").status_code == 503
    assert not turns.teams


def test_rows_that_come_in_meanwhile_move_nothing(api, alice, monkeypatch):
    """Each page begins after the row before it, not after a number of rows."""
    monkeypatch.setattr(formats, "PART_CHARACTERS", 10)
    monkeypatch.setattr("leads.exports.walking.PAGE_ROWS", 2)
    first = [make_lead(alice, email=f"p{number}@acme.example").pk for number in range(6)]
    parts = iter(api(alice).get("/api/leads/export").streaming_content)
    text = next(parts) + next(parts)
    make_lead(alice, email="new@acme.example")
    Lead.objects.filter(pk=first[-1]).delete()
    rows = (text + b"".join(parts)).decode().splitlines()[1:]
    assert [row[:24] for row in rows] == first[::-1]
