"""Payloads that nobody at Meta has written."""

import json

import pytest

from leads.models import CONTENT_MAX_CHARACTERS
from leads.whatsapp import payload
from leads.whatsapp.payload import Unusable
from leads.whatsapp.values import NOTES
from tests.leads.whatsapp import payloads as made
from tests.leads.whatsapp.test_payload import NOW, read


@pytest.mark.parametrize("digest", ["", "ab", "zz" * 32, 5, None, "q6u="])
def test_a_digest_that_is_none(digest):
    assert read(made.message("image", image={"id": "1", "sha256": digest})).media.sha256 == ""


@pytest.mark.parametrize(
    "value", [None, 3, "text", [], {"messages": {}}, {"messages": [None, 1, "x", []], "statuses": 7}]
)
def test_values_that_are_none(value):
    assert payload.messages_of(value) == payload.statuses_of(value) == []
    assert payload.names_of(value) == {}
    assert payload.number_id_of(value) == ""
    assert payload.error_codes_of(value) == []


@pytest.mark.parametrize(
    "message",
    [
        {},
        made.text(sender=""),
        made.text() | {"from": None},
        made.text() | {"from": "9" * 200},
        made.text() | {"from": "erased 1"},
        made.text() | {"id": None},
        made.text() | {"id": ""},
        made.text() | {"id": {"a": 1}},
        made.message("edit"),
        made.message("edit", edit=[]),
        made.message("revoke", revoke={"original_message_id": None}),
    ],
)
def test_entries_that_nothing_can_be_made_of(message):
    with pytest.raises(Unusable):
        read(message)


@pytest.mark.parametrize("name", ["", " ", "\u200d", "\u3164", "\u2800 \u115f", "\ufe0f", "\u202e"])
def test_names_of_which_nothing_can_be_seen(name):
    """Whoever has one is called by their number: a chat is opened by a click on what it is called."""
    assert payload.names_of({"contacts": [made.profile(made.SHEENA, name)]}) == {}
    assert payload.names_of({"contacts": [made.profile(made.SHEENA, f"{name}李")]})[made.SHEENA].endswith("李")


@pytest.mark.parametrize("name", ["text", "image", "audio", "document", "location", "contacts", "interactive", "button",
                                  "reaction", "order", "system", "unsupported", "video", "sticker"])  # fmt: skip
@pytest.mark.parametrize(
    "inside", [None, 5, "x", [], [3], {}, {"type": 3}, {"body": {}}, {"body": None}, [{"name": 3}]]
)
def test_wrong_types(name, inside):
    said = read(made.message(name, **{name: inside}))
    assert isinstance(said.content, str)
    json.dumps(said.metadata)


@pytest.mark.parametrize("told", ["", None, "soon", "-5", "0", "nan", "inf", "1e400", "9" * 5000, 10**30, True, {}, [],
                                  "1796000000", "1763640000000", -1763640000])  # fmt: skip
def test_times_that_are_none(told):
    said = read(made.text() | {"timestamp": told})
    assert said.at == NOW
    [note] = said.metadata[NOTES]
    assert note.startswith("Its time is that of its arrival")


def test_ids_that_are_too_long_stay_the_same():
    first, again, other = (read(made.text(message_id=each)).meta_id for each in ("x" * 256, "x" * 256, "x" * 257))
    assert first == again != other
    assert len(first) <= 255
    assert payload.read_status(made.status("x" * 256, "read"), NOW).meta_id == first


def test_long_texts():
    assert len(read(made.text("ß" * 65_536)).content) == 65_536
    said = read(made.text("x" * (CONTENT_MAX_CHARACTERS + 5), at=NOW))
    assert len(said.content) == CONTENT_MAX_CHARACTERS
    assert said.metadata[NOTES] == ["This was cut: it had 100,005 characters."]


def test_characters_that_no_database_takes():
    said = read(made.text("a\x00b\ud800c", message_id="wamid.\x00\udfff", context={"a\x00": "\ud800"}, at=NOW))
    assert (said.content, said.meta_id) == ("a\ufffdb\ufffdc", "wamid.\ufffd\ufffd")
    assert said.metadata == {"context": {"a\ufffd": "\ufffd"}}


@pytest.mark.parametrize("value", [{"$ref": "x"}, 2**63, [{"n": -(2**70)}], {"a": {"$ref": 1}}, {"x": "y" * 70_000}])
def test_metadata_that_a_database_would_not_keep_become_text(value):
    said = read(made.text(at=NOW, odd=value, fine={"a.b": 1, "$x": 2}))
    assert json.loads(said.metadata["odd"]) == value if len(str(value)) < 60_000 else "json" in said.metadata


def deep(levels: int) -> list:
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("levels", [60, 5_000])
def test_metadata_that_are_deep(levels):
    metadata = read(made.text(at=NOW, odd=deep(levels))).metadata
    assert isinstance(metadata.get("odd", ""), str)
    assert metadata


@pytest.mark.parametrize(
    "status",
    [{}, made.status("", "read"), made.status("a", "received"), made.status("a", "lost"), {"id": "a", "status": []}],
)
def test_statuses_that_are_none(status):
    with pytest.raises(Unusable):
        payload.read_status(status, NOW)


@pytest.mark.parametrize("errors", [None, 5, [], [3], [{}], [{"code": {}}], [{"error_data": 4, "title": None}]])
def test_a_failure_without_a_reason(errors):
    news = payload.read_status(made.status("a", "failed", at=NOW, errors=errors), NOW)
    assert (news.status, news.error, news.error_code) == ("failed", "", "")
