"""Channels: the WhatsApp numbers that a team answers."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import NAME_MAX_CHARACTERS, Team, User
from config import sealed, times
from leads.models.teams import DeskQuerySet
from voices.models import PERSONA_MAX_CHARACTERS, Echo

NUMBER_ID_MAX_CHARACTERS = 64
CHANNELS_MAX = 50  # of a team: each webhook is compared with the app secrets of all
SECRET_MAX_CHARACTERS = 2_000  # of what people enter; sealed it is longer
FALLBACK_MAX_CHARACTERS = 1_000
CONTEXT_MESSAGES, CONTEXT_MESSAGES_MAX = 10, 50
FALLBACK = "Thank you for your message. We have received it and will get back to you soon."


class Speaking(models.TextChoices):
    """When a reply of the assistant is also a voice note."""

    NEVER = "never", "Never"
    TO_VOICE = "to_voice", "To voice notes"
    ALWAYS = "always", "Always"


class ChannelState(models.TextChoices):
    """How a channel stands, as people say it."""

    DISCONNECTED = "disconnected", "not connected"
    UNREADABLE = "unreadable", "enter its secrets again"
    REFUSED = "refused", "refused by WhatsApp"
    INCOMPLETE = "incomplete", "not complete"
    UNTESTED = "untested", "not tested yet"
    UNHEARD = "unheard", "waiting for the first message"
    CONNECTED = "connected", "connected"


class ChannelQuerySet(DeskQuerySet):
    def connected(self) -> Self:
        """Those that have a number."""
        return self.filter(phone_number_id__gt="")

    def kept(self) -> Self:
        """Those that are not being deleted."""
        return self.filter(deleted_at=None)

    def in_list(self) -> Self:
        """As a list shows them."""
        return self.kept().order_by("created_at", "pk").prefetch_related("echo", "owner")


class Channel(models.Model):
    """A number of the WhatsApp Cloud API, once in the installation. One without a number holds imported chats."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="channels")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    phone_number_id = models.CharField(
        max_length=NUMBER_ID_MAX_CHARACTERS, blank=True, help_text="Meta's, not a number"
    )
    phone_number = models.CharField(max_length=40, blank=True, help_text="As Meta displays it")
    sealed_token = models.TextField(blank=True, editable=False)
    sealed_app_secret = models.TextField(blank=True, editable=False)
    sealed_verify_token = models.TextField(blank=True, editable=False)
    api_base_url = models.CharField(max_length=500, blank=True, editable=False, help_text="Else WHATSAPP_API_BASE_URL")
    is_from_environment = models.BooleanField(default=False, editable=False)
    echo = models.ForeignKey(Echo, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    persona = models.TextField(blank=True, max_length=PERSONA_MAX_CHARACTERS, help_text="Else the echo's")
    fallback = models.CharField(max_length=FALLBACK_MAX_CHARACTERS, default=FALLBACK)
    replies = models.BooleanField(default=False, help_text="The assistant answers")
    speaking = models.CharField(max_length=10, choices=Speaking, default=Speaking.NEVER)
    context_messages = models.PositiveSmallIntegerField(default=CONTEXT_MESSAGES)
    takes_leads = models.BooleanField(default=False, help_text="Suggested leads are accepted without a click")
    problem = models.CharField(max_length=500, blank=True, help_text="Why WhatsApp refuses it, in a sentence")
    tested_at = models.DateTimeField(null=True, blank=True, help_text="When WhatsApp last knew it")
    heard_at = models.DateTimeField(null=True, blank=True, help_text="When its webhook last came")
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Its chats are being deleted")
    created_at = models.DateTimeField(default=times.now, editable=False)
    updated_at = models.DateTimeField(default=times.now, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        db_table = "channels"
        constraints = [
            models.UniqueConstraint(
                fields=["phone_number_id"], condition=Q(phone_number_id__gt=""), name="channels_number_id"
            )
        ]

    def __str__(self) -> str:
        return self.name

    # Unreadable when SECRET_KEY has changed since
    @property
    def token(self) -> str:
        return sealed.unseal(self.sealed_token)

    @property
    def app_secret(self) -> str:
        return sealed.unseal(self.sealed_app_secret)

    @property
    def verify_token(self) -> str:
        return sealed.unseal(self.sealed_verify_token)

    @property
    def is_readable(self) -> bool:
        """Whether its secrets can be opened with this SECRET_KEY."""
        try:
            _ = self.token, self.app_secret, self.verify_token
        except sealed.Unreadable:
            return False
        return True

    @property
    def can_send(self) -> bool:
        """Whether it has what WhatsApp asks for of whoever sends; not whether WhatsApp accepts it."""
        return bool(self.phone_number_id and self.sealed_token)

    @property
    def lacking(self) -> list[str]:
        """What must be entered before it can receive and send, in words."""
        has = {
            "the phone number id": self.phone_number_id,
            "the access token": self.sealed_token,
            "the app secret": self.sealed_app_secret,
            "the verify token": self.sealed_verify_token,
        }
        return [words for words, value in has.items() if not value]

    @property
    def state(self) -> ChannelState:
        reasons = (
            (not self.phone_number_id, ChannelState.DISCONNECTED),
            (not self.is_readable, ChannelState.UNREADABLE),
            (self.problem, ChannelState.REFUSED),
            (self.lacking, ChannelState.INCOMPLETE),
            (not (self.tested_at or self.heard_at), ChannelState.UNTESTED),
            (not self.heard_at, ChannelState.UNHEARD),
        )
        return next((state for is_so, state in reasons if is_so), ChannelState.CONNECTED)

    @property
    def persona_prompt(self) -> str:
        """Who the assistant is on it."""
        return self.persona or (self.echo.persona_prompt if self.echo else "")
