"""What a process that reads a file of anybody's may take. It starts for one file: so little is imported here."""

import resource
import signal


def limit(*, memory_bytes: int, cpu_seconds: int, written_bytes: int = 0) -> None:
    """Let this process have only so much memory, as addresses, and time, and write no file that is longer."""
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, written_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    for asked in (signal.SIGTERM, signal.SIGINT):  # systemd asks every process; whoever waits for this one ends it
        signal.signal(asked, signal.SIG_IGN)
