"""What making a voice model of 30 s of sound adds to the engine's own answer, beside a plain upload of the file."""

import contextlib
import http.client
import json
import statistics
from collections.abc import Iterator
from typing import Any

import pytest

from tests.benchmarks.conftest import EMAIL, PASSWORD, Caller
from tests.benchmarks.turns import milliseconds
from tests.installation import new_place, running
from tests.voices.fish_stub import KEY, FishStub
from tests.voices.sounds import KINDS, sound
from voices.engines import fish, fish_http

ROUNDS = 15
SECONDS = 30.0
BOUNDARY = "recording-of-a-benchmark"
HEAD = (
    "| recording | the engine alone | upload to voice model | adds | plain upload as a file | ratio |\n"
    + "|---" * 6
    + "|"
)


@pytest.fixture(scope="module")
def stub() -> Iterator[FishStub]:
    """In this process, which does nothing else while it answers."""
    with contextlib.closing(FishStub()) as stub:
        yield stub


@pytest.fixture(scope="module")
def uploader(tmp_path_factory: pytest.TempPathFactory, stub: FishStub) -> Iterator[Caller]:
    with new_place(tmp_path_factory.mktemp("var")) as place:
        place |= {"ADMIN_EMAIL": EMAIL, "ADMIN_PASSWORD": PASSWORD, "RATE_UPLOAD": "off"}
        place |= {"FISH_API_KEY": KEY, "FISH_BASE_URL": stub.url}
        with running(place):
            caller = Caller(place)
            yield caller
            caller.connection.close()


def post(caller: Caller, path: str, field: str, file: str, content: bytes, **fields: str) -> dict[str, Any]:
    """A form with one file, as a browser sends it."""
    parts = [f'"{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    kind = KINDS[file.rpartition(".")[2]][2]
    parts.append(f'"{field}"; filename="{file}"\r\nContent-Type: {kind}\r\n\r\n'.encode() + content)
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=".encode()
    body = b"".join(head + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
    headers = caller.headers | {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    caller.connection.request("POST", path, body, headers)
    answer: http.client.HTTPResponse = caller.connection.getresponse()
    text = answer.read()
    assert answer.status in (200, 201), text
    return json.loads(text)


@pytest.fixture
def engine(stub: FishStub, settings: Any) -> Iterator[fish.Fish]:
    """The engine's own client in this process, without the product around it."""
    settings.FISH_API_KEY, settings.FISH_BASE_URL = KEY, stub.url
    yield fish.engine
    fish_http.client().close()
    fish_http.made_client.cache_clear()


def test_upload_adds_little_to_the_engines_answer(uploader, engine, stub):
    print(f"\n\n{SECONDS:g} s of sound, median of {ROUNDS} rounds, turn by turn\n\n{HEAD}")
    for kind in ("wav", "webm", "mp3"):
        content, name = sound(kind, SECONDS), f"harbour.{kind}"

        def model(content=content, name=name):
            made = post(
                uploader, "/api/upload-reference", "audio", name, content, name="Harbour", consent="true", save="true"
            )
            assert made["database_record"]["state"] == "trained"

        def file(content=content, name=name):
            post(uploader, "/api/audio-file", "file", name, content)

        model()
        sent = max(stub.seen[-1].form()[1], key=len)  # what the product hands to the engine

        def alone(sent=sent):
            engine.make_model("Harbour", [sent], tag=fish.new_tag())

        rows = []
        for _ in range(ROUNDS):
            stub.seen.clear()
            rows.append([milliseconds(act) for act in (alone, model, file)])
        bare, whole, plain = (statistics.median(column) for column in zip(*rows, strict=True))
        adds = statistics.median(row[1] - row[0] for row in rows)
        size, ratio = f"{len(content) / 1024**2:.1f} MB", whole / plain
        print(f"| {kind}, {size} | {bare:.0f} ms | {whole:.0f} ms | {adds:+.0f} ms | {plain:.0f} ms | {ratio:.2f} |")
