import datetime as dt

from django.db import models

from accounts.models import OwnedQuerySet, User
from config import times
from config.ids import new_id
from config.indexes import ExpiringIndex

TEMP_AUDIO_LIFETIME = dt.timedelta(hours=24)


class TempAudio(models.Model):
    """Where the sound of a job lies until it expires."""

    audio_id = models.CharField(max_length=24, unique=True, default=new_id)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=255, help_text="Its name in the storage")
    content_type = models.CharField(max_length=50)
    size_bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        db_table = "temp_audio"
        indexes = [
            ExpiringIndex(
                fields=["created_at"], seconds=int(TEMP_AUDIO_LIFETIME.total_seconds()), name="temp_audio_expiring"
            )
        ]
        verbose_name_plural = "temporary audio"

    def __str__(self) -> str:
        return self.path
