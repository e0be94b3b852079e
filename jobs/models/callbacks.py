import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models

from accounts.models import OwnedQuerySet, User
from config.addresses import HOST_MAX_CHARACTERS, URL_MAX_CHARACTERS
from config.posts import Post, PostQuerySet, PostState
from jobs.models.jobs import Job


class CallbackState(models.TextChoices):
    RESTING = "resting", "The job was cancelled"
    WAITING = "waiting", "Waits for the end of the job"
    DUE = PostState.DUE.value, PostState.DUE.label
    SENDING = PostState.SENDING.value, PostState.SENDING.label
    DELIVERED = PostState.DELIVERED.value, PostState.DELIVERED.label
    FAILED = PostState.FAILED.value, PostState.FAILED.label


class CallbackQuerySet(OwnedQuerySet, PostQuerySet):
    def waiting(self) -> Self:
        return self.filter(state=CallbackState.WAITING)


class Callback(Post):
    """An address that gets a job when it ends, and what became of that.

    No constraint of the database ties it to its job, for then a job could not be deleted in one statement that
    compares; whoever deletes a job deletes its callback in the same transaction.
    """

    job = models.OneToOneField(Job, on_delete=models.DO_NOTHING, db_constraint=False, related_name="callback")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    url = models.CharField(max_length=URL_MAX_CHARACTERS)
    host = models.CharField(max_length=HOST_MAX_CHARACTERS, help_text="Of the address")
    state = models.CharField(max_length=10, choices=CallbackState, default=CallbackState.WAITING)
    delivery_id = models.CharField(max_length=24, blank=True, help_text="The same for all tries after one end")

    objects = CallbackQuerySet.as_manager()
    task: ClassVar[str] = "jobs.tasks.call_back"
    lane: ClassVar[str] = "user"
    pauses: ClassVar[tuple[dt.timedelta, ...]] = (dt.timedelta(seconds=10), dt.timedelta(seconds=60))

    class Meta:
        db_table = "callbacks"
        indexes = [
            models.Index(fields=["state", "due_at"], name="callbacks_due"),
            models.Index(fields=["user", "state", "due_at"], name="callbacks_of_user"),
        ]

    def __str__(self) -> str:
        return f"Callback to {self.host}"

    @property
    def has_begun(self) -> bool:
        return self.state not in (CallbackState.RESTING, CallbackState.WAITING)

    @property
    def held(self) -> dict[str, Any]:
        """The job may have been started again during a try, and have ended with another delivery."""
        return super().held | {"delivery_id": self.delivery_id}
