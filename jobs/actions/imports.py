"""Jobs, their numbers and their sounds that come from another system."""

from django.core.files.storage import default_storage
from django.db import IntegrityError

from config.db import atomic
from config.errors import Conflict, Gone, WrongType
from config.files import NO_FILE, copy
from config.ids import new_id
from jobs import audio
from jobs.actions import prepare, start, temp_audio
from jobs.models import TEMP_AUDIO_LIFETIME, Counter, Job, TempAudio, choose_queue
from voices.actions.imports import check_stored_key

COUNTER = "jobs"
TAKEN = "Its id or its {} was taken this moment by another row. Run the import again."


class Numbers:
    """The numbers that jobs get; a dry run counts them beside the counter."""

    def __init__(self, *, dry_run: bool) -> None:
        self.dry_run, self.taken = dry_run, set[int]()
        self.last = Counter.objects.filter(name=COUNTER).values_list("value", flat=True).first() or 0

    def give(self, number: int | None) -> int:
        """The number itself while no job has it, else the next one. The counter is past it before a job has it."""
        if number is None or number in self.taken or Job.objects.filter(job_id=number).exists():
            number = self.last + 1 if self.dry_run else start.next_numbers(COUNTER, 1)[0]
        self.pass_by(number)
        if self.dry_run:
            self.taken.add(number)
        return number

    def pass_by(self, number: int) -> bool:
        """Move the counter up to this number; False when it is there already."""
        if self.dry_run:
            is_moved, self.last = number > self.last, max(number, self.last)
            return is_moved
        counter, _ = Counter.objects.get_or_create(name=COUNTER)
        return Counter.objects.filter(pk=counter.pk, value__lt=number).update(value=number) == 1


def import_job(*, job: Job, dry_run: bool = False) -> None:
    """Save the row with its old id, with a title made of its text if it has none. A dry run only checks."""
    job.title = job.title.strip() or prepare.made_title(job.text) or str(job)
    job.characters = len(job.text)
    job.queue = choose_queue(engine=job.engine, characters=job.characters)
    if dry_run:
        return
    try:
        atomic(job.save)(force_insert=True)
    except IntegrityError as error:
        raise Conflict(TAKEN.format("number")) from error


def give_audio_id(*, job: Job, audio_id: str, dry_run: bool = False) -> None:
    """Let the job say which sound it had."""
    if not dry_run:
        job.change({"audio_id": None}, audio_id=audio_id)


def import_sound(*, sound: TempAudio, job: Job | None, dry_run: bool = False) -> None:
    """Keep the sound that lies at `sound.path` in the storage for what is left of its day, for its job if it has one.

    The file is copied: what lies among the temporary sounds goes with its hour. A dry run only checks.
    """
    check_stored_key(sound.path)
    kind = format_of(sound.path)
    sound.content_type, sound.size_bytes = audio.FORMATS[kind].content_type, size_of(sound.path)
    if dry_run:
        return
    source = sound.path
    sound.path = f"{temp_audio.FOLDER}/{sound.created_at:{temp_audio.HOUR}}/{new_id()}.{kind}"
    try:
        copy(source, sound.path)
        save_sound(sound, job, kind)
    except Exception as error:
        default_storage.delete(sound.path)
        if isinstance(error, IntegrityError):
            raise Conflict(TAKEN.format("audio_id")) from error
        raise


@atomic
def save_sound(sound: TempAudio, job: Job | None, kind: str) -> None:
    sound.save(force_insert=True)
    if job:
        expires_at = sound.created_at + TEMP_AUDIO_LIFETIME
        fields = {"audio_id": sound.audio_id, "size_bytes": sound.size_bytes, "expires_at": expires_at}
        job.change({}, format=kind, **fields)


def format_of(path: str) -> str:
    """The format that the file's ending names."""
    ending = path.rpartition(".")[2].lower()
    for name, kind in audio.FORMATS.items():
        if kind.extension == ending:
            return name
    raise WrongType("The ending of its file is no format that is known here.")


def size_of(path: str) -> int:
    try:
        return default_storage.size(path)
    except NO_FILE as error:
        raise Gone("Its sound is not in the storage.") from error
