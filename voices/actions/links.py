"""Which voice model an echo speaks with: an echo has one, and a model has one echo."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from django.db.models import F

from accounts.models import User
from config.db import atomic
from config.errors import Conflict
from voices.models import Echo, VoiceModel

NO_ECHO = "There is no echo with this id, or it is not yours."
CHANGED = "Somebody has just changed what this echo speaks with. Look again, then decide."


def link(*, by: User, model: VoiceModel, echo: Echo) -> None:
    """Let the echo speak with the model; what either of them had before is let go.

    Conflict when the echo or the model was linked otherwise since they were read.
    """
    if model.echo_id != echo.pk:
        change(echo, model)


def unlink(*, by: User, echo: Echo) -> None:
    """Leave the echo without a voice model. Conflict as for `link`."""
    if echo.linked_model:
        change(echo, None)


def change(echo: Echo, model: VoiceModel | None) -> None:
    with conflicts():
        atomic(move)(echo, model)
    settle(echo, model)


@contextmanager
def conflicts() -> Iterator[None]:
    """The database's own refusal of a second model for one echo is a conflict too."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(CHANGED) from error


def move(echo: Echo, model: VoiceModel | None) -> None:
    """Give the echo this model instead of what it had; belongs into a transaction, and `settle` after it."""
    claim(echo)
    former = list(VoiceModel.objects.filter(echo=echo).values_list("pk", flat=True))
    VoiceModel.objects.filter(pk__in=former).update(echo=None)
    is_moved = not model or bool(VoiceModel.objects.filter(pk=model.pk, echo=model.echo_id).update(echo=echo))
    if not is_moved:
        VoiceModel.objects.filter(pk__in=former).update(echo=echo)  # for a server without transactions
    if not Echo.objects.filter(pk=echo.pk).exists():  # which may happen only there, too
        let_go(echo)
        is_moved = False
    if not is_moved:
        raise Conflict(CHANGED)


def let_go(echo: Echo) -> None:
    """Unlink what speaks for an echo that was deleted."""
    VoiceModel.objects.filter(echo_id=echo.pk).update(echo=None)


def claim(echo: Echo) -> None:
    """Of those who have read the same state of the echo, one may change it."""
    if not Echo.objects.filter(pk=echo.pk, links=echo.links).update(links=F("links") + 1):
        raise Conflict(CHANGED)


def settle(echo: Echo, model: VoiceModel | None) -> None:
    """Let the objects in hand say what the database says now."""
    echo.links += 1
    if model:
        model.echo = echo
    elif former := echo.linked_model:
        former.echo = None
