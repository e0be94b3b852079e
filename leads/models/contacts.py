"""Contacts: the people who write to a channel. The old chatbot called them users."""

import datetime as dt

from django.db import models
from django.db.models import Q

from accounts.models import NAME_MAX_CHARACTERS, Team
from config import times
from leads.models.channels import Channel
from leads.models.leads import BAR, TAG_MAX_CHARACTERS, TAGS_MAX, Lead
from leads.models.teams import DeskQuerySet

PHONE_NUMBER_MAX_CHARACTERS = 64
WINDOW = dt.timedelta(hours=24)  # after a contact's last message, in which WhatsApp takes free text


class ContactQuerySet(DeskQuerySet):
    def unread(self) -> "ContactQuerySet":
        return self.filter(unread_count__gt=0)


class Contact(models.Model):
    """Somebody who writes to a channel, and how the chat with them stands."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="contacts", db_index=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="contacts", db_index=False)
    phone_number = models.CharField(
        max_length=PHONE_NUMBER_MAX_CHARACTERS, help_text="Digits alone, or the id that WhatsApp gives instead"
    )
    name = models.CharField(max_length=NAME_MAX_CHARACTERS, blank=True)
    named_at = models.DateTimeField(null=True, blank=True, help_text="Of the message that said the name last")
    is_active = models.BooleanField(default=True, help_text="Not blocked")
    is_paused = models.BooleanField(default=False, help_text="A person answers, not the assistant")
    label_line = models.CharField(max_length=TAGS_MAX * (TAG_MAX_CHARACTERS + 1) + 1, blank=True, help_text="|one|two|")
    message_count = models.PositiveIntegerField(default=0, help_text="Of both roles")
    unread_count = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When somebody of the team last looked")
    last_message_at = models.DateTimeField(null=True, blank=True)
    last_message_id = models.CharField(max_length=24, blank=True, help_text="The id of its row here")
    last_inbound_at = models.DateTimeField(null=True, blank=True, help_text="Of their own last message")
    suggestion = models.JSONField(
        default=dict, blank=True, help_text="What a lead may be made of, as found in messages"
    )
    is_dismissed = models.BooleanField(default=False, help_text="Somebody does not want the lead")
    lead = models.ForeignKey(Lead, on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts")
    created_at = models.DateTimeField(default=times.now, editable=False, help_text="Of the first message")
    updated_at = models.DateTimeField(default=times.now, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        db_table = "contacts"
        constraints = [models.UniqueConstraint(fields=["channel", "phone_number"], name="contacts_number")]
        indexes = [
            models.Index(fields=["team", "-created_at", "-id"], name="contacts_newest"),
            models.Index(fields=["team", "-last_message_at", "-id"], name="contacts_by_last"),
            models.Index(fields=["team", "-last_inbound_at"], name="contacts_by_inbound"),
            models.Index(fields=["team"], condition=Q(unread_count__gt=0), name="contacts_unread"),
        ]

    def __str__(self) -> str:
        return self.name or self.number_words

    @property
    def number_words(self) -> str:
        """The number as people write it."""
        return f"+{self.phone_number}" if self.phone_number.isdecimal() else self.phone_number

    @property
    def labels(self) -> list[str]:
        return [label for label in self.label_line.split(BAR) if label]

    @property
    def window_ends_at(self) -> dt.datetime | None:
        """Until when WhatsApp takes free text; None if they have never written."""
        return self.last_inbound_at + WINDOW if self.last_inbound_at else None

    @property
    def is_window_open(self) -> bool:
        end = self.window_ends_at
        return end is not None and times.now() < end


class ErasedContact(models.Model):
    """Somebody whose chat was erased: what WhatsApp or the journal sends again of the time before is not kept."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=64, help_text="HMAC-SHA256 of the number, in hex")
    erased_at = models.DateTimeField(default=times.now)

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "erased_contacts"
        constraints = [models.UniqueConstraint(fields=["channel", "digest"], name="erased_contacts_digest")]

    def __str__(self) -> str:
        return f"Erased {self.erased_at}"
