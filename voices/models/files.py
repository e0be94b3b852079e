"""The sounds that people keep here."""

from typing import Self

from django.db import models
from django.db.models import Q, Sum

from accounts.models import OwnedQuerySet, User
from config import times
from voices.containers import CONTAINERS, Container

S3_KEY_MAX_CHARACTERS = 1_024
FILE_NAME_MAX_CHARACTERS = 255
AUDIO_FILE_MAX_BYTES = 500 * 1024**2
ENCRYPTED_TYPE, ENCRYPTED_EXTENSION = "application/octet-stream", "bin"


class AudioFileQuerySet(OwnedQuerySet):
    def matching(self, q: str = "") -> Self:
        """By words of its name or its key."""
        return self.filter(Q(name__icontains=q) | Q(s3_key__icontains=q)) if q else self

    def stored_bytes(self) -> int:
        """The bytes that lie in our storage."""
        return self.filter(is_stored=True).aggregate(total=Sum("file_size"))["total"] or 0


class AudioFile(models.Model):
    """A sound that a person keeps here, or the record of one that their client keeps elsewhere."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    s3_key = models.CharField(max_length=S3_KEY_MAX_CHARACTERS, help_text="Its name in the storage, or in the client's")
    name = models.CharField(max_length=FILE_NAME_MAX_CHARACTERS, blank=True, help_text="As its owner called it")
    file_size = models.PositiveBigIntegerField(default=0, help_text="bytes")
    content_type = models.CharField(max_length=100, blank=True)
    duration = models.FloatField(null=True, blank=True, help_text="seconds")
    sample_rate = models.PositiveIntegerField(null=True, blank=True, help_text="Hz")
    channels = models.PositiveSmallIntegerField(null=True, blank=True)
    is_encrypted = models.BooleanField(default=False, help_text="By its owner; we can't read it")
    clone_tag = models.CharField(max_length=40, blank=True, editable=False, help_text="Of a voice model begun with it")
    cloning_until = models.DateTimeField(null=True, blank=True, editable=False, help_text="While one is made of it")
    consent_at = models.DateTimeField(null=True, blank=True, help_text="When the right to clone it was confirmed")
    is_stored = models.BooleanField(default=False, help_text="Its bytes lie in our storage: we serve and delete them")
    uploaded_at = models.DateTimeField(default=times.now, editable=False)

    objects = AudioFileQuerySet.as_manager()

    class Meta:
        db_table = "audio_files"
        indexes = [models.Index(fields=["user", "-uploaded_at", "-id"], name="audio_files_of_user")]
        constraints = [  # deleting one file must not take another's bytes
            models.UniqueConstraint(fields=["s3_key"], condition=Q(is_stored=True), name="stored_key_once")
        ]

    def __str__(self) -> str:
        return self.name or self.s3_key

    @property
    def kind(self) -> Container | None:
        """None for what no browser can play: encrypted bytes, and what an old system may have called by any name."""
        return next((kind for kind in CONTAINERS.values() if kind.content_type == self.content_type), None)

    @property
    def is_playable(self) -> bool:
        return self.is_stored and self.kind is not None

    @property
    def served_type(self) -> str:
        return self.kind.content_type if self.kind else ENCRYPTED_TYPE

    @property
    def download_name(self) -> str:
        """As its owner called it, but for the extension, which says what it is."""
        if not self.kind:
            return self.name or f"{self.pk}.{ENCRYPTED_EXTENSION}"
        stem, _, extension = self.name.rpartition(".")
        called = extension.lower() in self.kind.extensions
        return self.name if stem and called else f"{stem or self.name or self.pk}.{self.kind.extensions[0]}"

    @property
    def uploaded_at_unix(self) -> float:
        """Seconds since 1970."""
        return times.unix(self.uploaded_at)
