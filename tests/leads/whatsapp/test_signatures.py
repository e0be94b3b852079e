"""Signatures by the letter of Meta's documentation: HMAC-SHA256 over the raw bytes."""

import pytest

from leads.whatsapp.signatures import matches, sign

LETTERS = "sha256=" + "a" * 64


def test_a_known_one():
    assert sign(b"hello", "secret") == "sha256=88aab3ede8d3adf94d26ab90d3bafd4a2083070c3bcce9c014ee04a443847c0b"


def test_bytes_that_are_no_text_are_signed_too():
    body = bytes(range(256))
    assert matches(body, sign(body, "secret"), "secret")
    assert not matches(body, sign(body, "secret"), "Secret")


@pytest.mark.parametrize("body", [b"", b"{}", '{"a": "é😀"}'.encode(), b"{ }"])
def test_each_body_has_its_own(body):
    assert matches(body, sign(body, "secret"), "secret")
    assert not matches(body + b"\n", sign(body, "secret"), "secret")


@pytest.mark.parametrize("header", ["", "sha256=", "é", LETTERS, LETTERS.upper(), f"{LETTERS}\n", "sha256=" + "٣" * 64])
def test_what_is_no_signature_of_it(header):
    assert not matches(b"{}", header, "secret")


def test_an_empty_secret_signs_nothing():
    assert not matches(b"{}", sign(b"{}", ""), "")
