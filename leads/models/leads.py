"""Leads: people who may buy, what became of them, and what the team noted."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from django.db import models
from django.db.models import Q
from django.db.models.functions import Left

from accounts.models import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS, Team, User
from config import times
from config.ids import parse_id
from leads.models.teams import DeskQuerySet

FIELD_MAX_CHARACTERS = 200
INTEREST_MAX_CHARACTERS = 500
MESSAGE_MAX_CHARACTERS = 10_000
NOTE_MAX_CHARACTERS = 5_000
TAG_MAX_CHARACTERS = 40
TAGS_MAX = 20
EXCERPT_CHARACTERS = 200
SESSION_ID_MAX_CHARACTERS = 128
NOTHING: Mapping[str, str] = MappingProxyType({})
BAR = "|"  # parts tags, and stands around them all
COMPARED = 2  # a lead whose likeness to the others is known
COUNTED_MAX = 1_000  # of a status; every page counts the new ones


def in_line(tag: str) -> str:
    """How a tag stands in a line of tags, and can be found there."""
    return f"{BAR}{tag.lower()}{BAR}"


def tags_in(line: str) -> list[str]:
    return [tag for tag in line.split(BAR) if tag]


class LeadStatus(models.TextChoices):
    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    CONVERTED = "converted"
    CLOSED = "closed"


QUALIFIED = (LeadStatus.QUALIFIED, LeadStatus.CONVERTED)  # who got at least so far


class LeadQuerySet(DeskQuerySet):
    def known_as(self, text: str) -> "LeadQuerySet":
        """By its id, an old UUID, or an id that leads to it; nothing for what is none of them."""
        try:
            pk = parse_id(text)
        except ValueError:
            return self.none()
        return self.filter(pk__in=[pk, *LeadAlias.objects.filter(pk=pk).values_list("lead_id", flat=True)])

    def matching(
        self,
        *,
        status: str = "",
        company: str = "",
        interest: str = "",
        q: str = "",
        tag: str = "",
        owner: str = "",
        exactly: Mapping[str, str] = NOTHING,
        start: dt.datetime | None = None,
        end: dt.datetime | None = None,
    ) -> "LeadQuerySet":
        """By what is given: parts of the company, the interest or any words; `start` to before `end`.

        `exactly`: whole texts of fields, as the figures count them.
        """
        given = {"status": status, "company__icontains": company, "interest__icontains": interest, "owner": owner}
        given |= {"timestamp__gte": start, "timestamp__lt": end, **exactly}
        rows = self.filter(**{name: value for name, value in given.items() if value})
        rows = rows.tagged(tag) if tag else rows
        return rows.with_words(q) if q else rows

    def in_list(self) -> "LeadQuerySet":
        """Without the messages, which may be long, but their beginnings as `excerpt`."""
        return self.annotate(excerpt=Left("message", EXCERPT_CHARACTERS)).defer("message")

    def counts_by_status(self) -> dict[str, int]:
        """Of each status how many, no further than COUNTED_MAX: that takes the same time however many there are."""
        return {status: self.filter(status=status)[:COUNTED_MAX].count() for status in LeadStatus.values}

    def tagged(self, tag: str) -> "LeadQuerySet":
        return self.filter(tag_line__contains=in_line(tag))

    def with_words(self, q: str) -> "LeadQuerySet":
        """Who have them in what is known of them."""
        fields = ("name", "email", "company", "interest", "phone", "job_title", "message")
        found = Q()
        for field in fields:
            found |= Q(**{f"{field}__icontains": q})
        return self.filter(found)


class Lead(models.Model):
    """A person who may buy something of the team; the e-mail tells one from another."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="leads", db_index=False)
    name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    email = models.CharField(max_length=EMAIL_MAX_CHARACTERS)
    company = models.CharField(max_length=FIELD_MAX_CHARACTERS, blank=True)
    interest = models.CharField(max_length=INTEREST_MAX_CHARACTERS, blank=True)
    phone = models.CharField(max_length=FIELD_MAX_CHARACTERS, blank=True)
    job_title = models.CharField(max_length=FIELD_MAX_CHARACTERS, blank=True)
    budget = models.CharField(max_length=FIELD_MAX_CHARACTERS, blank=True)
    timeline = models.CharField(max_length=FIELD_MAX_CHARACTERS, blank=True)
    message = models.TextField(blank=True)
    status = models.CharField(max_length=20, choices=LeadStatus, default=LeadStatus.NEW)
    source = models.CharField(max_length=FIELD_MAX_CHARACTERS, blank=True)
    session_id = models.CharField(
        max_length=SESSION_ID_MAX_CHARACTERS, blank=True, help_text="Of the conversation it came out of last"
    )
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="leads")
    tag_line = models.CharField(max_length=TAGS_MAX * (TAG_MAX_CHARACTERS + 1) + 1, blank=True, help_text="|one|two|")
    timestamp = models.DateTimeField(default=times.now, help_text="When it came up")
    created_at = models.DateTimeField(default=times.now, editable=False)
    updated_at = models.DateTimeField(default=times.now, editable=False)
    metadata = models.JSONField(default=dict, blank=True)
    compared = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="With the others, to find duplicates: 0 not yet, 1 going on, 2 done"
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        db_table = "leads"
        constraints = [models.UniqueConstraint(fields=["team", "email"], name="leads_email")]
        indexes = [
            models.Index(fields=["team", "-timestamp", "-id"], name="leads_newest"),
            models.Index(fields=["team", "status", "-timestamp", "-id"], name="leads_by_status"),
            models.Index(fields=["team", "company", "-timestamp", "-id"], name="leads_by_company"),
            models.Index(fields=["team", "interest", "-timestamp", "-id"], name="leads_by_interest"),
            models.Index(fields=["team", "source", "-timestamp", "-id"], name="leads_by_source"),
            models.Index(fields=["team", "session_id"], name="leads_of_session"),
            models.Index(fields=["compared"], condition=Q(compared__lt=COMPARED), name="leads_to_compare"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def status_words(self) -> str:
        return self.get_status_display()

    @property
    def tags(self) -> list[str]:
        return tags_in(self.tag_line)


class LeadAlias(models.Model):
    """An id under which a lead was taken that turned out to be known by its e-mail: it leads to the known one."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="aliases")

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "lead_aliases"

    def __str__(self) -> str:
        return f"{self.pk} of {self.lead_id}"


class StatusChange(models.Model):
    """A step of a lead from one status to another."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="changes", db_index=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "lead_changes"
        indexes = [models.Index(fields=["lead", "-created_at", "-id"], name="changes_of_lead")]

    def __str__(self) -> str:
        return f"{self.from_status} to {self.to_status}"

    @property
    def words(self) -> str:
        """How it reads in the history."""
        end = LeadStatus(self.to_status).label
        return f"{LeadStatus(self.from_status).label} → {end}" if self.from_status else f"Added as {end}"


class LeadNote(models.Model):
    """What somebody of the team wrote down about a lead."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="notes", db_index=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "lead_notes"
        indexes = [models.Index(fields=["lead", "-created_at", "-id"], name="notes_of_lead")]

    def __str__(self) -> str:
        return self.text[:60]


def count_waiting(user: User) -> int:
    """Leads that nobody has contacted yet."""
    return Lead.objects.owned_by(user).filter(status=LeadStatus.NEW)[:COUNTED_MAX].count()
