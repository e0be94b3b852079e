"""What all rows of the desk have in common: they belong to a team."""

from accounts.models import TeamOwnedQuerySet
from config.leases import LeasedQuerySet


class DeskQuerySet(TeamOwnedQuerySet):
    """Rows of the desk."""


class WorkQuerySet(DeskQuerySet, LeasedQuerySet):
    """Rows of the desk that a worker works on."""
