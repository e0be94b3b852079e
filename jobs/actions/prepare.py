"""What a text and its options become: a job that is not saved yet."""

from collections.abc import Callable

from accounts.models import User
from config.errors import Unprocessable
from config.text import forbidden_character
from jobs import audio, sources
from jobs.actions import callbacks
from jobs.models import TEXT_MAX_CHARACTERS, TITLE_MADE_CHARACTERS, Job, choose_queue
from jobs.sources import Source
from jobs.text import NothingToSay, as_read, is_speakable
from voices import engines
from voices.engines import SpeedRefused
from voices.engines.fish_errors import EngineOff


def make_job(
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
    callback_url: str | None = None,
    find: Callable[..., Source] = sources.find,
    check_url: Callable[[str], object] | None = None,
    is_batch: bool = False,
) -> Job:
    """The job of a text, without a number. Refused when any of it can't be done.

    Without a speed an echo speaks at its own, and everything else at 1. Without a sample rate, in Hz, the file has the
    voice's. `keep`: the sound will not expire. `callback_url` gets the job when it ends. `find` looks up what speaks,
    `check_url` refuses an address.
    """
    check_text(text)
    audio.get_format(format)
    source = find(by, voice_id=voice_id, model_id=model_id, echo_id=echo_id)
    if callback_url:
        (check_url or callbacks.checker())(callback_url)
    job = Job(
        user=by,
        title=title.strip() or made_title(text),
        text=text,
        characters=len(text),
        queue=choose_queue(engine=source.engine, characters=len(text), is_batch=is_batch),
        speed=choose_speed(source, speed),
        speaker=choose_speaker(source, speaker),
        format=format,
        sample_rate=sample_rate,
        is_kept=keep,
        **source.columns(),
    )
    job.callback_url = callback_url or ""
    return job


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
    """Its first words as people read them, or as they are written when nothing is read of them."""
    start = text.strip()[: TITLE_MADE_CHARACTERS * 4]
    words = as_read(start) or " ".join(start.split())
    if len(words) <= TITLE_MADE_CHARACTERS:
        return words
    start = words[:TITLE_MADE_CHARACTERS]
    return (start.rpartition(" ")[0] or start) + "…"
