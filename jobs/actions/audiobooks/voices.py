"""What speaks an audiobook."""

from typing import Any

from accounts.models import User
from jobs.actions.prepare import make_job
from jobs.models import BOOK_FORMAT, Audiobook

NAMES = ("echo_id", "model_id", "voice_id")
TRIED = "Yes."  # any text that can be spoken


def columns_of(
    by: User,
    *,
    voice_id: str | None = None,
    model_id: str | None = None,
    echo_id: str | None = None,
    speed: float | None = None,
    speaker: str | None = None,
) -> dict[str, Any]:
    """What an audiobook keeps of it. Refused as a job that is spoken with it would be."""
    named = {"voice_id": voice_id, "model_id": model_id, "echo_id": echo_id}
    job = make_job(by=by, text=TRIED, format=BOOK_FORMAT, speed=speed, speaker=speaker, **named)
    found = {"voice_id": job.voice_id, "model_id": job.model_id, "echo_id": job.echo_id}
    return found | {"speed": speed, "speaker": job.speaker}


def changed(by: User, audiobook: Audiobook, voice: dict[str, Any]) -> dict[str, Any]:
    """What it keeps when some of it is named anew; another voice has other speakers."""
    given = {name: value for name, value in voice.items() if value is not None}
    before = {"speed": audiobook.speed} if given.keys() & {*NAMES} else of_chapter(audiobook)
    return columns_of(by, **before | given)


def of_chapter(audiobook: Audiobook) -> dict[str, Any]:
    """As `make_job` takes it: an echo has its voice beside it, and is named alone."""
    name = next((each for each in NAMES if getattr(audiobook, each)), "voice_id")
    return {name: getattr(audiobook, name), "speed": audiobook.speed, "speaker": audiobook.speaker}
