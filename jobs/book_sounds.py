"""The sounds of an audiobook: of its chapters, one by one or in one zip, and bound to one file."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from zipfile import ZIP_STORED, ZipFile

from django.core.files.storage import default_storage

from accounts.archive import safe_name
from config import zip_stream
from config.errors import Conflict, Gone
from config.files import missing
from config.leases import Status
from jobs import m4b
from jobs.audio import FORMATS
from jobs.models import BEGUN, BOOK_FORMAT, TO_COME, Audiobook, Chapter, ChapterState, Job, TempAudio
from jobs.sounds import Sound

NOT_READY = "The audiobook is not ready yet. Wait until all of its chapters are spoken."
GONE = "The audiobook is gone: it was kept for 24 hours. Have it spoken again."


@dataclass(frozen=True)
class ChapterSound:
    chapter: Chapter
    job: Job
    name: str  # in the storage


def of_chapters(book: Audiobook) -> list[ChapterSound]:
    """Those of all chapters that are ready, in their order. Conflict when there are none, Gone when one has gone."""
    chapters = list(Chapter.objects.of(book).filter(state=ChapterState.READY).without_texts())
    if not chapters:
        raise Conflict(NOT_READY)
    jobs = Job.objects.without_texts().defer("peaks").in_bulk([chapter.job for chapter in chapters])
    names = names_in_storage(jobs.values())
    lost = set(missing([name for name in names.values() if name])) | {""}
    for chapter in chapters:
        if names.get(chapter.job, "") in lost:
            raise Gone(f"The sound of chapter {chapter.number} is gone. Have it spoken again.")
    return [ChapterSound(chapter, jobs[chapter.job], names[chapter.job]) for chapter in chapters]


def names_in_storage(jobs: Iterable[Job]) -> dict[str, str]:
    """Of sounds that are kept or have not expired, by the ids of their jobs."""
    temporary = [job.audio_id for job in jobs if job.is_ready and not job.kept_path]
    paths = dict(TempAudio.objects.filter(audio_id__in=temporary).values_list("audio_id", "path"))
    return {job.pk: job.kept_path or paths.get(job.audio_id, "") for job in jobs}


def check_spoken(book: Audiobook) -> None:
    """Conflict while a chapter is still to be spoken."""
    if Chapter.objects.of(book).filter(state__in=[*BEGUN, *TO_COME]).exists():
        raise Conflict(NOT_READY)


def zipped(found: list[ChapterSound]) -> Generator[bytes, None, None]:
    """The bytes of a zip of these sounds, some at a time."""
    outlet = zip_stream.Outlet()
    with ZipFile(outlet, "w", ZIP_STORED) as archive:
        for sound, name in zip(found, names_of(found), strict=True):
            for _ in zip_stream.copy(archive, name, sound.name):
                yield from outlet.fetch()
    yield from outlet.fetch(1)


def names_of(found: list[ChapterSound]) -> Iterator[str]:
    """`01 Dawn.mp3`: in the order of the chapters wherever names are sorted."""
    digits = max(2, len(str(len(found))))
    extension = FORMATS[BOOK_FORMAT].extension
    for number, sound in enumerate(found, 1):
        yield safe_name(f"{number:0{digits}} {sound.chapter.title}.{extension}")


def bound(book: Audiobook) -> Sound:
    """The one file. Conflict while there is none, Gone when it has expired."""
    if book.status != Status.COMPLETED:
        raise Conflict(NOT_READY)
    name = path_of(book)
    if not name or not default_storage.exists(name):
        raise Gone(GONE)
    return Sound(name, m4b.CONTENT_TYPE, file_name(book, m4b.EXTENSION), {})


def path_of(book: Audiobook) -> str:
    """The name in the storage of a bound file that is kept or has not expired; '' for none."""
    if book.path or not book.is_ready:
        return book.path
    return TempAudio.objects.filter(audio_id=book.audio_id).values_list("path", flat=True).first() or ""


def file_name(book: Audiobook, extension: str) -> str:
    return safe_name(f"{book}.{extension}")


def files_of(book: Audiobook) -> Iterator[tuple[str, str]]:
    """The name and the place of a bound file while it is kept."""
    if name := path_of(book):
        yield file_name(book, m4b.EXTENSION), name
