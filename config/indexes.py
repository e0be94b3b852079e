"""Indexes beyond Django's own, for both databases."""

from typing import Any

from django.db import models
from pymongo.operations import IndexModel


class ExpiringIndex(models.Index):
    """An index on one time. MongoDB deletes a row so many seconds after it, by itself; elsewhere a sweep has to."""

    def __init__(self, *, seconds: int, **options: Any) -> None:
        self.seconds = seconds
        super().__init__(**options)
        if len(self.fields) != 1:
            raise ValueError("Rows expire by one time: MongoDB ignores it in an index on more fields.")

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        path, arguments, options = super().deconstruct()
        return path, arguments, options | {"seconds": self.seconds}

    def get_pymongo_index_model(self, *arguments: Any, **options: Any) -> IndexModel:
        """What the MongoDB backend asks an index for."""
        plain = super().get_pymongo_index_model(*arguments, **options).document
        return IndexModel(list(plain["key"].items()), name=self.name, expireAfterSeconds=self.seconds)
