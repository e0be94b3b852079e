"""What the frame and the lower apps need of the higher ones. Each app registers its functions in AppConfig.ready."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

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


def nothing(owner: Any) -> None:
    """What an entry that leaves a step out does."""


def no_files(row: Any) -> Iterable[tuple[str, str]]:
    return ()


@dataclass(frozen=True)
class OwnedData:
    """The rows of one model that belong to a person or a team: how they leave with a download, and when it ends.

    The model's manager has `owned_by(user)`. `delete` takes the user, or for a team's rows the team, and deletes all
    rows of theirs with their files; it may be run again after it was cut off. `stop` takes the user and ends at once
    what the rows do, before their deletion, which takes its time.
    """

    model: type[Any]
    owner: Literal["user", "team"]
    delete: Callable[[Any], object]
    columns: tuple[str, ...] = ()  # that a download shows; without any it leaves the rows out
    name: str = ""  # of its file in a download, if it isn't the table's
    stop: Callable[[Any], object] = nothing
    files: Callable[[Any], Iterable[tuple[str, str]]] = no_files  # of a row: its name in the zip, in the storage
    stored_bytes: Callable[[Any], int] = lambda user: 0  # what counts for the user's quota


@dataclass(frozen=True)
class StoredFiles:
    """The files of the storage that one model's rows name. Names are read in one long walk, in no order."""

    kind: str  # in the plural, for people
    folders: tuple[str, ...]  # of the storage, in which every file belongs to such a row
    named: Callable[[], Iterable[tuple[str, str]]]  # of each row: what it is called, the name of its file
    known: Callable[[Sequence[str]], set[str]]  # which of these names a row has, found along an index
    goes_by_itself: Callable[[str], bool] = lambda name: False  # without a row too, and is no finding until then


@dataclass(frozen=True)
class UploadDoor:
    """An address that takes files."""

    path: str  # `*` stands for any one part between slashes
    max_bytes: int  # of the whole body


@dataclass(frozen=True)
class BodyLimit:
    """An address whose bodies, without files, have a limit of their own."""

    path: str
    max_bytes: int


start_steps: Hook[Callable[[Write], object]] = Hook()  # run by `up` before the web server starts
worker_starts: Hook[Callable[[], object]] = Hook()  # run by each speech worker before its first task
worker_figures: Hook[Callable[[], dict[str, Any]]] = Hook()  # what a heartbeat says beside the frame's own
sweeps: Hook[Sweep] = Hook()
engine_checks: Hook[Callable[[], dict[str, str]]] = Hook()  # for /health: the engines that are on or off
stand_ins: Hook[Callable[[], bool]] = Hook()  # for /health: whether it takes what comes in while the database is away
counts: Hook[Count] = Hook()
owned_data: Hook[OwnedData] = Hook()  # lower apps first; a deletion goes the other way round
shared_models: Hook[type[Any]] = Hook()  # models whose rows belong to nobody
team_moves: Hook[Callable[[Any], object]] = Hook()  # of a person who goes to another team: what must not come along
team_holds: Hook[Callable[[Any], bool]] = Hook()  # whether a team has rows, which can't move
job_ends: Hook[Callable[[Any], object]] = Hook()  # of a job that has ended, for good or not: what its end sets going
dependents: Hook[Callable[[Any], Iterable[str]]] = Hook()  # of a row: what stops working when it goes, in sentences
upload_doors: Hook[UploadDoor] = Hook()
body_limits: Hook[BodyLimit] = Hook()
stored_files: Hook[StoredFiles] = Hook()  # for `manage.py audit_storage`


def losses(row: Any) -> list[str]:
    """What will not work any more without the row, in sentences."""
    return [sentence for dependent in dependents for sentence in dependent(row)]
