from collections.abc import Sequence
from typing import Any

from accounts.importing import import_user, owner_id
from config import times
from config.ids import NUMBER, from_number
from config.importing import Context, ImportCommand, Outcome, Part, Refused, Row, Table
from config.leases import Status
from config.text import one_line
from jobs.actions import imports
from jobs.audio import FORMATS
from jobs.models import TEMP_AUDIO_LIFETIME, TEXT_MAX_CHARACTERS, TITLE_MAX_CHARACTERS, Job, TempAudio
from voices.actions import imports as voices
from voices.engines import MAX_SPEED, MIN_SPEED
from voices.models import Voice

ID_NAMES = ("_id", "id", "job_id")
NUMBER_MAX = 10**17  # of the 18 digits that an address takes, so that there is room after the highest one
VOICE_ID_MAX_CHARACTERS = Job._meta.get_field("voice_id").max_length
ERROR_MAX_CHARACTERS, ERROR_SHOWN_CHARACTERS = 100_000, 500
PATH_MAX_CHARACTERS = TempAudio._meta.get_field("path").max_length
STATUSES = {
    Status.COMPLETED: ("completed", "complete", "done", "success", "succeeded", "finished", "ready"),
    Status.FAILED: ("failed", "error", "queued", "pending", "waiting", "processing", "running", "started"),
    Status.CANCELLED: ("cancelled", "canceled"),
}
NEVER_MADE = "It was not made before it moved here. Speak its text again."
FAILED = "It failed in the system that it comes from. Speak its text again."
RENUMBERED = "imported with the number {}: its own is another job's here."
SAME_SOUND = "imported without its audio_id: another job has it."
NOT_THEIRS = "Its audio_id is that of somebody else's job."
NO_SOUND = "Its day is over, or its sound is not in the storage here, and no job that is here names it."


class Jobs:
    """Jobs and their sounds. Rows of sounds come after those of jobs, and name them or are named by them."""

    def __init__(self) -> None:
        self.numbers: imports.Numbers | None = None
        self.moved: dict[tuple[str, int], str] = {}  # ids of jobs by their owners and the numbers that they had before

    def import_counter(self, row: Row, context: Context) -> Outcome:
        if "job" not in row.text("name", "counter_name", "_id", "id", max_characters=100, is_needed=True).lower():
            raise Refused("It counts nothing that is numbered here.")
        last = checked(row.integer("value", "seq", "sequence_value", "count", "last"))
        if last is None:
            raise Refused("It has no value.")
        return Outcome.IMPORTED if self.numbers.pass_by(last) else Outcome.KNOWN

    def import_job(self, row: Row, context: Context) -> Outcome:
        owner, number = owner_id(row, context), number_of(row, *ID_NAMES)
        pk = job_pk(row, owner, number)
        if ("job", pk) in context.planned or Job.objects.filter(pk=pk).exists():
            return Outcome.KNOWN
        job = new_job(row, pk, owner)
        if job.audio_id and owner_of_job_with(job.audio_id, context):
            context.note(row, SAME_SOUND)
            job.audio_id = None
        job.job_id, job.is_numbered = self.numbers.give(number), number is not None
        imports.import_job(job=job, dry_run=context.is_dry_run)
        context.plan("job", pk, owner)
        if job.audio_id:
            context.plan("names", job.audio_id, owner)
        if number is not None and number != job.job_id:
            context.note(row, RENUMBERED.format(job.job_id))
            self.moved[owner, number] = pk
        self.plan_silent(job, number, context)
        return Outcome.IMPORTED

    def plan_silent(self, job: Job, number: int | None, context: Context) -> None:
        """A completed job that does not say which sound it had."""
        if job.status == Status.COMPLETED and not job.audio_id:
            for key in (job.pk, *([] if number is None else [f"{job.user_id} {number}"])):
                context.plan("silent", key, job.pk)

    def import_sound(self, row: Row, context: Context) -> Outcome:
        audio_id = row.id("audio_id", "_id", "id")
        named_by = owner_of_job_with(audio_id, context)
        owner = named_by if named_by and row.value("user_id") is None else owner_id(row, context)
        if ("sound", audio_id) in context.planned or TempAudio.objects.filter(audio_id=audio_id).exists():
            return Outcome.KNOWN
        if named_by not in (None, owner):
            raise Refused(NOT_THEIRS)
        made_at = row.time("created_at")
        if context.is_stored and made_at and made_at + TEMP_AUDIO_LIFETIME > times.now():
            return self.keep(row, audio_id, owner, context)
        if named_by:
            return Outcome.KNOWN
        job = self.silent_job(row, owner, context)
        if job is None:
            raise Refused(NO_SOUND)
        imports.give_audio_id(job=job, audio_id=audio_id, dry_run=context.is_dry_run)
        context.plan("names", audio_id, owner)
        return Outcome.IMPORTED

    def keep(self, row: Row, audio_id: str, owner: str, context: Context) -> Outcome:
        """A sound whose day is not over and whose file lies in our storage."""
        job = Job.objects.filter(audio_id=audio_id, user=owner).first() or self.silent_job(row, owner, context)
        path = row.text("path", "file_path", "audio_path", "s3_key", max_characters=PATH_MAX_CHARACTERS, is_needed=True)
        sound = TempAudio(audio_id=audio_id, user_id=owner, path=path, created_at=row.time("created_at"))
        imports.import_sound(sound=sound, job=job, dry_run=context.is_dry_run)
        context.plan("sound", audio_id, owner)
        return Outcome.IMPORTED

    def silent_job(self, row: Row, owner: str, context: Context) -> Job | None:
        """The job that the row of a sound names, if it does not say which sound it had."""
        if row.value("job_id") is None:
            return None
        number = number_of(row, "job_id")
        key = row.id("job_id") if number is None else f"{owner} {number}"
        if planned := context.planned.pop(("silent", key), None):
            return Job(pk=planned)
        pk = key if number is None else self.moved.get((owner, number))
        named = {"pk": pk} if pk else {"job_id": number}
        return Job.objects.filter(user=owner, status=Status.COMPLETED, audio_id=None, **named).first()


def import_voice(row: Row, context: Context) -> Outcome:
    voice_id = row.text("voice_id", "id", "_id", max_characters=VOICE_ID_MAX_CHARACTERS, is_needed=True)
    if ("voice", voice_id) in context.planned or Voice.objects.called(voice_id).exists():
        return Outcome.KNOWN
    if row.text("engine", "provider", max_characters=100).lower() not in ("", "piper", "piper-tts", "piper_tts"):
        raise Refused("Its engine is not known here. The jobs that it spoke keep its name.")
    name = row.text("display_name", "name", max_characters=200)
    language = row.text("language", "lang", max_characters=20)
    voices.import_voice(voice_id=voice_id, name=name, language=language, dry_run=context.is_dry_run)
    context.plan("voice", voice_id, voice_id)
    return Outcome.IMPORTED


def new_job(row: Row, pk: str, owner: str) -> Job:
    word = row.text("status", "state", max_characters=100, is_needed=True).lower()
    status = next((status for status, words in STATUSES.items() if word in words), None)
    if status is None:
        raise Refused("Its status is none that is known here.")
    created_at = row.time("created_at") or times.now()
    completed_at = row.time("completed_at", "finished_at", "updated_at") or created_at
    job = Job(pk=pk, user_id=owner, status=status, created_at=created_at, completed_at=completed_at)
    job.text = row.text("text", "input", max_characters=TEXT_MAX_CHARACTERS, is_needed=True)
    job.title = row.text("title", max_characters=TITLE_MAX_CHARACTERS)
    job.voice_id = row.text("voice_id", "voice", max_characters=VOICE_ID_MAX_CHARACTERS)
    job.started_at, job.speed, job.format = row.time("started_at"), speed(row), sound_format(row)
    if status == Status.COMPLETED:
        describe_sound(job, row)
    if status == Status.FAILED:
        error = one_line(row.text("error", "error_message", max_characters=ERROR_MAX_CHARACTERS))
        is_ended = word in ("failed", "error")
        job.error = (error[:ERROR_SHOWN_CHARACTERS] or FAILED) if is_ended else NEVER_MADE
    return job


def describe_sound(job: Job, row: Row) -> None:
    """What the sound was like; it is over, unless its own row brings it."""
    job.progress = 100
    job.duration = row.number("duration", "audio_duration")
    job.size_bytes = row.integer("size_bytes", "file_size")
    job.audio_id = None if row.value("audio_id") is None else row.id("audio_id")
    job.expires_at = min(job.completed_at + TEMP_AUDIO_LIFETIME, times.now())


def speed(row: Row) -> float:
    number = row.number("speed")
    return number if number is not None and MIN_SPEED <= number <= MAX_SPEED else 1.0


def sound_format(row: Row) -> str:
    name = row.text("format", "audio_format", max_characters=100).lower()
    return name if name in FORMATS else "wav"


def number_of(row: Row, *names: str) -> int | None:
    """The first of these values that is a number, in digits too."""
    return checked(next((int(row.value(name)) for name in names if is_number(row.value(name))), None))


def checked(number: int | None) -> int | None:
    if number is not None and not 0 <= number < NUMBER_MAX:
        raise Refused("Its number is none of 1 to 17 digits.")
    return number


def is_number(value: Any) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole or (isinstance(value, str) and bool(NUMBER.fullmatch(value)))


def job_pk(row: Row, owner: str, number: int | None) -> str:
    """Its id when it has one that is no number; else the one that its owner's job of this number always gets."""
    named = [name for name in ID_NAMES if row.value(name) is not None and not is_number(row.value(name))]
    if named or number is None:
        return row.id(*named or ID_NAMES)
    return from_number(owner, "jobs", number)


def owner_of_job_with(audio_id: str, context: Context) -> str | None:
    planned = context.planned.get(("names", audio_id))
    return planned or Job.objects.filter(audio_id=audio_id).values_list("user_id", flat=True).first()


class Command(ImportCommand):
    help = (
        "Import the people, voices, jobs and temporary audio of the TTS backend: its collections `users`, `voices`, "
        "`counters`, `jobs` and `temp_audio`, as files of these names or from a MongoDB database. Jobs keep their ids "
        "and their numbers; new jobs get higher ones. With --stored, sounds that are less than a day old and lie in "
        "this installation's storage can be heard until their day is over. It may be run again at any time: rows that "
        "are here already stay as they are. The last line is JSON, the counts of each collection. Ends with 2 when "
        "the source can't be read."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.jobs = Jobs()
        self.tables = (
            Table("users", import_user),
            Table("voices", import_voice),
            Table("counters", self.jobs.import_counter),
            Table("jobs", self.jobs.import_job),
            Table("temp_audio", self.jobs.import_sound, also=("temporary_audio",)),
        )

    def import_all(self, parts: Sequence[Part], context: Context) -> dict[str, dict[str, int]]:
        self.jobs.numbers = imports.Numbers(dry_run=context.is_dry_run)
        return super().import_all(parts, context)
