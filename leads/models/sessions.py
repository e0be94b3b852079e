"""Conversations: sessions, and the events of their transcripts."""

import re
from typing import Self

from django.db import models

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
CONTENT_MAX_CHARACTERS = 100_000
EVENT_ID_MAX_CHARACTERS = 128
SOURCE_MAX_CHARACTERS = 100


class Channel(models.TextChoices):
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
    channel = models.CharField(max_length=20, choices=Channel, default=Channel.VOICE)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166, from the metadata or a phone number")
    audio_file = models.ForeignKey(AudioFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions")
    metadata = models.JSONField(default=dict, blank=True)
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
            models.Index(fields=["team", "-last_event_at"], name="sessions_by_last_event"),
            models.Index(fields=["lead", "-start_time", "-id"], name="sessions_of_lead"),
            models.Index(fields=["end_time", "active_at"], name="sessions_open"),
        ]

    def __str__(self) -> str:
        return self.session_id

    @property
    def is_open(self) -> bool:
        return self.end_time is None


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

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "transcript_events"
        constraints = [models.UniqueConstraint(fields=["team", "session_id", "event_id"], name="events_id")]
        indexes = [
            models.Index(fields=["team", "session_id", "timestamp", "arrival"], name="events_of_session"),
            models.Index(fields=["team", "-timestamp", "-id"], name="events_newest"),
            models.Index(fields=["team", "role", "timestamp"], name="events_by_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.content[:60]}"
