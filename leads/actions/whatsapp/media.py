"""The files of messages: fetched from WhatsApp by a worker, looked at, kept under names of our own, and let go."""

import datetime as dt
import secrets
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models import F, QuerySet

from accounts.models import Team, User
from config import queue, times, work
from config.db import in_batches
from config.errors import Conflict, Unavailable, disk_sentence
from config.files import STORAGE_ERRORS, LocalFile, stored, work_folder
from config.leases import Lease, Status
from leads.actions.whatsapp.media_download import download
from leads.models import Channel, Message, MessageMedia
from leads.whatsapp import found_types
from leads.whatsapp.cloud_api import MediaInfo
from leads.whatsapp.failures import CloudApiFailure, OfChannel
from leads.whatsapp.found_types import FoundType

FOLDER = "whatsapp"
AT_WHATSAPP = dt.timedelta(days=7)  # that it keeps what somebody sent
PAUSES = (10, 60, 300, 1_800, 7_200, 21_600)  # seconds after a failure that may pass; the last one again and again
LEFT = dt.timedelta(seconds=2)  # after which one that is due has surely been enqueued
ROWS = 1_000  # looked at in one sweep
NOT_THAT = "This file is not what its sender called it. Open it only if you know who sent it."
NOT_FETCHED = "WhatsApp could not be asked for this file, again and again. Try again, or ask for it to be sent anew."


def fetch(*, media: MessageMedia) -> None:
    """Fetch the file of a message, unless its time has not come or somebody else does: kept, failed, or put off."""
    if media.due_at <= times.now():
        work.run(media, get)


def get(lease: Lease[MessageMedia]) -> None:
    path = work_folder() / f"{lease.row.pk}-{lease.row.lease_token}.part"
    try:
        info = download(lease, path)
        keep(lease, path, info)
    except (CloudApiFailure, OSError, *STORAGE_ERRORS) as error:
        put_off(lease, error)
    finally:
        path.unlink(missing_ok=True)


def keep(lease: Lease[MessageMedia], path: Path, info: MediaInfo) -> None:
    """Look at the file, store it and complete the row; a file that is not what it says is only ever downloaded."""
    media, size = lease.row, path.stat().st_size
    found = found_types.find(path)
    fits = found.fits(media.message.kind, info.mime_type or media.declared_type)
    found = found if fits else FoundType()
    name = path_of(media, found.extension)
    seen = {"content_type": found.content_type, "size_bytes": size, "path": name, "duration": found.seconds}
    said = {"error": "", "cause": ""} if fits else {"error": NOT_THAT, "cause": "not_that"}
    with LocalFile(path, on_read=lease.note_step) as file, stored(name, file):
        lease.complete(**seen, **said)


def path_of(media: MessageMedia, extension: str) -> str:
    """A free name in the storage that takes nothing from the sender's."""
    return f"{FOLDER}/{media.created_at:%Y%m}/{media.pk}-{secrets.token_hex(4)}.{extension}"


def put_off(lease: Lease[MessageMedia], error: Exception) -> None:
    """Later again if it may pass, for as long as WhatsApp has the file; else raises what went wrong."""
    media, is_cloud = lease.row, isinstance(error, CloudApiFailure)
    if not (error.may_pass if is_cloud else isinstance(error, STORAGE_ERRORS) or disk_sentence(error)):
        raise error
    sentence = NOT_FETCHED if is_cloud else work.STORAGE_AWAY
    usual = PAUSES[min(media.tries, len(PAUSES) - 1)]
    due_at = times.now() + dt.timedelta(seconds=(error.pause if is_cloud else None) or usual)
    if due_at > media.created_at + AT_WHATSAPP:
        raise Unavailable(sentence) from error
    fields = {"due_at": due_at, "tries": F("tries") + 1, "error": sentence}
    lease.end(Status.QUEUED, attempts=F("attempts") - 1, **media.afresh, **fields)


def fetch_again(*, by: User, media: MessageMedia) -> None:
    """Somebody of the team asks for a file that could not be fetched. Conflict when it was, or is on its way."""
    if not requeue(media):
        raise Conflict("This file is here already, or on its way.")


def requeue(media: MessageMedia) -> bool:
    afresh = {"due_at": times.now(), "tries": 0, "attempts": 0, "error": "", "cause": "", "completed_at": None}
    if is_queued := media.move({Status.FAILED}, Status.QUEUED, **afresh):
        work.enqueue(media)
    return is_queued


def fetch_refused(channel: Channel) -> None:
    """The channel has another token or number: what WhatsApp refused it and still has is asked for again."""
    young = MessageMedia.objects.filter(status=Status.FAILED, created_at__gt=times.now() - AT_WHATSAPP)
    causes = [kind.code for kind in OfChannel.__subclasses__()]
    for batch in in_batches(young.filter(team=channel.team_id, cause__in=causes, message__contact__channel=channel)):
        for media in batch:
            requeue(media)


def discard(message: Message) -> None:
    """Let go of the file of a message. Not inside a transaction: a file does not come back with it."""
    discard_all(MessageMedia.objects.filter(message=message))


def discard_all(rows: QuerySet[MessageMedia]) -> None:
    """Delete the files, then the rows; it may be run again after it was cut off."""
    for batch in in_batches(rows):
        for media in batch:
            remove(media)


def remove(media: MessageMedia) -> None:
    """Whoever still fetches it has lost its row, and keeps nothing; whoever just has, has written where."""
    media.move({Status.QUEUED, Status.PROCESSING}, Status.CANCELLED)
    for path in MessageMedia.objects.filter(pk=media.pk).exclude(path="").values_list("path", flat=True):
        default_storage.delete(path)
    MessageMedia.objects.filter(pk=media.pk).delete()


def delete_of_team(team: Team) -> None:
    discard_all(MessageMedia.objects.filter(team=team))


def sweep() -> None:
    """Hand Redis what is due and was never there, or was lost."""
    work.requeue_lost(MessageMedia.objects.all())
    due = MessageMedia.objects.filter(status=Status.QUEUED, due_at__lt=times.now() - LEFT).order_by("due_at")
    queue.enqueue_missing(MessageMedia.task, [(media.pk, media.queue) for media in due[:ROWS]])
