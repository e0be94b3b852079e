from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config import times


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
    def sample_url(self) -> str | None:
        return f"/api/voices/{self.voice_id}/sample" if self.sample else None
