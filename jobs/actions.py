"""Every change of a job's state."""

import datetime as dt
import logging
import time
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import F

from accounts.actions import usage
from accounts.models import User
from config import limits, times, work
from config.db import delete_rows, in_batches
from config.errors import Conflict, Unprocessable
from config.files import LocalFile, delete_folder, listing, work_folder
from config.ids import new_id
from config.leases import OPEN, Lease, Status
from config.text import forbidden_character
from jobs import audio, synthesis
from jobs.models import TEMP_AUDIO_LIFETIME, TEXT_MAX_CHARACTERS, TITLE_MADE_CHARACTERS, Counter, Job, TempAudio
from jobs.text import NothingToSay, is_speakable
from voices.engines import MAX_SPEED, MIN_SPEED
from voices.engines.loaded import give_memory_back
from voices.models import Voice

logger = logging.getLogger(__name__)
TEMP_FOLDER, HOUR = "temp", "%Y%m%d%H"
WORK_FILE_SECONDS = 3600  # without a change, after which nobody works on a file any more

# Starting and cancelling


def start_job(
    *,
    by: User,
    text: str,
    voice_id: str | None = None,
    model_id: str | None = None,
    echo_id: str | None = None,
    format: str = "wav",  # noqa: A002 - the word of the API
    speed: float = 1.0,
    speaker: str | None = None,
    title: str = "",
) -> Job:
    """Queue a text to be spoken. Refused, and nothing kept, when any of it can't be done."""
    check_text(text)
    check_speed(speed)
    audio.get_format(format)
    voice = choose_voice(voice_id=voice_id, model_id=model_id, echo_id=echo_id)
    speaker = choose_speaker(voice, speaker)
    limits.hit("speech", by.pk)
    job = Job.objects.create(
        job_id=next_number("jobs"),
        user=by,
        title=title.strip() or made_title(text),
        text=text,
        characters=len(text),
        voice_id=voice.voice_id,
        speaker=speaker,
        format=format,
        speed=speed,
    )
    work.enqueue(job)
    usage.count(by, jobs=1)
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


def check_speed(speed: float) -> None:
    if not MIN_SPEED <= speed <= MAX_SPEED:
        raise Unprocessable(f"Choose a speed from {MIN_SPEED:g} to {MAX_SPEED:g}.", field="speed")


def choose_voice(*, voice_id: str | None, model_id: str | None, echo_id: str | None) -> Voice:
    """The voice that a job names in one of three ways; the default voice when it names none."""
    named = {"voice_id": voice_id, "model_id": model_id, "echo_id": echo_id}
    given = {field: name for field, name in named.items() if name}
    if len(given) > 1:
        raise Unprocessable("Name one of voice_id, model_id and echo_id, not several.", field=list(given)[1])
    field, name = next(iter(given.items()), ("voice_id", settings.DEFAULT_VOICE))
    voice = Voice.objects.available().called(name).first() if field == "voice_id" else None
    if voice is None:
        kind = field.removesuffix("_id").replace("model", "voice model")
        raise Unprocessable(f"There is no {kind} {name} to speak with. GET /api/voices lists the voices.", field=field)
    return voice


def choose_speaker(voice: Voice, speaker: str | None) -> str:
    """The name of one of the voice's speakers, given by name or number; '' stands for the voice's own choice."""
    if not speaker:
        return ""
    if speaker in voice.speakers:
        return speaker
    if speaker.isascii() and speaker.isdigit() and int(speaker) < len(voice.speakers):
        return voice.speakers[int(speaker)]
    known = ", ".join(voice.speakers[:20]) or "only one, leave this out"
    raise Unprocessable(f"{voice.name} has no speaker {speaker[:50]}. Its speakers: {known}.", field="speaker")


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


def cancel_job(*, by: User, job: Job) -> None:
    """Stop a job that waits or is being made; its worker notices within a sentence."""
    if not job.move(OPEN, Status.CANCELLED, lease_token="", completed_at=times.now()):
        raise Conflict("This job has already finished.")


# Running


def run_job(*, job: Job) -> None:
    """Make the job's sound, unless somebody else does. The job ends completed, failed, or queued again."""
    work.run(job, make_sound)


def make_sound(lease: Lease[Job]) -> None:
    job, path = lease.row, work_path(lease.row)
    try:
        finish_job(lease, job, synthesis.speak(job, path, work.reporter(lease, progress)), path)
    finally:
        path.unlink(missing_ok=True)
        if job.queue != "interactive":
            give_memory_back()


def work_path(job: Job) -> Path:
    return work_folder() / f"{job.pk}-{job.lease_token}.{audio.get_format(job.format).extension}"


def progress(done: int, total: int) -> dict[str, int]:
    return {"progress": 99 * done // total, "completed_chunks": done, "total_chunks": total}


def finish_job(lease: Lease[Job], job: Job, spoken: synthesis.Spoken, path: Path) -> None:
    """Store the sound and complete the job; a job that was lost at the last moment leaves nothing behind."""
    sound = store_sound(job, path, spoken.encoded.size_bytes)
    try:
        lease.complete(
            progress=100,
            total_chunks=spoken.sentences,
            completed_chunks=spoken.sentences,
            audio_id=sound.audio_id,
            duration=round(spoken.encoded.duration, 3),
            size_bytes=sound.size_bytes,
            expires_at=sound.created_at + TEMP_AUDIO_LIFETIME,
            timings=timings(job, spoken),
            peaks=spoken.encoded.peaks,
        )
    except Exception:
        discard_sound(sound)
        raise
    usage.count(job.user, speech_seconds=spoken.encoded.duration)
    logger.info("%s is ready: %.1f s of sound.", job, spoken.encoded.duration)


def timings(job: Job, spoken: synthesis.Spoken) -> dict[str, float]:
    """Where the seconds since the job's creation went."""
    seconds = {
        "queued": (job.started_at - job.created_at).total_seconds(),
        "synthesis": spoken.synthesis,
        "encoding": spoken.encoding,
        "total": (times.now() - job.created_at).total_seconds(),
        "first_audio": spoken.first_audio,
    }
    return {name: round(value, 3) for name, value in seconds.items()}


def store_sound(job: Job, path: Path, size_bytes: int) -> TempAudio:
    """Move the finished file into the storage, under the hour it was made in, with its row."""
    now, audio_id, kind = times.now(), new_id(), audio.get_format(job.format)
    name = f"{TEMP_FOLDER}/{now:{HOUR}}/{audio_id}.{kind.extension}"
    sound = TempAudio(audio_id=audio_id, user_id=job.user_id, path=name, content_type=kind.content_type)
    sound.size_bytes, sound.created_at = size_bytes, now
    try:
        with LocalFile(path) as file:
            default_storage.save(name, file)
        sound.save(force_insert=True)
    except Exception:
        default_storage.delete(name)
        raise
    return sound


def discard_sound(sound: TempAudio) -> None:
    """The file first: a row without a file says that the sound is gone, a file without a row lies there for a day."""
    default_storage.delete(sound.path)
    sound.delete()


# Sweeping


def requeue_lost() -> None:
    work.requeue_lost(Job.objects.defer("text"))


def enqueue_waiting() -> None:
    work.enqueue_waiting(Job.objects.defer("text"))


def purge_expired() -> None:
    """Delete temporary sound that is over its lifetime: rows by their time, files by their folder's hour."""
    TempAudio.objects.filter(created_at__lt=times.now() - TEMP_AUDIO_LIFETIME).delete()
    last_hour = times.now() - TEMP_AUDIO_LIFETIME - dt.timedelta(hours=1)
    for folder in listing(TEMP_FOLDER)[0]:
        if folder < f"{last_hour:{HOUR}}":
            delete_folder(f"{TEMP_FOLDER}/{folder}")
    for path in work_folder().iterdir():
        if time.time() - path.stat().st_mtime > WORK_FILE_SECONDS:
            path.unlink(missing_ok=True)


# When an account ends


def cancel_jobs(user: User) -> None:
    """Stop whatever waits or is being made for this person."""
    for batch in in_batches(Job.objects.owned_by(user).open()):
        for job in batch:
            job.move(OPEN, Status.CANCELLED, lease_token="", completed_at=times.now())


def delete_jobs(user: User) -> None:
    cancel_jobs(user)
    delete_rows(Job.objects.owned_by(user))


def delete_sounds(user: User) -> None:
    for batch in in_batches(TempAudio.objects.owned_by(user)):
        for sound in batch:
            discard_sound(sound)
