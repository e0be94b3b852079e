"""Input that nobody means well, at every door of jobs: refused with a sentence, and nothing is half written."""

import json

import pytest
from django.urls import get_resolver

from jobs import actions
from jobs.models import Job

BAD_CHARACTERS = {"nul": "a\0b", "half a pair": "a\ud800", "the other half": "\udc00b"}
BAD_IDS = ["9" * 30, "9" * 18, "-1", "1e3", "0x1", "\u0661", "1.0", "%00", "a%00b", "%ED%A0%80", "g" * 24, "1" * 5_000]
BAD_ID_NAMES = ["30 digits", "18 digits", "negative", "exponent", "hexadecimal", "arabic digit", "decimal"]
BAD_ID_NAMES += ["nul", "nul within", "half a pair", "no hexadecimal", "5,000 digits"]
WITHOUT_EFFECT = {"instructions"}  # taken, and never looked at
BAD_SPEEDS = ["0", "0.1", "4.5", "-1", "1e400", "-1e400", "NaN", "Infinity", "-Infinity", '"fast"', "[]", "{}"]
TEXTS = {
    "one long word": "a" * 5_000,
    "right to left": "\u0634\u0631\u0627\u0639 \u0627\u0644\u0633\u0641\u064a\u0646\u0629. \u202e\u05e9\u05dc\u05d5 42",
    "mixed scripts": "Ropes \u043a\u0430\u043d\u0430\u0442 \u6e2f\u53e3 \u0e40\u0e23\u0e37\u0e2d 42.",
    "emoji between": "Ropes 😂 creak 👩‍👩‍👧 loudly.",
    "marks without letters": "a" + "\u0301" * 500 + " ropes.",
}


@pytest.fixture
def doors(openapi):
    """(method, path, operation) of the API's doors to jobs."""
    starts = ("/api/jobs", "/tts/", "/v1/audio/speech")
    found = [
        (method.upper(), path, operation)
        for path, operations in openapi["paths"].items()
        if path.startswith(starts)
        for method, operation in operations.items()
    ]
    return found, openapi["components"]["schemas"]


def takes_text(schema):
    return any(each.get("type") == "string" for each in (schema, *schema.get("anyOf", [])))


def bodies(doors):
    """(method, path, body) for each text that a JSON body may have, with `HERE` in its place."""
    found, schemas = doors
    for method, path, operation in found:
        reference = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        schema = schemas.get(reference.get("$ref", "").rpartition("/")[2], {})
        if path == "/api/jobs/batch":
            of_one = schemas["JobIn"]
            for name in (name for name, each in of_one["properties"].items() if takes_text(each)):
                yield method, path, {"jobs": [of_one["example"], {"text": "Ropes.", name: "HERE"}]}
            continue
        names = {name for name, each in schema.get("properties", {}).items() if takes_text(each)}
        for name in sorted(names - WITHOUT_EFFECT):
            yield method, path, schema["example"] | {name: "HERE"}


@pytest.mark.parametrize("name", BAD_CHARACTERS)
def test_no_text_of_any_body_takes_a_character_that_cannot_be_stored(api, alice, job, doors, name):
    client, tried = api(alice), 0
    before = list(Job.objects.values())
    for method, path, body in bodies(doors):
        text = json.dumps(body).replace('"HERE"', json.dumps(BAD_CHARACTERS[name]))
        answer = client.generic(method, path.format(job_id=job.pk), text, "application/json")
        assert answer.status_code in (400, 404, 422), (method, path, text, answer.content)
        assert list(Job.objects.values()) == before, (method, path, text)
        tried += 1
    assert tried >= 25


@pytest.mark.parametrize("query", ["%00", "a%00b", "%ED%A0%80", "%FF"], ids=["nul", "nul within", "half", "no utf-8"])
def test_no_query_takes_them(api, alice, job, doors, query):
    found, _ = doors
    tried = 0
    for method, path, operation in found:
        for parameter in (each for each in operation.get("parameters", []) if each["in"] == "query"):
            address = f"{path.format(job_id=job.pk)}?{parameter['name']}={query}"
            answer = api(alice).generic(method, address)
            assert answer.status_code < 500, (address, answer.content)
            tried += 1
    assert tried >= 5


@pytest.mark.parametrize("bad", BAD_IDS, ids=BAD_ID_NAMES)
def test_no_door_of_the_api_finds_a_job_by_it(api, alice, job, doors, bad):
    found, _ = doors
    tried = 0
    for method, path, _operation in found:
        if "{job_id}" not in path:
            continue
        body = "{}" if method in ("PATCH", "POST") else ""
        answer = api(alice).generic(method, path.format(job_id=bad), body, "application/json")
        assert answer.status_code in (400, 404), (method, path, answer.content)
        tried += 1
    assert tried >= 8
    assert Job.objects.get().status == "queued"


@pytest.mark.parametrize("bad", BAD_IDS, ids=BAD_ID_NAMES)
def test_no_page_finds_a_job_by_it(page, alice, job, bad):
    routes = [str(each.pattern) for part in get_resolver().url_patterns for each in getattr(part, "url_patterns", [])]
    routes = [route for route in routes if "jobs/<job_id>" in route]
    for route in routes:
        for method in ("GET", "POST"):
            answer = page(alice).generic(method, f"/{route.replace('<job_id>', bad)}", "title=Ropes")
            assert answer.status_code in (400, 404, 405), (method, route, answer.status_code)
    assert len(routes) >= 6
    assert Job.objects.get().status == "queued"


@pytest.mark.parametrize("speed", BAD_SPEEDS)
@pytest.mark.parametrize(("path", "text"), [("/api/jobs", "text"), ("/v1/audio/speech", "input")])
def test_a_speed_that_cannot_be(api, alice, demo, path, text, speed):
    body = f'{{"{text}": "Ropes.", "model": "tts-1", "voice": "demo", "speed": {speed}}}'
    answer = api(alice).generic("POST", path, body, "application/json")
    assert answer.status_code in (400, 422), answer.content
    assert "speed" in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("format_", ["tape", "", "WAV ", "../wav", "wav\n", "x" * 5_000], ids=lambda text: text[:10])
@pytest.mark.parametrize(
    ("path", "text", "name"), [("/api/jobs", "text", "format"), ("/v1/audio/speech", "input", "response_format")]
)
def test_a_format_that_is_not_known(api, alice, demo, path, text, name, format_):
    body = {text: "Ropes.", "model": "tts-1", "voice": "demo", name: format_}
    answer = api(alice).post(path, body, "application/json")
    assert answer.status_code in (400, 422), answer.content
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", TEXTS)
def test_odd_texts_are_spoken(alice, demo, name):
    job = actions.start_job(by=alice, text=TEXTS[name], format="mp3")
    actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.error, job.attempts) == ("completed", "", 1)
    assert job.duration > 0.1
