"""Which column is what, and what a row says."""

import datetime as dt

import pytest

from config.errors import Unprocessable
from leads.csv_import import columns as lead_columns

HEADINGS = {
    "English": (
        "Full Name,E-mail Address,Company name,Product,Phone number,Lead Source",
        "name email company interest phone source",
    ),
    "German": (
        "Vorname;Name;E-Mail-Adresse;Firma;Interesse an;Telefon;Bemerkung;Erstellt am",
        "first_name last_name email company interest phone message timestamp",
    ),
    "French": (
        "Prénom;Nom;Courriel;Société;Intérêt;Téléphone;Poste",
        "first_name last_name email company interest phone job_title",
    ),
    "Spanish": (
        "Nombre;Apellidos;Correo electrónico;Empresa;Interés;Teléfono móvil;Estado",
        "first_name last_name email company interest phone status",
    ),
}
FIXED = {"company": "Acme", "interest": "voice bots"}


def test_headings_are_guessed():
    for language, (line, targets) in HEADINGS.items():
        headings = line.replace(";", ",").split(",")
        assert " ".join(lead_columns.guess(headings)) == targets, language
    assert lead_columns.guess(["Email", "e-mail", "Colour", "Name"]) == ["email", "", "", "name"]


def fields_of(cells, columns, fixed=FIXED):
    headings = [f"Heading {number}" for number in range(len(columns))]
    return lead_columns.fields_of(cells, headings, columns, fixed)


def test_a_row_becomes_fields():
    columns = ["first_name", "last_name", "email", "company", "tags", "status", "timestamp", "metadata", ""]
    cells = ["Ann", " Lee ", "a@b.example", "", "vip; eu,", "Gewonnen", "22.11.2026 09:30", "red", "left out"]
    assert fields_of(cells, columns) == {
        "name": "Ann Lee",
        "email": "a@b.example",
        "company": "Acme",
        "interest": "voice bots",
        "tags": ["vip", " eu"],
        "status": "converted",
        "timestamp": dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC),
        "metadata": {"Heading 7": "red"},
    }
    assert fields_of(["Ann"], ["name", "email"], {}) == {"name": "Ann"}
    assert fields_of(["Ann", "", " "], ["name"], {}) == {"name": "Ann"}


def test_what_a_row_must_not_say():
    refused = {
        ("Ann", "x", "y"): (["name"], "3 cells, the heading 1"),
        ("sleeping",): (["status"], "“sleeping” is no status"),
        ("11/12/2026",): (["timestamp"], "no day"),
        ("32.12.2026",): (["timestamp"], "no day"),
    }
    for cells, (columns, words) in refused.items():
        with pytest.raises(Unprocessable, match=words):
            fields_of(cells, columns)


def test_what_columns_must_have():
    good = ["name", "email", "company", "interest"]
    lead_columns.check(good, {})
    lead_columns.check(["last_name", "email", "metadata", "metadata", ""], FIXED)
    refused = {
        ("name", "name", "email"): "2 columns go to “Name”",
        ("email",): r"has the name\.$",
        ("name",): r"has the e-mail\.$",
        ("name", "email", "interest"): "has the company, or give one value",
        ("nonsense",): "Choose one of the list",
    }
    for columns, words in refused.items():
        with pytest.raises(Unprocessable, match=words):
            lead_columns.check(
                columns, {"interest": "x"} if "interest" in columns else {} if "company" in words else FIXED
            )
