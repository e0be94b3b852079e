"""Filters of the leads that a team has given names."""

from django.db import models

from accounts.models import Team, User
from config import times
from leads.models.teams import DeskQuerySet

EXACT_FIELDS = ("company", "interest", "source")  # that are what is asked for, to the letter
FILTER_FIELDS = ("status", "q", "tag", "owner", "from", "to", *EXACT_FIELDS)  # of the leads, as addresses have them
FILTER_NAME_MAX_CHARACTERS = 60
FILTER_TEXT_MAX_CHARACTERS = 200
FILTERS_MAX = 30  # of a team


class SavedFilter(models.Model):
    """What the table and the board of leads are filtered by, under a name that is its own in the team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=FILTER_NAME_MAX_CHARACTERS)
    wanted = models.JSONField(default=dict, help_text="Of FILTER_FIELDS those that are given, as texts")
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "saved_filters"
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="saved_filters_name")]

    def __str__(self) -> str:
        return self.name
