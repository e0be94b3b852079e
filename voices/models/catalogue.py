"""The catalogue: the voices that engines have, and what is fetched for it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config import times
from config.leases import Leased, LeasedQuerySet, Status


class VoiceQuerySet(models.QuerySet):
    def available(self) -> Self:
        return self.filter(available=True)

    def called(self, name: str) -> Self:
        """By its id, or by one of its other names in VOICE_ALIASES."""
        return self.filter(voice_id=settings.VOICE_ALIASES.get(name, name))

    def matching(
        self, *, q: str = "", language: str = "", quality: str = "", engine: str = "", available: bool | None = None
    ) -> Self:
        """By words of its name or id, a language (`en` takes `en_US` too), and whether it can speak; by id."""
        rows = self.order_by("voice_id")
        if q:
            rows = rows.filter(Q(name__icontains=q) | Q(voice_id__icontains=q))
        if language:
            rows = rows.filter(language__startswith=language)
        exact = {"quality": quality, "engine": engine, "available": available}
        return rows.filter(**{field: value for field, value in exact.items() if value not in ("", None)})

    def local(self) -> Self:
        """Those that are, or once were, on this machine; the others are only known from Piper's list."""
        return self.filter(Q(available=True) | Q(version__gt=""))

    def in_catalogue(self, *, q: str = "", language: str = "", quality: str = "") -> Self:
        """What Piper has, on this machine or not, by language."""
        rows = self.matching(q=q, language=language, quality=quality, engine="piper")
        return rows.order_by("language", "voice_id")

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
    def queue(self) -> str:
        """A voice is loaded as soon as it is here, to speak its sample: that is not for a network worker."""
        return "bulk" if self.voice_id else "network"

    @property
    def status_words(self) -> str:
        return DOWNLOAD_WORDS[Status(self.status)]
