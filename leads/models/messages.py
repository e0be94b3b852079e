"""Messages of chats, their media, and what is known of messages that are not here yet."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Team, User
from config import times
from config.leases import Leased
from config.text import one_line
from leads.models.channels import Channel
from leads.models.contacts import Contact
from leads.models.teams import DeskQuerySet, WorkQuerySet

META_ID_MAX_CHARACTERS = 255
FORMER_IDS = "former_ids"  # in the metadata of a message that was sent again: WhatsApp's, of the tries that failed
MESSAGE_TEXT_MAX_CHARACTERS = 4_096  # that WhatsApp takes
FILE_NAME_MAX_CHARACTERS = 255


class MessageRole(models.TextChoices):
    USER = "user"
    ASSISTANT = "assistant"


class MessageKind(models.TextChoices):
    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    STICKER = "sticker"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACTS = "contacts"
    INTERACTIVE = "interactive"
    REACTION = "reaction"
    UNSUPPORTED = "unsupported"


MEDIA_KINDS = frozenset(
    {MessageKind.IMAGE, MessageKind.AUDIO, MessageKind.VIDEO, MessageKind.STICKER, MessageKind.DOCUMENT}
)


class MessageStatus(models.TextChoices):
    """Of a message that waits to be sent there is none yet."""

    RECEIVED = "received"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Message(models.Model):
    """What a contact wrote, or what was written to them, by the assistant or by somebody of the team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="messages", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="messages", db_index=False)
    role = models.CharField(max_length=20, choices=MessageRole)
    kind = models.CharField(max_length=20, choices=MessageKind, default=MessageKind.TEXT)
    content = models.TextField(blank=True)
    meta_message_id = models.CharField(max_length=META_ID_MAX_CHARACTERS, blank=True, help_text="WhatsApp's")
    status = models.CharField(max_length=20, choices=MessageStatus, blank=True)
    status_at = models.DateTimeField(null=True, blank=True, help_text="As WhatsApp says")
    error = models.TextField(blank=True, help_text="Why it was not sent, in a sentence")
    error_code = models.CharField(max_length=40, blank=True, help_text="WhatsApp's, or a word of ours")
    is_spoken = models.BooleanField(default=False, help_text="To be sent, or sent, as a voice note")
    sent_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Else the assistant"
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="By whom it is from; its content is gone")
    metadata = models.JSONField(default=dict, blank=True, help_text="What else WhatsApp says of it")
    created_at = models.DateTimeField(default=times.now, editable=False, help_text="As WhatsApp says")

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "messages"
        constraints = [
            models.UniqueConstraint(
                fields=["meta_message_id"], condition=Q(meta_message_id__gt=""), name="messages_meta_id"
            )
        ]
        indexes = [
            models.Index(fields=["contact", "created_at", "id"], name="messages_of_contact"),
            models.Index(fields=["team", "-created_at", "-id"], name="messages_newest"),
            # Not by team first: some servers would take it for a range of time alone, and walk through both roles.
            models.Index(fields=["role", "team", "created_at"], name="messages_by_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.content[:60]}"

    @property
    def former_ids(self) -> list[str]:
        return self.metadata.get(FORMER_IDS, []) if isinstance(self.metadata, dict) else []


SHOWN_TYPES = frozenset(  # that a browser may show in its place; all else is only downloaded
    {
        *("image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm"),
        *("audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm"),
    }
)


class MessageMedia(Leased):
    """The file of a message, fetched by a worker."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="media")
    media_id = models.CharField(max_length=META_ID_MAX_CHARACTERS, help_text="WhatsApp's")
    declared_type = models.CharField(max_length=255, blank=True, help_text="The MIME type that WhatsApp says")
    content_type = models.CharField(max_length=255, blank=True, help_text="The one that the bytes have")
    sha256 = models.CharField(max_length=64, blank=True, help_text="As WhatsApp says; in hex")
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    duration = models.FloatField(null=True, blank=True, help_text="Seconds of what can be played")
    file_name = models.CharField(max_length=FILE_NAME_MAX_CHARACTERS, blank=True, help_text="As its sender called it")
    path = models.CharField(max_length=255, blank=True, help_text="Its name in the storage")
    due_at = models.DateTimeField(default=times.now, help_text="Not to be fetched before")
    tries = models.PositiveSmallIntegerField(default=0, help_text="That failed for a passing reason")

    objects = WorkQuerySet.as_manager()
    task: ClassVar[str] = "leads.tasks.fetch_media"

    class Meta:
        db_table = "message_media"
        indexes = [
            models.Index(fields=["status", "due_at"], name="media_waiting"),
            models.Index(fields=["team", "size_bytes"], name="media_of_team"),
            models.Index(fields=["path"], name="media_by_path"),
        ]

    def __str__(self) -> str:
        return f"Media of {self.message_id}"

    @property
    def queue(self) -> str:
        return "network-upkeep"

    @property
    def is_shown(self) -> bool:
        return self.content_type in SHOWN_TYPES

    @property
    def shown_kind(self) -> str:
        """image, audio or video; '' for what is only downloaded."""
        return self.content_type.partition("/")[0] if self.is_shown else ""

    @property
    def download_name(self) -> str:
        """As its sender called it, on one line, or a name with the extension of what it is."""
        extension = self.path.rpartition(".")[2]
        plain = f"whatsapp-{self.created_at:%Y-%m-%d}.{extension}"
        return one_line(self.file_name.replace("/", "_").replace("\\", "_")).lstrip(".") or plain


class EarlyNews(models.Model):
    """What WhatsApp said of a message before the message itself was here: its status, an edit or its deletion."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    meta_message_id = models.CharField(max_length=META_ID_MAX_CHARACTERS)
    news = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "early_news"
        indexes = [
            models.Index(fields=["channel", "meta_message_id"], name="early_news_of_message"),
            models.Index(fields=["created_at"], name="early_news_oldest"),
        ]

    def __str__(self) -> str:
        return f"News of {self.meta_message_id}"
