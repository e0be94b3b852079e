"""Requests that a client may send twice."""

import datetime as dt
from typing import Self

from django.db import models

from accounts.models.people import OwnedQuerySet, User
from config import times
from config.ids import new_id

IDEMPOTENCY_KEY_MAX_CHARACTERS = 255


class IdempotencyKeyQuerySet(OwnedQuerySet):
    def over(self) -> Self:
        return self.filter(created_at__lte=times.now() - IdempotencyKey.LIFETIME)


class IdempotencyKey(models.Model):
    """A request that came with an `Idempotency-Key`, and its answer once it has one."""

    LIFETIME = dt.timedelta(hours=24)
    LEASE = dt.timedelta(minutes=2)  # after which nobody is at the answer any more; the longest takes 60 s of an engine

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    door = models.CharField(max_length=100, help_text="The name of the endpoint")
    key = models.CharField(max_length=IDEMPOTENCY_KEY_MAX_CHARACTERS)
    digest = models.CharField(max_length=64, editable=False, help_text="Of what was sent")
    token = models.CharField(max_length=24, default=new_id, editable=False, help_text="Of whoever answers it")
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of the answer")
    location = models.CharField(max_length=255, blank=True)
    body = models.BinaryField(default=b"", help_text="Of the answer, compressed")
    created_at = models.DateTimeField(default=times.now, editable=False, db_index=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        db_table = "idempotency_keys"
        constraints = [models.UniqueConstraint(fields=["user", "door", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.door} {self.key}"

    @property
    def is_answered(self) -> bool:
        return self.status is not None

    @property
    def is_free(self) -> bool:
        """Whether it binds nobody: its day is over, or whoever was to answer it has gone."""
        return self.created_at <= times.now() - (self.LIFETIME if self.is_answered else self.LEASE)
