"""Webhooks that are refused, and parts that are passed over. Nothing of them is kept, and nothing is a 500."""

import json

import pytest
from django.test import Client

from config import sealed
from leads.whatsapp import signatures
from leads.whatsapp.body import ACCOUNT
from tests.leads.whatsapp.chats import SECRET, make_channel
from tests.leads.whatsapp.payloads import NUMBER_ID, body, change, text, webhook
from tests.leads.whatsapp.webhooks import (
    OTHER_SECRET,
    PATH,
    assert_refused,
    assert_taken,
    delivered,
    journaled,
    post,
    unsigned,
)

pytestmark = pytest.mark.django_db
BODY = body(change(text("Hello.")))
RIGHT = signatures.sign(BODY, SECRET)
DEEP = 10_000
HEADERS = {
    "empty": "",
    "only its start": "sha256=",
    "truncated": RIGHT[:-1],
    "half": RIGHT[: len(RIGHT) // 2],
    "one digit more": RIGHT + "0",
    "another digit": RIGHT[:-1] + ("0" if RIGHT[-1] != "0" else "1"),
    "without its start": RIGHT.removeprefix("sha256="),
    "the older one": "sha1=" + "0" * 40,
    "of another body": signatures.sign(BODY + b" ", SECRET),
    "of another secret": signatures.sign(BODY, OTHER_SECRET),
    "of no secret": signatures.sign(BODY, ""),
    "not ASCII": "sha256=" + "é" * 64,
    "digits of another script": "sha256=" + "٣" * 64,
    "emoji": "sha256=😀",
    "twice": f"{RIGHT}, {RIGHT}",
    "with a line end": RIGHT + " ",
    "very long": "sha256=" + "0" * 20_000,
}
BROKEN = {
    "nothing": b"",
    "a word": b"hello",
    "cut off": BODY[:-1],
    "twice": BODY + BODY,
    "a list": b"[]",
    "a number": b"1",
    "a text": b'"whatsapp_business_account"',
    "null": b"null",
    "broken UTF-8": BODY.replace(b"Hello.", b"\xff\xfe"),
    "UTF-16": BODY.decode().encode("utf-16"),
    "half a letter": BODY.replace(b"Hello.", "é".encode()[:1]),
    "a byte order mark": b"\xef\xbb\xbf" + BODY,
    "a line end in a text": BODY.replace(b"Hello.", b"a\nb"),
    "a huge whole number": b'{"object": ' + b"9" * 100_000 + b"}",
    "a huge number": b'{"object": 1e999}',
    "no number": b'{"object": NaN}',
    "infinity": b'{"object": -Infinity}',
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "an unfinished depth": b"[" * 3_000_000,
    "51 levels": b'{"a":' * 52 + b"1" + b"}" * 52,
    "a name twice": b'{"object": "page", "object": "whatsapp_business_account"}',
    "a name twice within": BODY.replace(b'"body":', b'"body":"one","body":'),
}
NO_OBJECTS = (None, [], {}, "x", 5, True, [None], [[]], ["x"], [5], {"a": 1})


@pytest.fixture(autouse=True)
def channel(alice):
    return make_channel(alice)


@pytest.fixture
def nothing_kept(settings):
    yield
    assert journaled(settings) == []
    assert delivered() == []


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_signature_that_is_wrong(header, nothing_kept):
    assert_refused(post(BODY, X_Hub_Signature_256=header), 401)


def test_no_signature(nothing_kept):
    assert_refused(unsigned(BODY), 401)
    assert_refused(unsigned(b""), 401)
    assert_refused(unsigned(b"{"), 401)


def test_bytes_in_the_header_that_are_no_text(nothing_kept):
    """The web server reads headers as Latin-1."""
    client = Client(raise_request_exception=False)
    answer = client.post(PATH, BODY, "application/json", HTTP_X_HUB_SIGNATURE_256="sha256=\xff\x80")
    assert_refused(answer, 401)


def test_the_right_one_is_right(settings):
    assert_taken(post(BODY, X_Hub_Signature_256=RIGHT))
    assert len(journaled(settings)) == 1


def test_a_channel_without_a_secret_is_spoken_for_by_nobody(channel, nothing_kept):
    channel.sealed_app_secret = ""
    channel.save()
    assert_refused(post(BODY, secret=""), 401)


def test_a_secret_that_can_not_be_opened(channel, settings, caplog, nothing_kept):
    channel.sealed_app_secret = "gAAAA-broken"
    channel.save()
    assert_refused(post(BODY), 401)
    assert channel.pk in caplog.text
    assert "gAAAA" not in caplog.text


def test_a_foreign_secret(charlie, nothing_kept):
    make_channel(charlie, phone_number_id="2", sealed_app_secret=sealed.seal(OTHER_SECRET))
    assert_taken(post(BODY, secret=OTHER_SECRET))


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
def test_a_body_that_can_not_be_read(sent, nothing_kept, caplog):
    assert_refused(post(sent), 400)
    assert not any(record.exc_info for record in caplog.records)


def test_fifty_levels_are_read():
    deepest = b'{"a":' * 50 + b"1" + b"}" * 50
    assert post(deepest).json() == {"status": "ok"}


def test_more_than_three_megabytes(nothing_kept):
    sent = BODY + b" " * (3 * 1024**2 + 1 - len(BODY))
    answer = post(sent)
    assert_refused(answer, 413)
    assert "3 MB" in answer.json()["detail"]
    assert_refused(unsigned(sent), 413)


def test_a_body_without_a_length(nothing_kept):
    assert_refused(post(BODY, Transfer_Encoding="chunked"), 411)


@pytest.mark.parametrize("entry", NO_OBJECTS, ids=repr)
def test_parts_of_the_wrong_type_are_passed_over(entry, settings, caplog):
    """What stands beside them is kept."""
    value = change(text("Hello."))
    good = webhook(value)["entry"][0]
    frame = {"object": ACCOUNT}
    for sent in (
        {"entry": entry},
        {"entry": [entry]},
        {"entry": [{"id": "1", "changes": entry}]},
        {"entry": [{"id": "1", "changes": [entry]}]},
        {"entry": [{"id": "1", "changes": [{"field": "messages", "value": entry}]}]},
        {"entry": [{"id": "1", "changes": [{"field": entry, "value": value}]}]},
        {"entry": [{"id": "1", "changes": [{"field": "messages", "value": {"metadata": entry}}]}]},
        {"entry": [{"id": "1", "changes": [{"value": {"metadata": {"phone_number_id": entry}}}]}]},
    ):
        assert_taken(post(json.dumps(frame | sent).encode()))
        mixed = [*(sent["entry"] if isinstance(sent["entry"], list) else [sent["entry"]]), good]
        assert_taken(post(json.dumps(frame | {"entry": mixed}).encode()))
    assert delivered() == [[value]] * 8
    assert "dropped" in caplog.text


def test_changes_of_other_fields_are_passed_over(settings):
    other = {"field": "account_update", "value": {"metadata": {"phone_number_id": NUMBER_ID}, "event": "VERIFIED"}}
    assert_taken(post(json.dumps({"object": ACCOUNT, "entry": [{"id": "1", "changes": [other]}]}).encode()))
    assert journaled(settings) == []


def test_other_addresses_take_as_much_as_ever(nothing_kept):
    sent = b'{"email": "' + b"x" * 3 * 1024**2 + b'"}'
    assert Client().post("/api/login", sent, "application/json").status_code == 422
