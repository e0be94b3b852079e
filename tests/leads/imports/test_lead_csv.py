"""CSV files as they come: encodings, separators, and what can't be read."""

import io

import pytest

from config.errors import Unprocessable
from leads.csv_import import files as lead_csv
from tests.effort import effort

TEXT = "Name;E-Mail;Firma;Interesse\nJürgen Größl;j@acme.example;Söhne & Co;Türöffner für Straßen\n"
RUSSIAN = "Имя;Почта\nИван Петров;ivan@acme.example\nМария Сидорова;maria@acme.example\n"


def look(content: bytes, **options):
    return lead_csv.look(io.BytesIO(content), **options)


def reason(content: bytes, **options) -> str:
    with pytest.raises(Unprocessable) as refused:
        look(content, **options)
    assert refused.value.field == "file"
    return refused.value.message


def test_encodings_are_found():
    written = {
        "utf-8": "utf-8-sig",
        "utf-8-sig": "utf-8-sig",
        "utf-16": "utf-16",
        "utf-16-le": "utf-16-le",
        "utf-16-be": "utf-16-be",
        "cp1252": "cp1252",
    }
    for encoding, found in written.items():
        seen = look(TEXT.encode(encoding))
        assert (seen.encoding, seen.headings) == (found, ["Name", "E-Mail", "Firma", "Interesse"])
        assert seen.samples == [["Jürgen Größl", "j@acme.example", "Söhne & Co", "Türöffner für Straßen"]]
    assert look(b"Name,Email\nJ\xfcrgen,a@b.example\n").samples[0][0] == "Jürgen"
    seen = look(RUSSIAN.encode("cp1251"))
    assert (seen.encoding, seen.samples[0][0]) == ("cp1251", "Иван Петров")


def test_a_letter_far_down_tells_the_encoding():
    content = b"name,email\n" + b"Ann Lee,ann@acme.example\n" * 60_000 + b"J\xfcrgen,j@acme.example\n"
    seen = look(content)
    assert (seen.encoding, seen.rows) == ("cp1252", 60_001)


def test_separators_are_found():
    rows = (("name", "email", "note"), ("Ann Lee", "ann@acme.example", "1,5; a | b"), ("Ben", "ben@acme.example", ""))
    for delimiter in lead_csv.DELIMITERS:
        content = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows).encode()
        assert look(content).delimiter == delimiter
    assert look(b"email\nann@acme.example\n").headings == ["email"]
    assert look(b"sep=;\r\nname;email\r\nAnn, Lee;ann@acme.example\r\n").samples == [["Ann, Lee", "ann@acme.example"]]
    for odd in (" ", '"', "a", "\x1e", "\0"):
        assert look(f"sep={odd}\r\nname;email\r\nAnn;ann@acme.example\r\n".encode()).delimiter == ";"
    told = look(b"name,email;x\nAnn,ann@acme.example;y\n", delimiter=";")
    assert told.headings == ["name,email", "x"]


def test_quotes_and_line_breaks_in_cells():
    content = b'name,message\r\n"Lee, Ann","She said ""yes"".\r\nThen, no."\r\n\r\n Ben ,x\r\n"Acme" Ltd,y'
    rows = list(lead_csv.rows(io.BytesIO(content), "utf-8-sig", ","))
    assert [row.cells for row in rows[1:]] == [
        ["Lee, Ann", 'She said "yes".\r\nThen, no.'],
        [" Ben ", "x"],
        ["Acme Ltd", "y"],
    ]
    assert [row.line for row in rows] == [1, 2, 5, 6]
    assert [row.cells for row in lead_csv.rows(io.BytesIO(b"a,b\rc,d\r"), "utf-8-sig", ",")] == [["a", "b"], ["c", "d"]]


def test_headings_have_names_of_their_own():
    seen = look(b"Email,,Email, email\nann@acme.example,1,2,3\n")
    assert seen.headings == ["Email", "Column 2", "Email (2)", "email"]
    assert look(b"Tag,Tag (2),Tag\n1,2,3\n").headings == ["Tag", "Tag (2)", "Tag (3)"]


def test_a_long_heading_takes_no_time():
    content = b"name," + b"x" * 100_000 + b"\nAnn,1\n"
    assert look(content).headings == ["name", "x" * 80]
    assert effort(lambda: look(content)) < 5  # it was a minute, in which nothing else ran


def test_what_is_refused():
    refused = {
        "empty": (b"", "empty"),
        "blank": (b" \n\n \n", "empty"),
        "BOM alone": (b"\xef\xbb\xbf", "empty"),
        "blank cells": (b",,\n,,\n", "empty"),
        "a heading alone": (b"name,email\n\n", "no row below"),
        "no heading": (b"Ann Lee,ann@acme.example\nBen,ben@acme.example\n", "has to name the columns"),
        "a workbook": (b"PK\x03\x04" + bytes(100), "Excel"),
        "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        "four bytes a letter": ("name,email\nAnn,a@acme.example".encode("utf-32"), "UTF-32"),
        "bytes": (bytes(range(256)) * 10, "no text"),
        "an open quote": (
            b'name,email\nAnn,a@b.example\n"Ben,b@b.example\nEve,e@b.example\n',
            "line 3 is never closed",
        ),
        "a long open quote": (b'name,email\n"Ben,b@b.example\n' + b"Eve,e@b.example\n" * 20_000, "line 2"),
        "a cell of 1 MB": (b"name,email\nAnn," + b"x" * 1_000_001 + b"\n", "more than"),
        "a long cell": (b'name,email\nAnn,"' + b"x\n" * 100_000 + b'"\n', "131,072"),
        "many columns": (b",".join([b"a"] * 500) + b"\n" + b"1," * 500, "500 columns"),
    }
    for name, (content, words) in refused.items():
        assert words in reason(content), name


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(lead_csv, "ROWS_MAX", 3)
    monkeypatch.setattr(lead_csv, "LINES_MAX", 9)
    assert look(b"name\n" + b"Ann\n" * 3).rows == 3
    assert "more than 3 rows" in reason(b"name\n" + b"Ann\n" * 4)
    assert "more than 9 lines" in reason(b"name\nAnn\n" + b"\n" * 8)


def test_another_encoding_than_it_is_written_in():
    assert "not written in UTF-8 throughout" in reason(TEXT.encode("cp1252"), encoding="utf-8-sig", delimiter=";")
    assert "UTF-16" in reason(b"name,email\nAnn,a@b.example\n", encoding="utf-16")


def test_a_control_character_is_no_binary_file():
    assert look(b"name,email\nAnn\x00,ann@acme.example\nBen,ben@acme.example\n").samples[0][0] == "Ann\x00"
