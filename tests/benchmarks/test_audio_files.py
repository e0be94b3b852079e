"""Audio files: the cost of a page of a long list, and of reading a file in a process of its own."""

import datetime as dt

import pytest

from config import times
from config.paging import encode
from tests.benchmarks.turns import in_turns
from tests.voices.sounds import KINDS, sound
from voices import probe, sound_files
from voices.models import AudioFile

FILES = 10_000
ROUNDS = 40
READ_ROUNDS = 9
DOORS = {
    "GET /api/user/audio-files?limit=50": ("/api/user/audio-files", {"limit": 50}),
    "GET /files": ("/files", {}),
}


@pytest.fixture
def many(alice):
    start = times.now()
    rows = [
        AudioFile(
            user=alice,
            s3_key=f"audio/{number}.wav",
            name=f"Recording {number}.wav",
            file_size=1_000,
            content_type="audio/wav",
            duration=10.0,
            is_stored=True,
            uploaded_at=start + dt.timedelta(seconds=number),
        )
        for number in range(FILES)
    ]
    AudioFile.objects.bulk_create(rows, batch_size=500)
    return rows


def test_first_and_last_page_of_10_000_files(api, page, alice, many):
    last = {"cursor": encode(many[50], "uploaded_at")}
    print(f"\n\n{FILES:,} files, median of {ROUNDS} rounds, turn by turn\n")
    print("| door | first page | last page | last / first |\n|---|---|---|---|")
    for name, (path, query) in DOORS.items():
        client = (api if path.startswith("/api") else page)(alice)
        assert client.get(path, query | last).status_code == 200
        first, end = in_turns(ROUNDS, (client.get, path, query), (client.get, path, query | last))
        print(f"| `{name}` | {first:.1f} ms | {end:.1f} ms | {end / first:.2f} |")


@pytest.mark.parametrize("seconds", [1.0, 60.0])
def test_reading_a_file_in_a_process_of_its_own(tmp_path, seconds):
    print(f"\n\n{seconds:g} s of sound, median of {READ_ROUNDS} rounds\n")
    print("| kind | in this process | in a process of its own | more |\n|---|---|---|---|")
    for kind in KINDS:
        path = tmp_path / f"tone.{kind}"
        path.write_bytes(sound(kind, seconds))
        probe.probe(path)
        here, apart = in_turns(READ_ROUNDS, (probe.probe, path), (sound_files.probe, path))
        print(f"| {kind} | {here:.0f} ms | {apart:.0f} ms | +{apart - here:.0f} ms |")
