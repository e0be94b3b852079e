"""Leads that may be one person: what each can be recognised by, and the pairs that were found."""

from django.db import models

from accounts.models import Team, User
from config import times
from leads.models.leads import Lead
from leads.models.teams import DeskQuerySet


class Likeness(models.TextChoices):
    PHONE = "phone", "The same phone number"
    NAME = "name", "The same name and company"
    EMAIL = "email", "Nearly the same e-mail"


class LeadKey(models.Model):
    """Something that a lead can be recognised by: those with an equal one may be one person."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Likeness)
    key = models.CharField(max_length=32, help_text="A digest, in hex")

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "lead_keys"
        indexes = [models.Index(fields=["team", "key"], name="lead_keys_found")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.lead_id}"


class LeadPairQuerySet(DeskQuerySet):
    def suggested(self) -> "LeadPairQuerySet":
        return self.filter(is_dismissed=False)


class LeadPair(models.Model):
    """Two leads that look like one person, the older id first; once dismissed they are never suggested again."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    first = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    kinds = models.JSONField(default=list, help_text="In what they are alike")
    is_dismissed = models.BooleanField(default=False, help_text="Somebody says that they are two")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = LeadPairQuerySet.as_manager()

    class Meta:
        db_table = "lead_pairs"
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="lead_pairs_once")]
        indexes = [models.Index(fields=["team", "is_dismissed", "-created_at", "-id"], name="lead_pairs_newest")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"

    @property
    def is_whole(self) -> bool:
        """Whether both are there: no foreign key sees to that on MongoDB, and a crash may have come in between."""
        try:
            return bool(self.first and self.second)
        except Lead.DoesNotExist:
            return False

    @property
    def words(self) -> list[str]:
        return [Likeness(kind).label for kind in self.kinds]
