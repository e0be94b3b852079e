"""What open pages and mails tell of the desk, and who wants which mails."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.models import Team, User
from config import times
from config.comparing import Compared
from leads.models.leads import Lead, LeadStatus
from leads.models.teams import DeskQuerySet

BROWSER_MAX_CHARACTERS = 32
PERIOD_MAX_CHARACTERS = 20


class NoticeQuerySet(DeskQuerySet):
    def since(self, time: dt.datetime) -> Self:
        return self.filter(created_at__gte=time)

    def fresh(self) -> Self:
        """Nobody who wants mails was told yet that there is something."""
        return self.filter(is_gathered=False).order_by("created_at", "pk")


class Notice(models.Model):
    """A lead that is new, or whose status has moved. Kept for some days."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    browser = models.CharField(
        max_length=BROWSER_MAX_CHARACTERS, blank=True, help_text="In which somebody did it by hand"
    )
    from_status = models.CharField(max_length=20, blank=True, help_text="Of a status that moved")
    to_status = models.CharField(max_length=20)
    is_gathered = models.BooleanField(default=False, help_text="Who wants mails was told")
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        db_table = "notices"
        indexes = [
            models.Index(fields=["team", "created_at"], name="notices_newest"),
            models.Index(fields=["is_gathered", "created_at"], name="notices_fresh"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} of {self.lead_id}"

    @property
    def is_new_lead(self) -> bool:
        return not self.from_status

    @property
    def step(self) -> str:
        """`New → Contacted`."""
        return f"{LeadStatus(self.from_status).label} → {LeadStatus(self.to_status).label}"

    def was_done_by(self, user: User) -> bool:
        """By hand, on a page: what a program does with somebody's key is news to them."""
        return bool(self.browser) and self.by_id == user.pk


class NewLeads(models.TextChoices):
    ALL = "all", "All of them"
    MINE = "mine", "Only those that are mine"
    NONE = "none", "None"


class MailChoiceQuerySet(DeskQuerySet):
    def of_living(self) -> Self:
        """Those of people who can sign in."""
        return self.filter(user__is_active=True, user__deleted_at=None)

    def wanting_news(self) -> Self:
        return self.filter(Q(new_leads__in=[NewLeads.ALL, NewLeads.MINE]) | Q(status_changes=True))

    def due(self) -> Self:
        return self.filter(due_at__lte=times.now(), held_until=None).order_by("due_at")

    def left(self) -> Self:
        """Whose worker should have ended by now."""
        return self.filter(held_until__lt=times.now())


class MailChoice(Compared):
    """The mails that a person wants of their team's desk, and how far its news have been mailed."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    new_leads = models.CharField(max_length=10, choices=NewLeads, default=NewLeads.NONE)
    status_changes = models.BooleanField(default=False, help_text="Of leads that are the person's")
    weekly_since = models.DateTimeField(null=True, blank=True, help_text="Empty: no weekly report")
    daily_since = models.DateTimeField(null=True, blank=True, help_text="Empty: no daily report")
    mailed_until = models.DateTimeField(default=times.now, editable=False, help_text="Older news have been mailed")
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False)
    due_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    held_until = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = MailChoiceQuerySet.as_manager()

    class Meta:
        db_table = "mail_choices"

    def __str__(self) -> str:
        return f"Mails of {self.user_id}"


class ReportKind(models.TextChoices):
    WEEKLY = "weekly", "Weekly report"
    DAILY = "daily", "Daily report"


class ReportMailState(models.TextChoices):
    WAITING = "waiting", "Waits for its turn"
    MAKING = "making", "With a worker"
    SENDING = "sending", "With the mail server"
    SENT = "sent", "Sent"
    FAILED = "failed", "Could not be sent"
    DOUBTFUL = "doubtful", "It is not known whether it was sent"


class ReportMailQuerySet(DeskQuerySet):
    def due(self) -> Self:
        return self.filter(state=ReportMailState.WAITING, due_at__lte=times.now()).order_by("due_at", "pk")

    def left(self) -> Self:
        """Whose worker should have ended by now."""
        return self.filter(state__in=[ReportMailState.MAKING, ReportMailState.SENDING], due_at__lt=times.now())

    def open(self) -> Self:
        return self.filter(state__in=[ReportMailState.WAITING, ReportMailState.MAKING, ReportMailState.SENDING])


class ReportMail(Compared):
    """One report to one person: of a period once, or as often as it is asked for."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=ReportKind)
    period = models.CharField(
        max_length=PERIOD_MAX_CHARACTERS, blank=True, help_text="2026-W47 or 2026-11-21; empty: the last days"
    )
    asked = models.CharField(max_length=24, blank=True, help_text="Another word for each time it was asked for")
    state = models.CharField(max_length=10, choices=ReportMailState, default=ReportMailState.WAITING)
    due_at = models.DateTimeField(null=True, blank=True, default=times.now, editable=False)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=times.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ReportMailQuerySet.as_manager()

    class Meta:
        db_table = "report_mails"
        constraints = [models.UniqueConstraint(fields=["user", "kind", "period", "asked"], name="reports_once")]
        indexes = [models.Index(fields=["state", "due_at"], name="reports_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period}".strip()

    @property
    def held(self) -> dict[str, Any]:
        """By what whoever works on it knows the row as theirs still."""
        return {"state": self.state, "due_at": self.due_at}
