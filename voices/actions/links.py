"""Which voice model an echo speaks with: an echo has one, and a model has one echo."""

from django.db import IntegrityError
from django.db.models import F

from accounts.models import User
from config.db import atomic
from config.errors import Conflict
from voices.models import Echo, VoiceModel

CHANGED = "Somebody has just changed what this echo speaks with. Look again, then decide."


def link(*, by: User, model: VoiceModel, echo: Echo) -> None:
    """Let the echo speak with the model; what either of them had before is let go.

    Conflict when the echo or the model was linked otherwise since they were read.
    """
    if model.echo_id == echo.pk:
        return
    try:
        move(model, echo)
    except IntegrityError as error:
        raise Conflict(CHANGED) from error
    model.echo = echo


@atomic
def move(model: VoiceModel, echo: Echo) -> None:
    claim(echo)
    VoiceModel.objects.filter(echo=echo).update(echo=None)
    if not VoiceModel.objects.filter(pk=model.pk, echo=model.echo_id).update(echo=echo):
        raise Conflict(CHANGED)


def claim(echo: Echo) -> None:
    """Of those who have read the same state of the echo, one may change it."""
    if not Echo.objects.filter(pk=echo.pk, links=echo.links).update(links=F("links") + 1):
        raise Conflict(CHANGED)


@atomic
def unlink(*, by: User, echo: Echo) -> None:
    """Leave the echo without a voice model."""
    claim(echo)
    VoiceModel.objects.filter(echo=echo).update(echo=None)
