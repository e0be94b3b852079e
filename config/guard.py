"""Ends what a supervisor leaves behind, its own death by SIGKILL included. Runs as a program too; imports no Django."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

MARK = "ECHODESK_RUN"  # in the environment of every part: a pid alone may be somebody else's by now
GRACE = 3.0  # seconds that parts have to end by themselves once their supervisor has gone


def mark_of(run: Path) -> str:
    """What the marks of all runs on this folder begin with."""
    return f"{run}:"


def marked(mark: str) -> set[int]:
    """The processes whose mark begins with this one."""
    wanted = os.fsencode(f"{MARK}={mark}")
    return {int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if has_entry(path, wanted)}


def has_entry(environ: Path, start: bytes) -> bool:
    try:
        return any(entry.startswith(start) for entry in environ.read_bytes().split(b"\0"))
    except OSError:  # it has just ended, or it is another user's
        return False


def end_marked(mark: str, grace: float) -> None:
    """Wait until the marked processes have ended; kill those that have not after the grace."""
    deadline = time.monotonic() + grace
    while (pids := marked(mark)) and time.monotonic() < deadline + 1:
        if time.monotonic() >= deadline:
            kill(pids)
        time.sleep(0.05)


def kill(pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def forget(run: Path) -> None:
    """Remove the pid files that name no process of this folder's."""
    ours = {str(pid) for pid in marked(mark_of(run))}
    for path in run.glob("*.pid"):
        if path.read_text().strip() not in ours:
            path.unlink(missing_ok=True)


def start(mark: str, run: Path) -> subprocess.Popen[bytes]:
    """Start the guard; it acts when the caller closes its stdin or ends."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", __file__, mark, str(run)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


if __name__ == "__main__":
    sys.stdin.buffer.read()
    end_marked(sys.argv[1], GRACE)
    forget(Path(sys.argv[2]))
