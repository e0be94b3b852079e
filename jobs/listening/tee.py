"""A file that is read while it is written: what is added at its end goes to a listener too."""

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

Sink = Callable[[bytes], object]


class Tee:
    """A new local file as an encoder wants it. What an encoder changes later, such as sizes, changes only the file."""

    def __init__(self, path: Path, sink: Sink) -> None:
        self._file, self._sink = path.open("wb"), sink
        self._position = self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        self._file.write(data)
        known, self._position = self._end - self._position, self._position + len(data)
        if known < len(data):
            self._sink(data[known:])
            self._end = self._position
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._position = self._file.seek(offset, whence)
        return self._position

    def tell(self) -> int:
        return self._position

    def seekable(self) -> bool:
        return True
