"""Echos: a persona, and the voice that it speaks with."""

from typing import Self

from django.db import models
from django.db.models.functions import Left

from accounts.models import OwnedQuerySet, User
from config import times

ECHO_NAME_MAX_CHARACTERS = 200
ECHO_DESCRIPTION_MAX_CHARACTERS = 2_000
PERSONA_MAX_CHARACTERS = 20_000
EXCERPT_CHARACTERS = 200  # of the persona, in lists


class EchoQuerySet(OwnedQuerySet):
    def matching(self, q: str = "") -> Self:
        """By words of its name or its description."""
        return self.filter(models.Q(name__icontains=q) | models.Q(description__icontains=q)) if q else self

    def with_models(self) -> Self:
        """In a query of their own: MongoDB would join the models to all echos of a person before it takes a page."""
        voice_models = self.model._meta.get_field("voice_model").related_model
        return self.prefetch_related(models.Prefetch("voice_model", voice_models.objects.defer("peaks")))

    def in_list(self) -> Self:
        """With their models; of the personas, which may be long, only the beginnings as `excerpt`."""
        rows = self.with_models().defer("persona_prompt")
        return rows.annotate(excerpt=Left("persona_prompt", EXCERPT_CHARACTERS))


class Echo(models.Model):
    """A character with a voice. Its voice model, if it has one, comes before its voice of the catalogue."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=ECHO_NAME_MAX_CHARACTERS)
    description = models.CharField(max_length=ECHO_DESCRIPTION_MAX_CHARACTERS, blank=True)
    persona_prompt = models.TextField(blank=True, max_length=PERSONA_MAX_CHARACTERS)
    voice_id = models.CharField(max_length=100, blank=True, help_text="Of the catalogue")
    speed = models.FloatField(default=1.0, help_text="Times the voice's own")
    links = models.PositiveIntegerField(default=0, editable=False, help_text="How often its voice model has changed")
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = EchoQuerySet.as_manager()

    class Meta:
        db_table = "echos"
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="echos_of_user")]
        verbose_name_plural = "echos"

    def __str__(self) -> str:
        return self.name

    @property
    def linked_model(self) -> "models.Model | None":
        """Its voice model; None without one."""
        return getattr(self, "voice_model", None)

    @property
    def is_waiting(self) -> bool:
        """For its voice model, which is in training."""
        return self.linked_model is not None and self.linked_model.is_in_training

    @property
    def voice_model_id(self) -> str | None:
        return self.linked_model.pk if self.linked_model else None
