"""The supervisor over plain shell commands, each test with a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config import guard, supervisor
from config.supervisor import Child, Part
from config.terminal import Terminal
from tests.installation import PATIENCE, soon
from tests.installation import pid_in as pid

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
from pathlib import Path
from config import guard, supervisor

guard.GRACE, supervisor.GRACE, supervisor.LAST_GRACE = 0.3, 0.6, 0.6
try:
    with supervisor.Supervisor(Path(sys.argv[1])) as up:
        for part in json.loads(sys.argv[2]):
            (up.start if part.get("comes_back", True) else up.once)(supervisor.Part(**part))
        up.say("all started")
        up.watch()
except supervisor.Refused as refusal:
    sys.exit(str(refusal))
"""
Start = Callable[..., subprocess.Popen[str]]


def shell(role: str, script: str, **fields: Any) -> dict[str, Any]:
    return {"role": role, "command": ["sh", "-c", script], **fields}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "var" / "run"


@pytest.fixture
def start(run: Path) -> Iterator[Start]:
    """Starts a supervisor over the parts and waits until it has started them."""
    started: list[subprocess.Popen[str]] = []

    def start(*parts: dict[str, Any], wait: bool = True) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PROGRAM, str(run), json.dumps(parts)]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        started.append(process)
        while wait and "all started" not in process.stdout.readline():
            assert process.poll() is None, "the supervisor has ended"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
    guard.end_marked(guard.mark_of(run), 0)


def ours(run: Path) -> set[int]:
    return guard.marked(guard.mark_of(run))


def end(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> str:
    process.send_signal(number)
    return process.communicate(timeout=PATIENCE)[0]


def test_lines_are_prefixed_and_aligned(start: Start) -> None:
    once = shell("prepare", "echo one; echo two >&2; printf three", comes_back=False)
    process = start(once, shell("web", "echo hello; exec sleep 60"), wait=False)
    assert [process.stdout.readline() for _ in range(5)] == [
        "prepare  | one\n",
        "prepare  | two\n",
        "prepare  | three\n",
        "up       | all started\n",
        "web      | hello\n",
    ]


def test_a_label_stands_for_the_role(start: Start) -> None:
    process = start(shell("worker", "echo hello; exec sleep 60", number=2, label="worker-2"))
    assert process.stdout.readline() == "worker-2 | hello\n"


def test_pid_files_name_the_processes_and_go_with_them(start: Start, run: Path) -> None:
    process = start(shell("redis", "exec sleep 60"), shell("worker", "exec sleep 60", number=2))
    assert sorted(path.name for path in run.glob("*.pid")) == ["redis-1.pid", "worker-2.pid"]
    assert {pid(run, "redis-1"), pid(run, "worker-2")} == ours(run)
    end(process)
    assert not list(run.glob("*.pid"))


def test_a_dead_part_is_back_within_two_seconds_without_its_old_children(start: Start, run: Path) -> None:
    start(shell("web", "sleep 60 & wait"))
    first = pid(run, "web-1")
    family = soon(lambda: len(ours(run)) == 2 and ours(run))
    os.kill(first, signal.SIGKILL)
    soon(lambda: pid(run, "web-1") not in (0, first))
    soon(lambda: not family & ours(run))


def test_a_part_that_keeps_dying_waits_longer_each_time(start: Start) -> None:
    process = start(shell("web", "exit 3"))
    lines = [process.stdout.readline() for _ in range(3)]
    assert lines == [f"up       | web-1 ended (exit code 3) and is back in {s} s.\n" for s in ("0.25", "0.5", "1")]


def test_the_wait_has_an_end_and_starts_anew_after_a_good_while() -> None:
    child = Child(Part("web", []), started=time.monotonic())
    assert [child.put_off() for _ in range(10)][4:] == [4, 8, 16, 30, 30, 30]
    child.started -= supervisor.SETTLED
    assert child.put_off() < 1


def test_a_command_that_is_not_there_is_tried_again(start: Start) -> None:
    process = start({"role": "web", "command": ["/nowhere/at-all"]}, wait=False)
    assert "web-1 can't start" in process.stdout.readline()
    end(process)
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_in_order(start: Start, run: Path, number: int) -> None:
    says_goodbye = "trap 'echo goodbye; exit' TERM; sleep 60 & wait"
    process = start(shell("redis", says_goodbye, ends_last=True), shell("web", says_goodbye))
    soon(lambda: len(ours(run)) == 4)
    assert end(process, number).splitlines() == ["up       | Stopping.", "web      | goodbye", "redis    | goodbye"]
    assert process.returncode == 0
    assert not ours(run)


def test_a_part_that_is_deaf_to_sigterm_is_killed(start: Start, run: Path) -> None:
    process = start(shell("web", "trap '' TERM; echo deaf; while :; do sleep 60; done"))
    assert "deaf" in process.stdout.readline()
    end(process)
    assert not ours(run)


def test_stopping_takes_less_than_ten_seconds() -> None:
    assert supervisor.GRACE + supervisor.LAST_GRACE < 9


def test_a_signal_during_a_step_ends_it(start: Start, run: Path) -> None:
    process = start(shell("prepare", "echo began; exec sleep 60", comes_back=False), wait=False)
    assert "began" in process.stdout.readline()
    assert "all started" not in end(process)
    assert not ours(run)


def test_a_reader_that_stops_reading_holds_nothing_up(start: Start, run: Path) -> None:
    process = start(shell("web", "yes"))
    first = pid(run, "web-1")
    time.sleep(0.5)  # the pipe is full long before
    os.kill(first, signal.SIGKILL)
    soon(lambda: pid(run, "web-1") not in (0, first))
    process.terminate()
    process.wait(timeout=PATIENCE)
    assert not ours(run)


def test_nohup_is_respected(start: Start) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = start(shell("web", "exec sleep 60"))
    finally:
        signal.signal(signal.SIGHUP, before)
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.5)


def test_a_killed_supervisor_leaves_nothing(start: Start, run: Path) -> None:
    process = start(shell("web", "trap '' TERM; setsid sleep 60 & while :; do sleep 60; done"), shell("redis", "cat"))
    soon(lambda: len(ours(run)) >= 3)
    process.kill()
    soon(lambda: not ours(run))
    soon(lambda: not list(run.glob("*.pid")))


def test_a_second_one_on_the_same_folder_is_refused(start: Start, run: Path) -> None:
    first = start(shell("web", "exec sleep 60"))
    second = start(wait=False)
    assert f"already runs on {run.parent} (process {first.pid})" in second.communicate(timeout=PATIENCE)[0]
    assert second.returncode == 1
    assert first.poll() is None


def test_what_an_earlier_run_left_is_cleared_and_nothing_else(start: Start, run: Path) -> None:
    run.mkdir(parents=True)
    deaf = ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 60; done"]
    mark = {guard.MARK: f"{guard.mark_of(run)}1.1"}
    with (
        subprocess.Popen(deaf, env=os.environ | mark, stdout=subprocess.PIPE, start_new_session=True) as leftover,
        subprocess.Popen(["sleep", "60"]) as stranger,
    ):
        leftover.stdout.readline()
        supervisor.write_pid(run / "web-1.pid", leftover.pid)
        supervisor.write_pid(run / "worker-1.pid", stranger.pid)
        start()
        assert leftover.wait(timeout=PATIENCE) == -signal.SIGKILL
        assert stranger.poll() is None
        assert not list(run.glob("*.pid"))
        stranger.kill()


def test_colours_are_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    reader, writer = os.openpty()
    Terminal(writer, 5).line("web", b"hello")
    assert os.read(reader, 100) == b"\033[36mweb   | \033[0mhello\r\n"
    monkeypatch.setenv("NO_COLOR", "1")
    Terminal(writer, 5).line("web", b"hello")
    assert os.read(reader, 100) == b"web   | hello\r\n"
    os.close(reader)
    os.close(writer)
