from django.db import models

from config import times
from config.leases import Leased, Status


class Expiring(Leased):
    """Work that makes a sound, which may go after a while."""

    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= times.now()

    @property
    def is_ready(self) -> bool:
        return self.status == Status.COMPLETED and not self.is_expired
