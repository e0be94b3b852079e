"""Audiobooks end before they are ready, and go with their chapters, jobs and files."""

from collections.abc import Sequence

from django.core.files.storage import default_storage

from accounts.models import User
from config import times
from config.db import delete_rows, in_batches
from config.errors import Conflict
from config.files import delete_folder
from config.leases import OPEN, Status
from jobs.actions import end
from jobs.actions.audiobooks import binding, opening
from jobs.models import BEGUN, DELETING, SPEAKING, Audiobook, Chapter, Job

JOBS_AT_ONCE = 50  # that are deleted while somebody waits; the sweeper does the rest
CANCELLED = {"lease_token": "", "heartbeat_at": None}


def cancel_audiobook(*, by: User, audiobook: Audiobook) -> None:
    """Stop reading, speaking or binding it; what is ready stays, and it can be gone on with."""
    if not stop(audiobook):
        raise Conflict("There is nothing to cancel: nothing goes on with this audiobook now.")


def stop(audiobook: Audiobook) -> bool:
    """Whether something went on with it. First it is said, so that whoever begins a chapter just then sees it."""
    open_states = [*OPEN, SPEAKING]
    is_stopped = audiobook.move(
        open_states, Status.CANCELLED, completed_at=times.now(), cause="", error="", **CANCELLED
    )
    if is_stopped:
        stop_jobs(begun_jobs(audiobook))
    return is_stopped


def begun_jobs(audiobook: Audiobook) -> list[str]:
    return [*Chapter.objects.of(audiobook).filter(state__in=BEGUN).values_list("job", flat=True)]


def stop_jobs(begun: Sequence[str]) -> None:
    for job in Job.objects.filter(pk__in=begun).without_texts().open():
        end.stop(job)


def delete_audiobook(*, by: User, audiobook: Audiobook) -> None:
    """With its chapters, their jobs and all sounds, and the document. Of a long one the sweeper deletes the rest."""
    audiobook.change({}, status=DELETING, **CANCELLED)
    stop_jobs(begun_jobs(audiobook))
    row = Audiobook.objects.filter(pk=audiobook.pk).first()  # as it was read it may lack a file that is bound since
    if row:
        erase(row, at_most=JOBS_AT_ONCE)


def erase(audiobook: Audiobook, *, at_most: int) -> None:
    """So many jobs of one that is being deleted; what is left of it when there are no more."""
    rows = Chapter.objects.of(audiobook).exclude(job="").without_texts()
    chapters = list(rows[: at_most + 1])
    jobs = Job.objects.without_texts().in_bulk([chapter.job for chapter in chapters[:at_most]])
    for chapter in chapters[:at_most]:
        if job := jobs.get(chapter.job):
            end.delete_job(by=audiobook.user, job=job)
        chapter.change({}, job="")
    if len(chapters) <= at_most:
        erase_rest(audiobook)


def erase_rest(audiobook: Audiobook) -> None:
    """The files first: a row without them can be deleted again, files without a row are never found."""
    binding.delete_files(audiobook.path, audiobook.audio_id)
    opening.drop_file(audiobook)
    Chapter.objects.filter(audiobook_id=audiobook.pk).delete()
    Audiobook.objects.filter(pk=audiobook.pk).delete()


# Of an account that ends


def stop_audiobooks(user: User) -> None:
    for batch in in_batches(Audiobook.objects.owned_by(user).filter(status__in=[*OPEN, SPEAKING])):
        for audiobook in batch:
            stop(audiobook)


def delete_audiobooks(user: User) -> None:
    """Their jobs and temporary sounds are deleted with all others of the account."""
    stop_audiobooks(user)
    for batch in in_batches(Audiobook.objects.owned_by(user).exclude(path="")):
        for audiobook in batch:
            default_storage.delete(audiobook.path)
    delete_folder(f"{opening.FOLDER}/{user.pk}")
    delete_rows(Audiobook.objects.owned_by(user))
