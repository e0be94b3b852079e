"""Starting jobs."""

from typing import Any

from django.db.models import F

from accounts.actions import usage
from accounts.models import User
from config import limits, storage_quota, work
from config.errors import Conflict, Unprocessable
from config.leases import Status
from config.text import forbidden_character
from jobs import audio, sources
from jobs.models import ENDED_WITHOUT_SOUND, TEXT_MAX_CHARACTERS, TITLE_MADE_CHARACTERS, Counter, Job, choose_queue
from jobs.sources import Source
from jobs.text import NothingToSay, is_speakable
from voices import engines
from voices.engines import SpeedRefused
from voices.engines.fish_errors import EngineOff


def start_job(
    *,
    by: User,
    text: str,
    voice_id: str | None = None,
    model_id: str | None = None,
    echo_id: str | None = None,
    format: str = "wav",  # noqa: A002 - the word of the API
    speed: float | None = None,
    speaker: str | None = None,
    title: str = "",
    sample_rate: int | None = None,
    keep: bool = False,
) -> Job:
    """Queue a text to be spoken. Refused, and nothing kept, when any of it can't be done.

    Without a speed an echo speaks at its own, and everything else at 1. Without a sample rate, in Hz, the file has the
    voice's. `keep`: the sound will not expire.
    """
    check_text(text)
    audio.get_format(format)
    source = sources.find(by, voice_id=voice_id, model_id=model_id, echo_id=echo_id)
    options = {"speed": choose_speed(source, speed), "speaker": choose_speaker(source, speaker), "format": format}
    if keep:
        storage_quota.check(by)
    limits.hit("speech", by.pk)
    job = insert(by, text, title, **source.columns(), **options, sample_rate=sample_rate, is_kept=keep)
    work.enqueue(job)
    usage.count(by, jobs=1)
    return job


def retry_job(*, by: User, job: Job) -> None:
    """Queue a job that failed or was cancelled once more, as if it had never been tried."""
    if job.can_retry:
        limits.hit("speech", by.pk)
    fresh = Job.afresh | {"attempts": 0, "error": "", "cause": "", "completed_at": None, "total_chunks": None}
    if not job.move(ENDED_WITHOUT_SOUND, Status.QUEUED, **fresh):
        raise Conflict("Only a job that failed or was cancelled can be tried again.")
    work.enqueue(job)


def insert(by: User, text: str, title: str, **columns: Any) -> Job:
    title, number, characters = title.strip() or made_title(text), next_number("jobs"), len(text)
    queue = choose_queue(engine=columns["engine"], characters=characters)
    return Job.objects.create(
        job_id=number, user=by, title=title, text=text, characters=characters, queue=queue, **columns
    )


def check_text(text: str) -> None:
    if len(text) > TEXT_MAX_CHARACTERS:
        message = f"The text has {len(text):,} characters; at most {TEXT_MAX_CHARACTERS:,} can be spoken at once."
        raise Unprocessable(message, field="text")
    if character := forbidden_character(text):
        raise Unprocessable(f"The text holds a character that can't be spoken ({character}). Remove it.", field="text")
    if not text.strip():
        raise Unprocessable("Write the text to speak.", field="text")
    if not is_speakable(text):
        raise NothingToSay


def choose_speed(source: Source, speed: float | None) -> float:
    """The speed asked for, else the source's own. EngineOff when its engine can't speak at all."""
    engine = engines.get(source.engine)
    if not engine.is_on():
        raise EngineOff
    chosen = source.speed if speed is None else speed
    try:
        engine.check_speed(chosen)
    except SpeedRefused as error:
        if speed is not None:
            raise
        message = f"{source.name} is set to speak at {chosen:g} times its voice's speed. {error.message}"
        raise SpeedRefused(message, field="speed") from error
    return chosen


def choose_speaker(source: Source, speaker: str | None) -> str:
    """The name of one of the voice's speakers, given by name or number; '' stands for the voice's own choice."""
    if not speaker:
        return ""
    if speaker in source.speakers:
        return speaker
    if speaker.isascii() and speaker.isdigit() and int(speaker) < len(source.speakers):
        return source.speakers[int(speaker)]
    known = ", ".join(source.speakers[:20]) or "only one, leave this out"
    raise Unprocessable(f"{source.name} has no speaker {speaker[:50]}. Its speakers: {known}.", field="speaker")


def made_title(text: str) -> str:
    words = " ".join(text.strip()[: TITLE_MADE_CHARACTERS * 4].split())
    if len(words) <= TITLE_MADE_CHARACTERS:
        return words
    start = words[:TITLE_MADE_CHARACTERS]
    return (start.rpartition(" ")[0] or start) + "…"


def next_number(name: str) -> int:
    """The next number of a counter, by compare-and-set: no two callers get the same one."""
    counter, _ = Counter.objects.get_or_create(name=name)
    while not Counter.objects.filter(pk=counter.pk, value=counter.value).update(value=F("value") + 1):
        counter.refresh_from_db()
    return counter.value + 1
