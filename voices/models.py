from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum

from accounts.models import OwnedQuerySet, User
from config import times
from config.leases import Leased, LeasedQuerySet, Status
from voices.containers import CONTAINERS, Container

S3_KEY_MAX_CHARACTERS = 1_024
FILE_NAME_MAX_CHARACTERS = 255
AUDIO_FILE_MAX_BYTES = 500 * 1024**2
ENCRYPTED_TYPE, ENCRYPTED_EXTENSION = "application/octet-stream", "bin"


class VoiceQuerySet(models.QuerySet):
    def available(self) -> Self:
        return self.filter(available=True)

    def called(self, name: str) -> Self:
        """By its id, or by one of its other names in VOICE_ALIASES."""
        return self.filter(voice_id=settings.VOICE_ALIASES.get(name, name))

    def matching(self, *, q: str = "", language: str = "", available: bool | None = None) -> Self:
        """By words of its name or id, a language (`en` takes `en_US` too), and whether it can speak; by id."""
        rows = self.order_by("voice_id")
        if q:
            rows = rows.filter(Q(name__icontains=q) | Q(voice_id__icontains=q))
        if language:
            rows = rows.filter(language__startswith=language)
        return rows if available is None else rows.filter(available=available)

    def local(self) -> Self:
        """Those that are, or once were, on this machine; the others are only known from Piper's list."""
        return self.filter(Q(available=True) | Q(version__gt=""))

    def in_catalogue(self, *, q: str = "", language: str = "", quality: str = "") -> Self:
        """What Piper has, on this machine or not, by language."""
        rows = self.matching(q=q, language=language).filter(engine="piper").order_by("language", "voice_id")
        return rows.filter(quality=quality) if quality else rows

    def languages(self) -> list[str]:
        return sorted(set(self.values_list("language", flat=True)))


class Voice(models.Model):
    """The catalogue: one row for each voice an engine has."""

    voice_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=20)
    quality = models.CharField(max_length=20, blank=True)
    engine = models.CharField(max_length=20)
    speakers = models.JSONField(default=list, blank=True)
    sample_rate = models.PositiveIntegerField(help_text="Hz")
    size_bytes = models.PositiveBigIntegerField(default=0)
    license = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=40, blank=True)
    available = models.BooleanField(default=True, db_index=True)
    sample = models.CharField(max_length=255, blank=True, help_text="The name of its sample in the storage")
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = VoiceQuerySet.as_manager()

    class Meta:
        db_table = "voices"

    def __str__(self) -> str:
        return self.voice_id

    @property
    def is_local(self) -> bool:
        return self.available or bool(self.version)

    @property
    def sample_url(self) -> str | None:
        return f"/api/voices/{self.voice_id}/sample" if self.sample else None


DOWNLOAD_WORDS = {
    Status.QUEUED: "waiting",
    Status.PROCESSING: "downloading",
    Status.COMPLETED: "ready",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}


class VoiceDownload(Leased):
    """A voice that is fetched from Piper's catalogue; the row without a voice_id fetches the catalogue itself."""

    voice_id = models.CharField(max_length=100, unique=True, blank=True)
    catalogue = models.CharField(max_length=1_000, help_text="The address or the path of the list")
    progress = models.PositiveSmallIntegerField(default=0, help_text="0 to 100")
    received_bytes = models.PositiveBigIntegerField(default=0)
    size_bytes = models.PositiveBigIntegerField(default=0, help_text="Of all its files; 0 until that is known")

    objects = LeasedQuerySet.as_manager()
    task: ClassVar[str] = "voices.tasks.run_download"

    class Meta:
        db_table = "voice_downloads"

    def __str__(self) -> str:
        return f"Download of {self.voice_id or 'the catalogue'}"

    @property
    def status_words(self) -> str:
        return DOWNLOAD_WORDS[Status(self.status)]


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


def stored_bytes_of(user: User) -> int:
    return AudioFile.objects.owned_by(user).stored_bytes()
