"""Voices from Piper's catalogue onto this machine, and the catalogue itself; nothing comes that nobody asked for."""

from collections.abc import Callable
from functools import partial

from django.conf import settings

from accounts.models import User
from config import times, work
from config.errors import Conflict, DomainError, Forbidden, NotFound
from config.hooks import Write
from config.leases import OPEN, Lease, Status
from voices.actions import catalogue, voices
from voices.engines import VoiceBroken, piper_files, piper_install
from voices.engines.piper_catalogue import Catalogue, Entry, is_voice_id
from voices.models import Voice, VoiceDownload

WHOLE_CATALOGUE = ""  # the voice_id of the row that fetches the list
ENDED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)
STOPPED = "It was stopped. Download it again: it goes on where it stopped."
Show = Callable[[int, int], object]  # bytes that are here, bytes in all


class DownloadFailed(DomainError):
    code = "download_failed"


# Asking


def start_download(*, by: User, voice_id: str) -> VoiceDownload:
    """Have a worker fetch this voice; one that is being fetched already goes on as it is."""
    check_staff(by)
    check_missing(voice_id)
    return queue_up(voice_id=voice_id)


def start_refresh(*, by: User) -> VoiceDownload:
    """Have a worker fetch Piper's list."""
    check_staff(by)
    return queue_up(voice_id=WHOLE_CATALOGUE)


def check_staff(user: User) -> None:
    if not user.is_staff:
        raise Forbidden("Only staff of this installation can add voices to it. Ask one of them.")


def check_missing(voice_id: str) -> None:
    if not is_voice_id(voice_id):
        raise NotFound(f"No voice can have the name {voice_id[:100]!r}.")
    if Voice.objects.available().filter(voice_id=voice_id).exists():
        raise Conflict(f"{voice_id} is on this machine already.")


def queue_up(*, voice_id: str) -> VoiceDownload:
    download, is_new = ask(voice_id=voice_id, source=settings.PIPER_CATALOGUE_URL)
    if is_new:
        work.enqueue(download)
    return download


def ask(*, voice_id: str, source: str) -> tuple[VoiceDownload, bool]:
    """The one row of this voice, and whether it was not open already."""
    download, is_new = VoiceDownload.objects.get_or_create(voice_id=voice_id, defaults={"catalogue": source})
    if not is_new:
        fresh = {"error": "", "attempts": 0, "progress": 0, "received_bytes": 0, "created_at": times.now()}
        is_new = download.move(ENDED, Status.QUEUED, catalogue=source, started_at=None, completed_at=None, **fresh)
    return download, is_new


def download_now(*, voice_id: str, source: str, show: Show) -> None:
    """Fetch a voice in this process and wait for it. DomainError says why it is not here then."""
    check_missing(voice_id)
    download, is_new = ask(voice_id=voice_id, source=source)
    if not is_new:
        raise Conflict(f"{voice_id} is being downloaded already.")
    try:
        run_download(download=download, show=show)
    except KeyboardInterrupt:
        download.move(OPEN, Status.FAILED, lease_token="", completed_at=times.now(), error=STOPPED)
        raise
    download.refresh_from_db()
    if download.status != Status.COMPLETED:
        raise DownloadFailed(download.error or f"{voice_id} was taken over by a worker.")


def refresh_now(*, source: str, write: Write) -> Catalogue:
    """Fetch the list in this process, make its rows, and give what it has."""
    found = piper_install.read_catalogue(source)
    for problem in found.problems:
        write(f"{problem.file}: {problem.message}")
    catalogue.save_catalogue(entries=found.entries.values())
    return found


# Fetching


def run_download(*, download: VoiceDownload, show: Show = lambda held, total: None) -> None:
    """Do what the row asks for, unless somebody else does. It ends completed, failed, or queued again."""
    work.run(download, partial(fetch_voice, show=show) if download.voice_id else fetch_catalogue)


def fetch_catalogue(lease: Lease[VoiceDownload]) -> None:
    refresh_now(source=lease.row.catalogue, write=lambda line: None)
    lease.complete(progress=100)


def fetch_voice(lease: Lease[VoiceDownload], *, show: Show) -> None:
    """The list is read first, whatever the rows say: checksums must be of the files that lie there now."""
    download = lease.row
    entry = find(download.voice_id, piper_install.read_catalogue(download.catalogue))
    lease.step(size_bytes=entry.total_bytes)
    step = work.reporter(lease, progress)

    def report(held: int) -> None:
        step(held, entry.total_bytes)
        show(held, entry.total_bytes)

    piper_install.install(entry, download.catalogue, report)
    offer(download.voice_id)
    lease.complete(progress=100, received_bytes=entry.total_bytes)


def find(voice_id: str, found: Catalogue) -> Entry:
    if entry := found.entries.get(voice_id):
        return entry
    problem = next((problem.message for problem in found.problems if problem.file == repr(voice_id)), "")
    raise NotFound(f"Piper's list has no usable voice {voice_id}. {problem}".strip())


def progress(held: int, total: int) -> dict[str, int]:
    return {"progress": 99 * held // total, "received_bytes": held}


def offer(voice_id: str) -> None:
    """Put the voice that has arrived into the catalogue, with its sample. VoiceBroken when it can't speak."""
    said: list[str] = []
    spec = piper_files.read_spec(piper_files.find(voice_id))
    voices.save_voice(engine=catalogue.ENGINE, spec=spec, write=said.append)
    if not Voice.objects.available().filter(voice_id=voice_id).exists():
        raise VoiceBroken(f"It has arrived, but can't speak. {said[-1]}")


# Sweeping


def requeue_lost() -> None:
    work.requeue_lost(VoiceDownload.objects.all())


def enqueue_waiting() -> None:
    work.enqueue_waiting(VoiceDownload.objects.all())
