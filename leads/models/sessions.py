"""Conversations: sessions, and the events of their transcripts."""

import datetime as dt
import re
import time
from collections.abc import Sequence
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Team, User
from config import times
from leads.models.leads import SESSION_ID_MAX_CHARACTERS, Lead
from leads.models.teams import DeskQuerySet
from voices.models import AudioFile

SESSION_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
RESERVED_SESSION_IDS = frozenset({"search", "events", "export"})  # addresses of the API
DEFAULT_SESSION_ID = "default"
ITEMS_MAX_BYTES = 2 * 1024 * 1024  # of JSON
EVENTS_MAX = 500  # of one request
ENGAGED = 2  # events of the user, or items, with which a conversation has got going
CONTENT_MAX_CHARACTERS = 100_000
EVENT_ID_MAX_CHARACTERS = 128
SOURCE_MAX_CHARACTERS = 100


class SessionChannel(models.TextChoices):
    VOICE = "voice"
    WHATSAPP = "whatsapp", "WhatsApp"
    WEB = "web"


class EventRole(models.TextChoices):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    TOOL = "tool"


class Intent(models.TextChoices):
    """What the keyword rules find in a user's words; kept in an event's `meta.intent`."""

    LEAD_OPPORTUNITY = "LEAD_OPPORTUNITY"
    INTEREST_DETECTED = "INTEREST_DETECTED"
    COMPANY_MENTIONED = "COMPANY_MENTIONED"
    NO_LEAD_INTENT = "NO_LEAD_INTENT"


class SessionQuerySet(DeskQuerySet):
    def with_session_id(self, user: User, session_id: str) -> Self:
        return self.owned_by(user).filter(session_id=session_id)

    def open(self) -> Self:
        return self.filter(end_time=None)

    def matching(
        self,
        *,
        start: dt.datetime | None = None,
        end: dt.datetime | None = None,
        lead_generated: bool | None = None,
        channel: str | None = None,
        min_minutes: float | None = None,
        max_minutes: float | None = None,
        min_turns: int | None = None,
        max_turns: int | None = None,
        country: str | None = None,
        weekday: int | None = None,
        hour: int | None = None,
        lead_status: Sequence[str] | None = None,
        is_engaged: bool = False,
    ) -> Self:
        """By what is given: those that started from `start` to before `end`.

        They took from `min_minutes` to under `max_minutes`, and the user spoke from `min_turns` to `max_turns` times.
        Weekdays are 1 (Monday) to 7, they and hours in UTC. `lead_status`: of leads that came out of them, now.
        """
        given = {"start_time__gte": start, "start_time__lt": end, "channel": channel, "lead_generated": lead_generated}
        given |= {"user_count__gte": min_turns, "user_count__lte": max_turns, "country": country}
        given |= {"start_time__iso_week_day": weekday, "start_time__hour": hour, "lead__status__in": lead_status}
        rows = self.filter(**{name: value for name, value in given.items() if value is not None})
        rows = rows.engaged() if is_engaged else rows
        rows = rows.filter(duration_seconds__lt=max_minutes * 60) if max_minutes is not None else rows
        return rows.filter(duration_seconds__gte=min_minutes * 60) if min_minutes else rows

    def engaged(self) -> Self:
        """That got going."""
        return self.filter(Q(lead_generated=True) | Q(user_count__gte=ENGAGED) | Q(total_items__gte=ENGAGED))

    def in_list(self) -> Self:
        """Without their items, which may be megabytes."""
        return self.defer("items")

    def slim(self) -> Self:
        """Without what may be megabytes."""
        return self.defer("items", "metadata")


class ConversationSession(models.Model):
    """A conversation of a person with an assistant, from its start to its end."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="sessions", db_index=False)
    session_id = models.CharField(max_length=SESSION_ID_MAX_CHARACTERS)
    start_time = models.DateTimeField(help_text="As told, else the time of its first event")
    has_own_start = models.BooleanField(default=False, help_text="Its start was told")
    end_time = models.DateTimeField(null=True, blank=True, help_text="As told, or of its last event before silence")
    was_silent = models.BooleanField(default=False, help_text="It was ended after silence, nobody told its end")
    active_at = models.DateTimeField(default=times.now, help_text="When something of it last came in")
    items = models.JSONField(default=list, blank=True)
    total_items = models.PositiveIntegerField(default=0)
    duration_seconds = models.FloatField(default=0.0)
    event_count = models.PositiveIntegerField(default=0)
    user_count = models.PositiveIntegerField(default=0, help_text="Events of the user")
    first_event_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField(null=True, blank=True)
    lead_generated = models.BooleanField(default=False)
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions", db_index=False
    )
    channel = models.CharField(max_length=20, choices=SessionChannel, default=SessionChannel.VOICE)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166, from the metadata or a phone number")
    audio_file = models.ForeignKey(AudioFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions")
    metadata = models.JSONField(default=dict, blank=True)
    told = models.JSONField(default=dict, blank=True, help_text="When the last word on each thing came in; nanoseconds")
    revision = models.PositiveIntegerField(default=0, help_text="Raised by each write: a writer sees it was overtaken")
    recounts = models.PositiveIntegerField(default=0, help_text="Raised when it is counted anew from its events")
    created_at = models.DateTimeField(default=times.now, editable=False)
    updated_at = models.DateTimeField(default=times.now, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        db_table = "conversation_sessions"
        verbose_name = "conversation"
        constraints = [models.UniqueConstraint(fields=["team", "session_id"], name="sessions_id")]
        indexes = [
            models.Index(fields=["team", "-start_time", "-id"], name="sessions_newest"),
            models.Index(fields=["team", "lead_generated", "-start_time", "-id"], name="sessions_by_lead_made"),
            models.Index(fields=["team", "channel", "-start_time", "-id"], name="sessions_by_channel"),
            models.Index(fields=["team", "country", "-start_time", "-id"], name="sessions_by_country"),
            models.Index(fields=["team", "-last_event_at"], name="sessions_by_last_event"),
            models.Index(fields=["lead", "-start_time", "-id"], name="sessions_of_lead"),
            models.Index(fields=["end_time", "active_at"], name="sessions_open"),
        ]

    def __str__(self) -> str:
        return self.session_id

    @property
    def is_open(self) -> bool:
        return self.end_time is None

    def is_last_word(self, name: str, arrival: int) -> bool:
        """Whether nothing later was said of it: a write that is done late, or again, undoes nothing that came after.

        What seems to come from later than now was told under a clock that was wrong: it stands in nobody's way.
        """
        if arrival < self.told.get(name, 0) <= time.time_ns():
            return False
        self.told[name] = arrival
        return True

    # These three come in any order, and leave the same row.
    def take_start(self, time: dt.datetime, *, is_told: bool = False) -> None:
        """A told start stands; without one the earliest time that is known of it is its start."""
        if is_told:
            self.start_time, self.has_own_start = time, True
        elif not self.has_own_start:
            self.start_time = min(self.start_time, time)

    def take_events(self, events: "list[TranscriptEvent]", *, at: dt.datetime) -> None:
        """Events that it did not have. They open it again when only silence had ended it."""
        if not events:
            return
        moments = [event.timestamp for event in events]
        self.event_count += len(events)
        self.user_count += sum(event.role == EventRole.USER for event in events)
        self.first_event_at = min(filter(None, (self.first_event_at, *moments)))
        self.last_event_at = max(filter(None, (self.last_event_at, *moments)))
        self.take_start(self.first_event_at)
        self.hear(at)

    def hear(self, at: dt.datetime) -> None:
        """Something of it came in."""
        self.active_at = max(self.active_at, at)
        if self.was_silent:
            self.end_time, self.was_silent = None, False

    def take_end(self, time: dt.datetime) -> None:
        self.end_time, self.was_silent = time, False
        self.take_start(time)

    def settle_duration(self) -> None:
        """Seconds from its start to its end, or to its last event while it has none; never negative."""
        last = self.end_time or self.last_event_at
        self.duration_seconds = max((last - self.start_time).total_seconds(), 0.0) if last else 0.0


class EventQuerySet(DeskQuerySet):
    def of_session(self, team_id: str, session_id: str) -> Self:
        return self.filter(team=team_id, session_id=session_id)


class TranscriptEvent(models.Model):
    """Something that was said or done in a conversation."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="events", db_index=False)
    session_id = models.CharField(max_length=SESSION_ID_MAX_CHARACTERS)
    event_id = models.CharField(max_length=EVENT_ID_MAX_CHARACTERS)
    timestamp = models.DateTimeField()
    arrival = models.BigIntegerField(help_text="Nanoseconds since 1970 when it came in; orders events of one time")
    role = models.CharField(max_length=20, choices=EventRole)
    content = models.TextField(blank=True)
    source = models.CharField(max_length=SOURCE_MAX_CHARACTERS, blank=True)
    meta = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        db_table = "transcript_events"
        constraints = [models.UniqueConstraint(fields=["team", "session_id", "event_id"], name="events_id")]
        indexes = [
            models.Index(fields=["team", "session_id", "timestamp", "arrival", "id"], name="events_of_session"),
            models.Index(fields=["team", "-timestamp", "-id"], name="events_newest"),
            models.Index(fields=["team", "role", "timestamp"], name="events_by_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.content[:60]}"
