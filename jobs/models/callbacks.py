import datetime as dt
from typing import Any, Self

from django.db import models

from accounts.models import OwnedQuerySet, User
from config import times
from config.addresses import HOST_MAX_CHARACTERS, URL_MAX_CHARACTERS
from jobs.models.jobs import Job

LEFT = dt.timedelta(seconds=5)  # in which a worker that has taken a callback from Redis has surely begun


class CallbackState(models.TextChoices):
    RESTING = "resting", "The job was cancelled"
    WAITING = "waiting", "Waits for the end of the job"
    DUE = "due", "Waits for its turn"
    SENDING = "sending", "With a worker"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"


class CallbackQuerySet(OwnedQuerySet):
    def waiting(self) -> Self:
        return self.filter(state=CallbackState.WAITING)

    def due(self) -> Self:
        """Whose turn may come, oldest first."""
        return self.filter(state=CallbackState.DUE, due_at__lte=times.now()).order_by("due_at", "pk")

    def sending(self) -> Self:
        return self.filter(state=CallbackState.SENDING)

    def left(self) -> Self:
        """Given to a worker that should have begun by now, or has been at it for longer than a try takes."""
        return self.sending().filter(due_at__lt=times.now() - LEFT).order_by("due_at")


class Callback(models.Model):
    """An address that gets a job when it ends, and what became of that.

    No constraint of the database ties it to its job, for then a job could not be deleted in one statement that
    compares; whoever deletes a job deletes its callback in the same transaction.
    """

    TRIES_MAX = 3

    job = models.OneToOneField(Job, on_delete=models.DO_NOTHING, db_constraint=False, related_name="callback")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    url = models.CharField(max_length=URL_MAX_CHARACTERS)
    host = models.CharField(max_length=HOST_MAX_CHARACTERS, help_text="Of the address")
    state = models.CharField(max_length=10, choices=CallbackState, default=CallbackState.WAITING)
    delivery_id = models.CharField(max_length=24, blank=True, help_text="The same for all tries after one end")
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, editable=False)
    answer = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The status of the last answer")
    error = models.TextField(blank=True, help_text="Of the last try")
    created_at = models.DateTimeField(default=times.now, editable=False)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = CallbackQuerySet.as_manager()

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

    def change(self, where: dict[str, Any], **fields: Any) -> bool:
        """Compare and set: write `fields` if the row still is as `where` says, in one statement."""
        if Callback.objects.filter(pk=self.pk, **where).update(**fields) != 1:
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        return True


def fresh_callback(state: str, due_at: dt.datetime | None = None) -> dict[str, Any]:
    """The columns of a callback that begins anew."""
    return {"state": state, "due_at": due_at, "tries": 0, "answer": None, "error": "", "delivered_at": None}
