"""Contacts: the people who write to a channel. The old chatbot called them users."""

import datetime as dt
import re
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import NAME_MAX_CHARACTERS, Team, User
from config import times
from config.paging import EPOCH
from leads.models.channels import Channel
from leads.models.leads import COUNTED_MAX, TAG_MAX_CHARACTERS, TAGS_MAX, Lead, in_line, tags_in
from leads.models.teams import DeskQuerySet

PHONE_NUMBER_MAX_CHARACTERS = 131  # a country, a dot and 128 letters and digits, when it is an id
NAMED_BY_HAND = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)  # later than any message: no name of WhatsApp's takes its place
ERASED = "erased "  # how the number begins of one whose rows are being deleted
NUMBER = re.compile(r"[\d\s+()./–-]+")  # in any notation
TRUNK_ZERO = "(0)"  # that some write between the country and the rest
WINDOW = dt.timedelta(hours=24)  # after a contact's last message, in which WhatsApp takes free text


class ContactQuerySet(DeskQuerySet):
    def kept(self) -> Self:
        """Those that are not being erased."""
        return self.exclude(phone_number__startswith=ERASED)

    def chats(self) -> Self:
        """Who have written or been written to."""
        return self.filter(last_message_at__gt=EPOCH)

    def unread(self) -> Self:
        return self.filter(unread_count__gt=0)

    def matching(
        self, *, is_active: bool | None = None, is_unread: bool = False, label: str = "", channel: str = "", q: str = ""
    ) -> Self:
        """By what is given; `q`: part of the name, or of the number in any notation."""
        given = {"channel": channel, "is_active": is_active}
        rows = self.filter(**{name: value for name, value in given.items() if value not in ("", None)})
        rows = rows.unread() if is_unread else rows
        rows = rows.filter(label_line__contains=in_line(label)) if label else rows
        return rows.filter(Q(name__icontains=q) | Q(phone_number__icontains=digits_of(q) or q)) if q else rows

    def in_list(self) -> Self:
        return self.defer("suggestion").prefetch_related("channel")


def digits_of(q: str) -> str:
    """Of a number in any notation, without what only dials it; '' for what is no number."""
    if not NUMBER.fullmatch(q):
        return ""
    digits = (str(int(sign)) for sign in q.replace(TRUNK_ZERO, "") if sign.isdecimal())
    return "".join(digits).lstrip("0")


class Contact(models.Model):
    """Somebody who writes to a channel, and how the chat with them stands."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="contacts", db_index=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="contacts", db_index=False)
    phone_number = models.CharField(
        max_length=PHONE_NUMBER_MAX_CHARACTERS, help_text="Digits alone, or the id that WhatsApp gives instead"
    )
    name = models.CharField(max_length=NAME_MAX_CHARACTERS, blank=True)
    named_at = models.DateTimeField(
        null=True, blank=True, help_text="Of the message that said the name last; 9999: a person did"
    )
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
    suggestion_version = models.PositiveIntegerField(default=0, help_text="Raised by each write: none is lost")
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
        return tags_in(self.label_line)

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
    contact_id = models.CharField(max_length=24, blank=True, help_text="Whose rows are still to be deleted")

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "erased_contacts"
        constraints = [models.UniqueConstraint(fields=["channel", "digest"], name="erased_contacts_digest")]

    def __str__(self) -> str:
        return f"Erased {self.erased_at}"


def count_unread_chats(user: User) -> int:
    """Chats in which somebody waits for somebody to look."""
    return Contact.objects.owned_by(user).unread().filter(is_active=True)[:COUNTED_MAX].count()
