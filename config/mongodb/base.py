"""Django's MongoDB backend, but rows are sorted and cut before their fields are picked: an index serves no other sort.

The backend picks them first, and the server takes the stages as they come: docs/decisions/0024-sorting.md. A row that
is inserted beside another and is refused with a conflict is inserted again.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from django_mongodb_backend import base
from django_mongodb_backend.utils import OperationDebugWrapper
from pymongo.collection import Collection
from pymongo.results import InsertManyResult

from config.db import again, is_in_transaction

Stage = dict[str, Any]
CUTS = ("$skip", "$limit")


class CarefulCollection(Collection):
    def aggregate(self, pipeline: Sequence[Stage], *args: Any, **options: Any) -> Any:
        return super().aggregate(sorted_early(pipeline), *args, **options)

    def insert_many(self, documents: Sequence[dict[str, Any]], *args: Any, **options: Any) -> InsertManyResult:
        """One row outside of a transaction is stored or not, so that it can be tried again."""
        insert = super().insert_many
        is_alone = len(documents) == 1 and not is_in_transaction()
        return (again(insert) if is_alone else insert)(documents, *args, **options)


class DatabaseWrapper(base.DatabaseWrapper):
    collection_class = CarefulCollection

    def get_collection(self, name: str, **options: Any) -> Collection | OperationDebugWrapper:
        collection = self.collection_class(self.database, name, **options)
        return OperationDebugWrapper(self, collection) if self.queries_logged else collection


def sorted_early(pipeline: Sequence[Stage]) -> list[Stage]:
    """The same rows in the same order: the first sort, with the cuts after it, is before what leaves its keys alone."""
    start = next((index for index, stage in enumerate(pipeline) if "$sort" in stage), 0)
    cuts = list(takewhile(lambda stage: any(cut in stage for cut in CUTS), pipeline[start + 1 :]))
    passed = len(list(takewhile(lambda stage: leaves(stage, pipeline[start]["$sort"]), reversed(pipeline[:start]))))
    early, end = start - passed, start + 1 + len(cuts)
    return [*pipeline[:early], *pipeline[start:end], *pipeline[early:start], *pipeline[end:]]


def leaves(stage: Stage, keys: dict[str, int]) -> bool:
    """Whether a stage only picks or adds fields, and these keys go through it as they are."""
    added, picked = stage.get("$addFields"), stage.get("$project")
    if added is not None:
        return all(added.get(name, f"${name}") == f"${name}" for name in top_names(keys))
    return picked is not None and all(picked.get(name, name == "_id") in (True, f"${name}") for name in top_names(keys))


def top_names(keys: dict[str, int]) -> Iterator[str]:
    return (key.partition(".")[0] for key in keys)
