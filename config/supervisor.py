"""Runs the parts of one installation in one terminal and keeps them running, on Linux. Imports no Django."""

import contextlib
import ctypes
import fcntl
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import BinaryIO

from config import guard
from config.terminal import Terminal

TICK = 0.1  # seconds between looks at the parts
GRACE = 6.5  # seconds from SIGTERM to SIGKILL; the web server cuts open streams after 5
LAST_GRACE = 2.0  # the same for the parts that end last
SETTLED = 5.0  # seconds after which a part counts as well started
LONGEST_DELAY = 30.0  # seconds
LINE_BYTES = 4096  # a longer line is printed before its end
PIPE_BYTES = 65_536  # all that a pipe holds
PR_SET_PDEATHSIG = 1
prctl = ctypes.CDLL(None).prctl  # looked up here: between fork and exec nothing may be loaded


class Refused(Exception):
    """Why this installation can't start, as a sentence."""


class Stopped(Exception):
    """A signal has asked for the end."""


@dataclass(frozen=True)
class Part:
    role: str
    command: list[str]
    number: int = 1
    label: str = ""  # what its lines begin with, if not its role
    folder: Path = Path()
    ends_last: bool = False
    comes_back: bool = True

    @property
    def name(self) -> str:
        return f"{self.role}-{self.number}"


@dataclass
class Child:
    """A part and, while it runs, its process."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    early_deaths: int = 0
    code: int | None = None
    unfinished: bytes = b""

    def put_off(self) -> float:
        """Seconds until the next start: an eighth of one, doubled each time that it dies soon after a start."""
        is_early = time.monotonic() - self.started < SETTLED
        self.early_deaths = self.early_deaths + 1 if is_early else 0
        delay = min(LONGEST_DELAY, 0.125 * 2**self.early_deaths)
        self.due = time.monotonic() + delay
        return delay


class Supervisor:
    """`with Supervisor(folder) as up:` holds the folder's lock; leaving it, by a signal too, ends every part."""

    def __init__(self, run: Path, *, out: int = 1, width: int = 8) -> None:
        self.run = run.resolve()
        self.mark = f"{guard.mark_of(self.run)}{os.getpid()}.{time.time_ns()}"
        self.terminal = Terminal(out, width)
        self.selector = selectors.DefaultSelector()
        self.children: list[Child] = []
        self.is_stopping = False

    def __enter__(self) -> "Supervisor":
        self.run.mkdir(parents=True, exist_ok=True)
        self.lock = locked(self.run / "up.lock")
        self.take_signals()
        guard.end_marked(guard.mark_of(self.run), guard.GRACE)
        guard.forget(self.run)
        self.guard = guard.start(self.mark, self.run)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        self.stop()
        self.guard.communicate()
        self.lock.close()
        return kind is Stopped

    def take_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self.on_signal)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.is_stopping = True

    def say(self, sentence: str) -> None:
        self.terminal.line("up", sentence.encode())

    def start(self, part: Part) -> Child:
        child = Child(part)
        self.children.append(child)
        self.spawn(child)
        return child

    def once(self, part: Part) -> int:
        """Run the part to its end; its exit code."""
        child = self.start(part)
        while child.code is None:
            self.turn()
        return child.code

    def wait_until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Whether `done` came true in that many seconds; the parts are looked after meanwhile."""
        deadline = time.monotonic() + seconds
        while not (is_done := done()) and time.monotonic() < deadline:
            self.turn()
        return is_done

    def watch(self) -> None:
        while True:
            self.turn()

    def turn(self) -> None:
        """Pass on for a moment what the parts say, then bring back what has died. Stopped after a signal."""
        if self.is_stopping:
            raise Stopped
        self.listen()
        for child in list(self.children):
            if child.process and child.process.poll() is not None:
                self.bury(child)
            elif not child.process and time.monotonic() >= child.due:
                self.spawn(child)

    def spawn(self, child: Child) -> None:
        child.started = time.monotonic()
        try:
            child.process = self.popen(child.part)
        except OSError as error:
            self.say(f"{child.part.name} can't start ({error}). The next try is in {child.put_off():g} s.")
            return
        os.set_blocking(child.process.stdout.fileno(), False)
        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)
        if child.part.comes_back:
            self.note_pid(child)

    def note_pid(self, child: Child) -> None:
        try:
            write_pid(self.pid_file(child), child.process.pid)
        except OSError as error:  # a full disk must not end what still runs
            self.say(f"{child.part.name} runs without its pid file: {error.strerror}.")

    def popen(self, part: Part) -> subprocess.Popen[bytes]:
        parent = os.getpid()
        return subprocess.Popen(  # noqa: S603
            part.command,
            env={**os.environ, "PYTHONUNBUFFERED": "1", guard.MARK: self.mark},
            cwd=part.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: end_with(parent),  # safe: this process has no second thread
        )

    def bury(self, child: Child) -> None:
        """Clear away a dead part: what is left of its group would keep the port, and serve old code."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        self.last_words(child)
        with contextlib.suppress(OSError):
            self.pid_file(child).unlink()
        code, child.process = child.process.returncode, None
        if child.part.comes_back and not self.is_stopping:
            self.say(f"{child.part.name} ended ({in_words(code)}) and is back in {child.put_off():g} s.")
            return
        child.code = code
        self.children.remove(child)

    def last_words(self, child: Child) -> None:
        if not child.process.stdout.closed:
            self.pass_on(child)
        if not child.process.stdout.closed:
            self.close(child)

    def listen(self) -> None:
        for key, _ in self.selector.select(TICK):
            self.pass_on(key.data)

    def pass_on(self, child: Child) -> None:
        """Print what the part has written; a line without its end waits for it, within limits."""
        try:
            text = os.read(child.process.stdout.fileno(), PIPE_BYTES)
        except BlockingIOError:
            return
        if not text:
            self.close(child)
            return
        *lines, child.unfinished = (child.unfinished + text).split(b"\n")
        if len(child.unfinished) > LINE_BYTES:
            lines, child.unfinished = [*lines, child.unfinished], b""
        for line in lines:
            self.terminal.line(child.part.label or child.part.role, line)

    def close(self, child: Child) -> None:
        if child.unfinished:
            self.terminal.line(child.part.label or child.part.role, child.unfinished)
            child.unfinished = b""
        self.selector.unregister(child.process.stdout)
        child.process.stdout.close()

    def pid_file(self, child: Child) -> Path:
        return self.run / f"{child.part.name}.pid"

    def stop(self) -> None:
        """End every part, in 8.5 s at most; those that the others lean on come last."""
        self.is_stopping = True
        if self.children:
            self.say("Stopping.")
        self.end([child for child in self.children if not child.part.ends_last], GRACE)
        self.end(list(self.children), LAST_GRACE)
        guard.end_marked(self.mark, 0)

    def end(self, children: list[Child], grace: float) -> None:
        running = [child for child in children if child.process]
        for child in running:
            child.process.terminate()
        deadline = time.monotonic() + grace
        while running:
            self.listen()
            for child in list(running):
                if child.process.poll() is not None:
                    running.remove(child)
                    self.bury(child)
                elif time.monotonic() > deadline:
                    os.killpg(child.process.pid, signal.SIGKILL)


def in_words(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def end_with(parent: int) -> None:
    """Have this process get SIGTERM when its parent ends, however it ends."""
    prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def locked(path: Path) -> BinaryIO:
    """The file, locked until it is closed. Refused while another process holds it."""
    file = path.open("a+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise Refused(
            f"Echodesk already runs on {path.parent.parent} (process {file.read().decode()}). "
            "Stop it first, or give this one a VAR_DIR and a PORT of its own."
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()).encode())
    file.flush()
    return file


def write_pid(path: Path, pid: int) -> None:
    """Written aside and renamed: whoever reads it never finds it empty."""
    aside = path.with_suffix(".new")
    aside.write_text(f"{pid}\n")
    aside.replace(path)
