import json

import pytest

from voices.models import AudioFile

ADDRESS = "/api/audio-file"
BAD = [
    ({}, "s3_key"),
    ({"s3_key": ""}, "s3_key"),
    ({"s3_key": "a" * 1_025}, "s3_key"),
    ({"s3_key": "a\0b"}, "s3_key"),
    ({"s3_key": "a\ud800"}, "s3_key"),
    ({"s3_key": 5}, "s3_key"),
    ({"s3_key": None}, "s3_key"),
    ({"s3_key": "a", "file_size": -1}, "file_size"),
    ({"s3_key": "a", "file_size": 2**63}, "file_size"),
    ({"s3_key": "a", "file_size": 1.5}, "file_size"),
    ({"s3_key": "a", "file_size": "many"}, "file_size"),
    ({"s3_key": "a", "duration": -1}, "duration"),
    ({"s3_key": "a", "duration": float("nan")}, "duration"),
    ({"s3_key": "a", "duration": float("inf")}, "duration"),
    ({"s3_key": "a", "duration": 1e9 + 1}, "duration"),
    ({"s3_key": "a", "duration": "long"}, "duration"),
]


def post(client, data):
    return client.post(ADDRESS, json.dumps(data), "application/json")


def test_api_notes_an_object_kept_elsewhere(api, alice):
    answer = post(api(alice), {"s3_key": "her/own 🎵.wav", "file_size": 2**40, "duration": 12.5})
    row = AudioFile.objects.get()
    assert answer.status_code == 200
    assert answer.json() | {"uploaded_at": 0, "uploaded_at_iso": ""} == {
        "file_id": row.pk,
        "user_id": alice.pk,
        "s3_key": "her/own 🎵.wav",
        "file_size": 2**40,
        "content_type": "",
        "duration": 12.5,
        "uploaded_at": 0,
        "uploaded_at_iso": "",
    }
    assert not row.is_stored


def test_the_key_alone_is_enough(api, alice):
    answer = post(api(alice), {"s3_key": "k" * 1_024})
    assert (answer.status_code, answer.json()["file_size"], answer.json()["duration"]) == (200, 0, None)


def test_a_record_of_someone_elses_object_opens_and_deletes_nothing(api, alice, charlie, audio_file):
    file_id = post(api(charlie), {"s3_key": audio_file.s3_key, "file_size": 5}).json()["file_id"]
    assert api(charlie).get(f"{ADDRESS}/{file_id}/content").status_code == 409
    assert api(charlie).delete(f"{ADDRESS}/{file_id}").status_code == 200
    assert b"".join(api(alice).get(f"{ADDRESS}/{audio_file.pk}/content")).startswith(b"RIFF")


@pytest.mark.parametrize(("data", "field"), BAD)
def test_api_refuses_what_cannot_be(api, alice, data, field):
    answer = post(api(alice), data)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", field]
    assert set(answer.json()) == {"detail", "code", "errors"}
    assert not AudioFile.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"s3_key": "a", "file_size": ' + b"9" * 5_000 + b"}"]
)
def test_api_refuses_what_is_no_json(api, alice, body):
    answer = api(alice).post(ADDRESS, body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "refused")


@pytest.mark.parametrize("body", [b"null", b"[]", b'"a"', b"5"])
def test_api_refuses_json_that_is_no_object(api, alice, body):
    assert api(alice).post(ADDRESS, body, "application/json").status_code == 422


def test_api_refuses_other_kinds_of_body(api, alice):
    answer = api(alice).post(ADDRESS, "s3_key=a", "application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_type")
