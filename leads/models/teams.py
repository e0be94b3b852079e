"""What all rows of the desk have in common: they belong to a team."""

from typing import Self

from django.db import models

from accounts.models import User
from config.ids import parse_id
from config.leases import LeasedQuerySet


class DeskQuerySet(models.QuerySet):
    def owned_by(self, user: User) -> Self:
        """Those of the person's team."""
        return self.filter(team=user.team_id)

    def with_id(self, text: str) -> Self:
        """By its id or an old UUID; nothing for what is neither."""
        try:
            return self.filter(pk=parse_id(text))
        except ValueError:
            return self.none()


class WorkQuerySet(DeskQuerySet, LeasedQuerySet):
    """Rows of the desk that a worker works on."""
