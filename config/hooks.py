"""What the frame and the lower apps need of the higher ones. Each app registers its functions in AppConfig.ready."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Write = Callable[[str], object]


class Hook(Generic[T]):
    """What the apps have registered, in order of registration."""

    def __init__(self) -> None:
        self._registered: list[T] = []

    def register(self, item: T) -> T:
        if item not in self._registered:
            self._registered.append(item)
        return item

    def __iter__(self) -> Iterator[T]:
        return iter(self._registered)


@dataclass(frozen=True)
class Sweep:
    """Something the sweeper does again and again."""

    every: float  # seconds
    run: Callable[[], object]


@dataclass(frozen=True)
class Count:
    """A number beside an item of the navigation, for the signed-in person."""

    name: str
    count: Callable[[Any], int]


start_steps: Hook[Callable[[Write], object]] = Hook()  # run by `up` before the web server starts
worker_starts: Hook[Callable[[], object]] = Hook()  # run by each worker before its first task
sweeps: Hook[Sweep] = Hook()
engine_checks: Hook[Callable[[], dict[str, str]]] = Hook()  # for /health: the engines that are on or off
counts: Hook[Count] = Hook()
