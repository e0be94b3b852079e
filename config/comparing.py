"""Rows that several processes change at once."""

from typing import Any

from django.db import models


class Compared(models.Model):
    """A row that is written only if it still is as somebody knows it."""

    class Meta:
        abstract = True

    def change(self, where: dict[str, Any], **fields: Any) -> bool:
        """Compare and set: write `fields` if the row still is as `where` says, in one statement."""
        if type(self)._default_manager.filter(pk=self.pk, **where).update(**fields) != 1:
            return False
        for name, value in fields.items():
            if not hasattr(value, "resolve_expression"):
                setattr(self, name, value)
        return True
