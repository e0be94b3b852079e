"""Models kept in memory between sentences: one load at a time for each voice, the least recently used go first."""

import ctypes
import sys
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Model = TypeVar("Model")


@dataclass(frozen=True)
class Kept(Generic[Model]):
    model: Model
    stamp: Hashable
    megabytes: float


class LoadedModels(Generic[Model]):
    """Safe to use from several threads. A model that is thrown out lives on for as long as somebody speaks with it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept[Model]] = OrderedDict()
        self._loading: defaultdict[str, Lock] = defaultdict(Lock)
        self._lock = Lock()

    def get(
        self, key: str, stamp: Hashable, load: Callable[[], Model], *, megabytes: float, limit_megabytes: float
    ) -> Model:
        """The kept model, or a new one when there is none or its stamp is another; raises what `load` raises."""
        with self._lock:
            loading = self._loading[key]
        with loading:
            if (kept := self._used(key)) and kept.stamp == stamp:
                return kept.model
            self._make_room(limit_megabytes - megabytes, without=key)  # before, so that the bound holds meanwhile
            model = load()
            with self._lock:
                self._kept[key] = Kept(model, stamp, megabytes)
            self._make_room(limit_megabytes)  # others may have come in the meantime
            give_memory_back()  # a load takes about as much again as it leaves
            return model

    def keys(self) -> list[str]:
        """What is kept, the least recently used first."""
        with self._lock:
            return list(self._kept)

    def _used(self, key: str) -> Kept[Model] | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _make_room(self, limit_megabytes: float, *, without: str = "") -> None:
        """Throw out `without`, and the least recently used until the rest fits; the last one used just now stays."""
        with self._lock:
            dropped = [self._kept.pop(without)] if without in self._kept else []
            fewest = 0 if without else 1
            while len(self._kept) > fewest and sum(kept.megabytes for kept in self._kept.values()) > limit_megabytes:
                dropped.append(self._kept.popitem(last=False)[1])
        if dropped:
            dropped.clear()
            give_memory_back()


def give_memory_back() -> None:
    """Freed memory stays with the process until glibc is asked to return it; other systems do so by themselves."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
