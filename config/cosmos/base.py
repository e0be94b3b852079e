"""Django's MongoDB backend for accounts of Azure Cosmos DB that are paid by request units (MONGODB_FLAVOUR=cosmos-ru).

They speak MongoDB's language but lack much of what its server has: docs/decisions/0016-cosmos.md.
"""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import models
from django_mongodb_backend import features, schema
from pymongo.errors import AutoReconnect, BulkWriteError, PyMongoError
from pymongo.operations import IndexModel
from pymongo.results import InsertManyResult

from config.mongodb import base

R = TypeVar("R")
Keys = tuple[tuple[str, int], ...]  # of an index: its fields, and 1 or -1 for their order
THROTTLED = 16_500  # the code of "request rate is large"
TRIES = 6  # about two seconds of waiting in all


class DatabaseFeatures(features.DatabaseFeatures):
    supports_atlas_search = False
    _supports_transactions = False  # they have them within one collection, for five seconds


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    def create_model(self, model: type[models.Model]) -> None:
        super().create_model(model)
        # A field by which rows are sorted needs an index; filters use several of one field rather than one of several.
        self.get_collection(model._meta.db_table).create_index([("$**", 1)])

    def add_index(
        self, model: type[models.Model], index: models.Index, *, unique: bool = False, **options: Any
    ) -> None:
        """A condition is taken of unique indexes alone, an expiry of none: our sweeps delete what has expired."""
        index = index if unique else models.Index(fields=index.fields, name=index.name)
        keys = () if options.get("field") else self.keys_of(model, index)
        collection = self.get_collection(model._meta.db_table)
        if name := self.known(model).get(keys):  # one of our own ends, which now gets a name
            collection.drop_index(name)
        super().add_index(model, index, unique=unique, **options)
        # Rows are sorted by several fields only along an index of just these, in this order: the ends of this one.
        ends = [keys[start:] for start in range(1, len(keys) - 1)]
        if new := [IndexModel(list(end)) for end in ends if end not in self.known(model)]:
            collection.create_indexes(new)

    def keys_of(self, model: type[models.Model], index: models.Index) -> Keys:
        return tuple(index.get_pymongo_index_model(model, self).document["key"].items())

    def known(self, model: type[models.Model]) -> dict[Keys, str]:
        """The names of the indexes that are there."""
        found = self.connection.get_collection(model._meta.db_table).index_information()
        return {tuple(index["key"]): name for name, index in found.items()}


class PatientCollection(base.CarefulCollection):
    """Asks again when the account is out of request units for the moment.

    Each question for itself: there is no transaction that would undo what was written before it.
    """

    def aggregate(self, pipeline: Sequence[dict[str, Any]], *args: Any, **options: Any) -> Any:
        return patiently(super().aggregate, [plain_join(stage) for stage in pipeline], *args, **options)

    def update_many(self, *args: Any, **options: Any) -> Any:
        return patiently(super().update_many, *args, **options)

    def delete_many(self, *args: Any, **options: Any) -> Any:
        return patiently(super().delete_many, *args, **options)

    def insert_many(self, documents: Sequence[dict[str, Any]], *args: Any, **options: Any) -> InsertManyResult:
        left, insert = list(documents), super().insert_many

        def insert_the_rest() -> None:
            try:
                insert(left, *args, **options)
            except BulkWriteError as error:
                del left[: error.details["nInserted"]]
                raise

        patiently(insert_the_rest)
        return InsertManyResult([document["_id"] for document in documents], acknowledged=True)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    SchemaEditorClass = DatabaseSchemaEditor
    collection_class = PatientCollection


def plain_join(stage: dict[str, Any]) -> dict[str, Any]:
    """A join by one field on each side, without the filter that the backend pushes into it: $match has it once more."""
    join = stage.get("$lookup", {})
    if "localField" not in join or "let" in join:
        return stage
    return {"$lookup": {name: value for name, value in join.items() if name != "pipeline"}}


def patiently(ask: Callable[..., R], *args: Any, **options: Any) -> R:
    """AutoReconnect when there are still no request units in the end: for everybody else the database is away."""
    for attempt in range(TRIES):
        try:
            return ask(*args, **options)
        except PyMongoError as error:
            if not is_throttled(error):
                raise
            last = error
        time.sleep(random.uniform(0.04, 0.08) * 2**attempt)  # noqa: S311
    raise AutoReconnect("Azure Cosmos DB is out of request units.") from last


def is_throttled(error: PyMongoError) -> bool:
    if isinstance(error, BulkWriteError):
        return any(each.get("code") == THROTTLED for each in error.details.get("writeErrors", ()))
    return getattr(error, "code", None) == THROTTLED
