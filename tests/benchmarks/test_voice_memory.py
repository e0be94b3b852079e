"""What voices take of a worker's memory, and how long it takes to speak with one that is not there yet."""

import json
import shutil
import statistics
import subprocess
import sys

import pytest

from tests.benchmarks.heavy_voice import DEMO, make_heavy_voice
from tests.installation import ROOT
from voices.engines.piper import LOADED_MEGABYTES
from voices.engines.piper_files import DEMO_DIR

ROUNDS = 3
UNBOUND = 100_000  # megabytes
NAMES = ("en_US-one-low", "en_US-two-low", "en_US-three-low")
AGAIN = (*NAMES, *NAMES)  # in turn: with room for two, each one is thrown out just before it is asked for


@pytest.fixture(params=["demo", "heavy"])
def voices(request, tmp_path):
    """A folder with three voices of one kind, what each should count for, and the kind."""
    first = tmp_path / f"{NAMES[0]}.onnx"
    if request.param == "heavy":
        make_heavy_voice(tmp_path, NAMES[0])
    else:
        for ending in (".onnx", ".onnx.json"):
            shutil.copyfile(DEMO_DIR / f"{DEMO}{ending}", tmp_path / f"{NAMES[0]}{ending}")
    for name in NAMES[1:]:
        for ending in (".onnx", ".onnx.json"):
            shutil.copyfile(tmp_path / f"{NAMES[0]}{ending}", tmp_path / f"{name}{ending}")
    return request.param, tmp_path, LOADED_MEGABYTES + first.stat().st_size / 1e6


def hold(folder, bound, names):
    command = [sys.executable, "-m", "tests.benchmarks.hold_voices", str(folder), str(round(bound)), *names]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in said.splitlines()]


def median(runs, turn, figure):
    return statistics.median(run[turn][figure] for run in runs)


def test_voices_in_memory(voices):
    kind, folder, counted = voices
    unbound = [hold(folder, UNBOUND, AGAIN) for _ in range(ROUNDS)]
    bound = [hold(folder, 2.5 * counted, AGAIN) for _ in range(ROUNDS)]
    print(f"\n\n{kind} voice, which counts for {counted:.0f} MB; median of {ROUNDS} processes\n")
    print("| turn | no bound: in memory | first sentence | room for two: in memory | at most so far | first sentence |")
    print("|---|---|---|---|---|---|")
    for turn, name in enumerate(AGAIN):
        free, tight = (f"{median(runs, turn, 'megabytes'):.0f} MB" for runs in (unbound, bound))
        waits = [f"{1000 * median(runs, turn, 'seconds'):.0f} ms" for runs in (unbound, bound)]
        peak = f"{median(bound, turn, 'peak'):.0f} MB"
        words = f"{name.split('-')[1]}{' again' if turn >= len(NAMES) else ''}"
        print(f"| {words} | {free} | {waits[0]} | {tight} | {peak} | {waits[1]} |")
    assert all(len(line["held"]) == min(turn + 1, 3) for run in unbound for turn, line in enumerate(run))
    assert all(len(line["held"]) == min(turn + 1, 2) for run in bound for turn, line in enumerate(run))
    assert median(bound, 5, "megabytes") < 1.1 * median(bound, 1, "megabytes")
