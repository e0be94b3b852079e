"""A program in a process of its own, which reads a file that anybody may have made. Its own side: child_limits.py."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from config import guard

logger = logging.getLogger(__name__)
PROJECT = Path(__file__).resolve().parent.parent
PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", guard.MARK)  # no secrets: the file may be hostile
LOOK_SECONDS = 0.2  # between two looks whether the parent has been asked to stop
TOLD_BYTES = 500  # of what a process that died had to say


class Died(Exception):
    """It ended without an answer: the file crashed it, or took more memory or time than it has."""


class Slow(Exception):
    """It was ended, for nobody waits so long."""


def ask(
    program: Sequence[str], *paths: Path, seconds: float, between: Callable[[], object] = lambda: None
) -> dict[str, Any]:
    """Have a program (`-m`, its module) read the first path; the others are where it may write. What it answers.

    Died when it gives no answer, Slow when that takes longer than so many seconds. `between` is called now and then,
    and may raise to end it.
    """
    command = [sys.executable, *program, *(str(path.resolve()) for path in paths)]
    environ = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with subprocess.Popen(  # noqa: S603
        command, env=environ, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            answer, complaint = wait(process, time.monotonic() + seconds, between)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        told = complaint[-TOLD_BYTES:].decode(errors="replace")
        logger.warning("A file could not be read (exit code %d): %s", process.returncode, told)
        raise Died
    return json.loads(answer)


def wait(process: "subprocess.Popen[bytes]", until: float, between: Callable[[], object]) -> tuple[bytes, bytes]:
    """What it has written, to its output and as a complaint, once it has ended."""
    while True:
        try:
            return process.communicate(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired as error:
            if time.monotonic() >= until:
                raise Slow from error
            between()
