"""What accounts did, and how much they use."""

import datetime as dt
from typing import Self

from django.db import models

from accounts.models.people import OwnedQuerySet, User
from config import times


class Event(models.TextChoices):
    """What the audit trail tells of."""

    REGISTERED = "registered", "Account made"
    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    RESET_ASKED = "reset_asked", "Password reset asked for"
    RESET_LINK_MADE = "reset_link_made", "Reset link made"
    EMAIL_CHANGED = "email_changed", "E-mail changed"
    KEY_MADE = "key_made", "API key made"
    KEY_USED = "key_used", "API key used"
    KEY_REVOKED = "key_revoked", "API key revoked"
    SECRET_MADE = "secret_made", "Signing secret made"
    FILE_DELETED = "file_deleted", "File deleted"
    CONSENT_GIVEN = "consent_given", "Consent to voice cloning given"
    CONSENT_WITHDRAWN = "consent_withdrawn", "Consent to voice cloning taken back"
    MODEL_MADE = "model_made", "Voice model made"
    MODEL_DELETED = "model_deleted", "Voice model deleted"
    ECHO_DELETED = "echo_deleted", "Echo deleted"
    CHANNEL_CONNECTED = "channel_connected", "WhatsApp number connected"
    CHANNEL_CHANGED = "channel_changed", "WhatsApp number changed"
    CHANNEL_DISCONNECTED = "channel_disconnected", "WhatsApp number disconnected"
    WEBHOOK_MADE = "webhook_made", "Webhook made"
    WEBHOOK_CHANGED = "webhook_changed", "Webhook changed"
    WEBHOOK_DELETED = "webhook_deleted", "Webhook deleted"
    CONTACT_ERASED = "contact_erased", "Contact erased"
    LEAD_ERASED = "lead_erased", "Lead erased"
    LEAD_DATA_TAKEN = "lead_data_taken", "Data of a lead taken"
    INVITED = "invited", "Invitation made"
    INVITATION_REVOKED = "invitation_revoked", "Invitation taken back"
    JOINED = "joined", "Joined a team"
    LEFT = "left", "Left a team"
    ROLE_CHANGED = "role_changed", "Role changed"
    DISABLED = "disabled", "Account disabled"
    ENABLED = "enabled", "Account enabled"
    DATA_EXPORTED = "data_exported", "Data exported"
    ACCOUNT_DELETED = "account_deleted", "Account deleted"


class AuditEntryQuerySet(OwnedQuerySet):
    def matching(self, *, event: str = "") -> Self:
        return self.filter(event=event) if event else self


class AuditEntry(models.Model):
    """One line of an account's audit trail."""

    WORDS_MAX_CHARACTERS = 300

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    event = models.CharField(max_length=30, choices=Event)
    words = models.CharField(max_length=WORDS_MAX_CHARACTERS, blank=True)
    address = models.CharField(max_length=45, blank=True, help_text="Of the client")
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        db_table = "audit_entries"
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="audit_of_user"),
            models.Index(fields=["-created_at"], name="audit_newest"),
        ]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.get_event_display()}, {times.iso(self.created_at)}"


class UsageDayQuerySet(OwnedQuerySet):
    def since(self, day: dt.date) -> Self:
        return self.filter(day__gte=day)


class UsageDay(models.Model):
    """What an account has used on one day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    uploads = models.PositiveIntegerField(default=0)
    upload_bytes = models.PositiveBigIntegerField(default=0)
    jobs = models.PositiveIntegerField(default=0)
    speech_seconds = models.FloatField(default=0.0)
    billed_bytes = models.PositiveBigIntegerField(default=0, help_text="Of text, by voice engines")
    key_calls = models.PositiveIntegerField(default=0)

    objects = UsageDayQuerySet.as_manager()

    class Meta:
        db_table = "usage_days"
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="usage_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day}"
