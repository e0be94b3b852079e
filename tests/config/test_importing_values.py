"""The values of an importer's rows."""

import uuid

import pytest
from bson import Decimal128

from config.ids import from_number, from_uuid
from config.importing import Refused, Row, documents

UUID = "8c0b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
OBJECT_ID = "65a1b2c3d4e5f60718293a4b"


def test_dynamodb_types_become_python_s():
    line = {"a": {"B": "AQI="}, "b": {"BS": ["AQI="]}, "c": {"NS": ["1"]}, "d": {"M": {"e": {"L": [{"NULL": True}]}}}}
    assert documents.to_values(line) == {"a": b"\1\2", "b": [b"\1\2"], "c": [1], "d": {"e": [None]}}


def test_a_row_whose_only_name_is_item_is_no_envelope_when_it_holds_a_text():
    assert documents.to_values({"Item": "pearl"}) == {"Item": "pearl"}


def test_numbers_are_mapped_by_team_and_table():
    row = Row("here", {"id": 7})
    mapped = row.id("id", team_id=OBJECT_ID, table="shells")
    assert mapped == from_number(OBJECT_ID, "shells", 7) == "3d4e28113b0bae7cd8e7f986"
    assert len({from_number(team, table, 7) for team in ("a", "b") for table in ("c", "d")}) == 4
    with pytest.raises(Refused, match="no id"):
        row.id("id")


@pytest.mark.parametrize("value", [UUID, UUID.upper(), uuid.UUID(UUID)])
def test_uuids_are_mapped(value):
    assert Row("here", {"id": value}).id("id") == from_uuid(UUID)


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        (1_700_000_000, "2023-11-14T22:13:20+00:00"),
        (1_700_000_000.1239, "2023-11-14T22:13:20.123000+00:00"),
        ("1700000000.5", "2023-11-14T22:13:20.500000+00:00"),
        ("2023-11-14T22:13:20Z", "2023-11-14T22:13:20+00:00"),
        ("2023-11-14T23:13:20.5+01:00", "2023-11-14T22:13:20.500000+00:00"),
        ("2023-11-14 22:13:20", "2023-11-14T22:13:20+00:00"),
    ],
)
def test_times_are_read(value, iso):
    assert Row("here", {"at": value}).time("at").isoformat() == iso


@pytest.mark.parametrize("value", [True, "soon", [], {}, 1e300, 10**400, -1, float("nan"), "9999-12-31", "0001-01-01"])
def test_other_times_are_refused(value):
    with pytest.raises(Refused, match="Its at "):
        Row("here", {"at": value}).time("at")


@pytest.mark.parametrize("value", ["7", True, -1, 10**30, 10**400, 2.0**63, float("inf"), float("nan"), [7], 2.5])
def test_other_numbers_are_refused(value):
    with pytest.raises(Refused, match="Its size "):
        Row("here", {"size": value}).integer("size")


@pytest.mark.parametrize("value", ["\0", "\ud800", 7, ["a"], "x" * 11])
def test_other_texts_are_refused(value):
    with pytest.raises(Refused, match="Its name "):
        Row("here", {"name": value}).text("name", max_characters=10)


def test_values_of_mongodb_become_python_s():
    assert documents.simple({"a": Decimal128("2.5"), "b": [Decimal128("2")]}) == {"a": 2.5, "b": [2]}
