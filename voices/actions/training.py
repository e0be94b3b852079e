"""What becomes of the voice models that an engine is making: it is asked again and again, in a task."""

import datetime as dt
import logging

from config import queue, times
from voices import engines
from voices.engines.fish_errors import EngineFailure, ModelUnknown
from voices.models import UNFINISHED, State, VoiceModel

logger = logging.getLogger(__name__)
TASK, QUEUE = "voices.tasks.poll_model", "network-upkeep"
FIRST_PAUSE = dt.timedelta(seconds=2)  # between two questions; then twice as long each time
LONGEST_PAUSE = dt.timedelta(seconds=60)
ASKING = dt.timedelta(seconds=90)  # after which a worker that asks has surely ended, one way or another
LONGEST_TRAINING = dt.timedelta(hours=24)
ROWS = 200  # looked at in one sweep
REFUSED = "Fish Audio could not make a voice of this recording. Make a new version with another one."
TOO_LONG = (
    "Fish Audio has not finished this voice within a day. Delete the voice model and make it again of its recording."
)


def poll_model(*, model: VoiceModel) -> None:
    """Ask once, unless somebody else does. Until the voice is ready the sweeper has it asked again."""
    mine = VoiceModel.objects.filter(pk=model.pk, polls=model.polls, state__in=UNFINISHED)
    if not mine.update(polls=model.polls + 1, poll_at=times.now() + ASKING):
        return
    try:
        answer = engines.get(model.engine).model_state(model.model_id)
    except ModelUnknown as failure:
        settle(model, State.FAILED, failure.message)
    except EngineFailure as failure:
        settle(model, State(model.state), failure.message)
    else:
        settle(model, *verdict(model, State(answer)))


def verdict(model: VoiceModel, answer: State) -> tuple[State, str]:
    """What the answer makes of the model, and why."""
    if answer in UNFINISHED and times.now() - model.created_at >= LONGEST_TRAINING:
        return State.FAILED, TOO_LONG
    return answer, REFUSED if answer == State.FAILED else ""


def settle(model: VoiceModel, state: State, error: str) -> None:
    """Write what was found, unless the model has gone or somebody has asked after us."""
    poll_at = times.now() + pause_after(model.polls) if state in UNFINISHED else None
    mine = VoiceModel.objects.filter(pk=model.pk, polls=model.polls + 1, state__in=UNFINISHED)
    if mine.update(state=state, error=error, poll_at=poll_at):
        logger.info("The voice model %s is %s. %s", model.model_id, state, error)


def pause_after(polls: int) -> dt.timedelta:
    return min(FIRST_PAUSE * 2 ** min(polls, 10), LONGEST_PAUSE)


def enqueue_due() -> None:
    """Hand Redis the models whose engine is to be asked now."""
    queue.enqueue_missing(TASK, [(pk, QUEUE) for pk in VoiceModel.objects.due().values_list("pk", flat=True)[:ROWS]])
