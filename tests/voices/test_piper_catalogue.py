"""What is read from Piper's list, and what is left out of it."""

import json

import pytest

from tests.voices.piper_catalogue_stub import CARD, CONFIG, MODEL, VOICE, Stub
from voices.engines import piper_catalogue, transfer
from voices.engines.piper_catalogue import CatalogueBroken

ONE = {"size_bytes": 10, "md5_digest": "a" * 32}


def parse(voices):
    return piper_catalogue.parse(json.dumps(voices).encode())


def test_a_voice_is_read_as_piper_describes_it():
    stub = Stub()
    found = parse(stub.catalogue)
    entry = found.entries[VOICE]
    assert (found.problems, list(found.entries)) == ([], [VOICE])
    assert (entry.name, entry.language, entry.quality, entry.sample_rate) == ("Stub (low)", "en_GB", "low", 16_000)
    assert entry.speakers == ("low", "mid", "high")
    assert entry.size_bytes == len(stub.files[MODEL])
    assert entry.total_bytes == sum(len(data) for data in stub.files.values())
    assert {file.path for file in entry.files} == {MODEL, CONFIG, CARD}


def test_names_may_have_letters_of_any_language():
    facts = Stub().facts("pt_PT-tugão-medium")
    assert list(parse({"pt_PT-tugão-medium": facts}).entries) == ["pt_PT-tugão-medium"]


@pytest.mark.parametrize(
    "voice_id",
    [
        "../evil",
        "/etc/evil",
        "..",
        ".hidden",
        "",
        "a/b",
        "a\\b",
        "a\x00b",
        "a\nb",
        "C:evil",
        "x" * 101,
        "界" * 90,
        "\ud800",
    ],
)
def test_a_name_that_no_file_should_have_is_left_out(voice_id):
    found = parse({voice_id: Stub().facts(), VOICE: Stub().facts()})
    assert list(found.entries) == [VOICE]
    assert len(found.problems) == 1
    assert found.problems[0].file.isascii()


@pytest.mark.parametrize(
    "path",
    [
        f"../{VOICE}.onnx",
        f"en/../../{VOICE}.onnx",
        f"/etc/{VOICE}.onnx",
        f"en//{VOICE}.onnx",
        f"./{VOICE}.onnx",
        f"https://evil.example/{VOICE}.onnx",
        f"en\\{VOICE}.onnx",
        f"en/\x00/{VOICE}.onnx",
        f"{'x/' * 300}{VOICE}.onnx",
        "en/other.onnx",
        "en/.bashrc",
        f"en/{VOICE}.sh",
    ],
)
def test_a_path_that_leads_elsewhere_leaves_the_voice_out(path):
    files = {path: ONE, CONFIG: ONE}
    assert_left_out(Stub().facts(files=files))


@pytest.mark.parametrize(
    "changes",
    [
        {"files": {MODEL: ONE}},
        {"files": {CONFIG: ONE}},
        {"files": {MODEL: ONE, f"other/{VOICE}.onnx": ONE, CONFIG: ONE}},
        {"files": {MODEL: ONE | {"size_bytes": 0}, CONFIG: ONE}},
        {"files": {MODEL: ONE | {"size_bytes": -1}, CONFIG: ONE}},
        {"files": {MODEL: ONE | {"size_bytes": 10**12}, CONFIG: ONE}},
        {"files": {MODEL: ONE | {"size_bytes": "10"}, CONFIG: ONE}},
        {"files": {MODEL: ONE | {"md5_digest": "short"}, CONFIG: ONE}},
        {"files": {MODEL: {"size_bytes": 10}, CONFIG: ONE}},
        {"files": []},
        {"num_speakers": 10**9, "speaker_id_map": {}},
        {"num_speakers": "three"},
        {"speaker_id_map": {"low": 99}},
        {"speaker_id_map": {"low\x00": 0}},
        {"language": "en"},
        {"language": {"code": 5}},
        {"quality": "x" * 21},
        {"name": None},
        {"name": "a\x00b"},
    ],
)
def test_facts_that_cannot_be_leave_the_voice_out(changes):
    assert_left_out(Stub().facts(**changes))


def assert_left_out(facts):
    found = parse({VOICE: facts, "en_GB-other-low": Stub().facts("en_GB-other-low")})
    assert list(found.entries) == ["en_GB-other-low"]
    assert [problem.file for problem in found.problems] == [repr(VOICE)]
    assert found.problems[0].message.startswith("It was left out of the list: ")


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b"5", b"\xff\xfe\x00", b"[" * 100_000])
def test_what_is_no_list_is_refused(raw):
    with pytest.raises(CatalogueBroken, match="not a list of Piper voices"):
        piper_catalogue.parse(raw)


def test_too_long_a_list_is_refused(monkeypatch):
    monkeypatch.setattr(piper_catalogue, "MAX_VOICES", 1)
    with pytest.raises(CatalogueBroken):
        parse({VOICE: {}, "other": {}})


@pytest.mark.parametrize(
    ("location", "path", "address"),
    [
        ("https://a.example/main/voices.json?download=true", "en/x.onnx", "https://a.example/main/en/x.onnx"),
        ("http://a.example:8/voices.json", "pt/tugão?#%2e.onnx", "http://a.example:8/pt/tug%C3%A3o%3F%23%252e.onnx"),
        ("/mirror/voices.json", "en/x.onnx", "/mirror/en/x.onnx"),
        ("file:///mirror/my%20voices/voices.json", "en/x.onnx", "/mirror/my voices/en/x.onnx"),
    ],
)
def test_files_lie_beside_their_list(location, path, address):
    assert transfer.beside(location, path) == address
