"""Work on chats: webhooks to be read, and what is to be done for one contact after the other."""

from typing import ClassVar

from django.db import models

from accounts.models import Team
from config import times
from config.leases import Leased
from leads.models.channels import Channel
from leads.models.contacts import Contact
from leads.models.messages import Message
from leads.models.teams import DeskQuerySet, WorkQuerySet


class WebhookDelivery(Leased):
    """What WhatsApp has sent for one channel, until it has been read. The journal had it first."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    body = models.TextField(help_text="JSON: the `value` of each change")

    objects = WorkQuerySet.as_manager()
    task: ClassVar[str] = "leads.tasks.read_delivery"

    class Meta:
        db_table = "webhook_deliveries"
        verbose_name_plural = "webhook deliveries"
        indexes = [models.Index(fields=["status", "created_at"], name="webhook_deliveries_waiting")]

    def __str__(self) -> str:
        return f"Webhook {self.pk}"

    @property
    def queue(self) -> str:
        return "default"


class LaneKind(models.TextChoices):
    ANSWER = "answer", "The assistant thinks of an answer"
    SEND = "send", "A message is sent"


QUEUE_OF = {LaneKind.ANSWER: "network-answers", LaneKind.SEND: "network"}


class Lane(Leased):
    """The right to work for one contact: who holds it does the steps of its kind one after the other."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="lanes", db_index=False)
    kind = models.CharField(max_length=10, choices=LaneKind)

    objects = WorkQuerySet.as_manager()
    task: ClassVar[str] = "leads.tasks.run_lane"

    class Meta:
        db_table = "lanes"
        constraints = [models.UniqueConstraint(fields=["contact", "kind"], name="lanes_of_contact")]
        indexes = [models.Index(fields=["status", "created_at"], name="lanes_waiting")]

    def __str__(self) -> str:
        return f"Lane to {self.kind} {self.contact_id}"

    @property
    def queue(self) -> str:
        return QUEUE_OF[LaneKind(self.kind)]


class Step(models.Model):
    """Something to be done in a lane, for one message: answer it, or send it. It goes when it is done with."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="steps", db_index=False)
    kind = models.CharField(max_length=10, choices=LaneKind)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="steps", db_index=False)
    position = models.DateTimeField(help_text="The time of the message: steps go in this order")
    due_at = models.DateTimeField(default=times.now, help_text="Not to be tried before")
    tries = models.PositiveSmallIntegerField(default=0)
    in_doubt = models.PositiveSmallIntegerField(default=0, help_text="Tries of which nobody knows whether they worked")
    job_id = models.CharField(max_length=24, blank=True, help_text="The id of the job that speaks it")
    created_at = models.DateTimeField(default=times.now, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        db_table = "steps"
        constraints = [models.UniqueConstraint(fields=["message", "kind"], name="steps_of_message")]
        indexes = [
            models.Index(fields=["contact", "kind", "position", "id"], name="steps_in_lane"),
            models.Index(fields=["due_at"], name="steps_due"),
            models.Index(fields=["job_id"], name="steps_of_job"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
