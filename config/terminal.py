import contextlib
import os
import select

WRITE_BYTES = 4096  # PIPE_BUF: what a pipe that is ready takes without blocking
PATIENCE = 0.5  # seconds to wait for a slow terminal
COLOURS = (36, 33, 32, 35, 34, 31)


class Terminal:
    """Prefixed lines. A reader that stops reading misses lines; it never holds up a part or the supervisor."""

    def __init__(self, out: int, width: int) -> None:
        self.out, self.width, self.patience = out, width, PATIENCE
        self.is_coloured = os.isatty(out) and "NO_COLOR" not in os.environ
        self.colours: dict[str, int] = {}

    def line(self, label: str, text: bytes) -> None:
        line = self.prefix(label).encode() + text.rstrip(b"\r") + b"\n"
        for start in range(0, len(line), WRITE_BYTES):
            self.write(line[start : start + WRITE_BYTES])

    def prefix(self, label: str) -> str:
        prefix = f"{label:<{self.width}} | "
        colour = self.colours.setdefault(label, COLOURS[len(self.colours) % len(COLOURS)])
        return f"\033[{colour}m{prefix}\033[0m" if self.is_coloured else prefix

    def write(self, data: bytes) -> None:
        _, ready, _ = select.select([], [self.out], [], self.patience)
        self.patience = PATIENCE if ready else 0.0
        with contextlib.suppress(OSError):  # the reader has gone
            os.write(self.out, data if ready else b"")
