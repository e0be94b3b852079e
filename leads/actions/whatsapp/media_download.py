"""How the file of a message comes from WhatsApp to a worker: never more bytes than it may have, and whole."""

import hashlib
from pathlib import Path

from django.db.models import Sum

from config import queue, storage_quota
from config.errors import QuotaReached
from config.leases import Lease
from config.work import Stopping
from leads.actions.whatsapp.channel_problems import note_problem
from leads.models import Channel, MessageKind, MessageMedia
from leads.whatsapp.cloud_api import CloudApi, MediaInfo
from leads.whatsapp.failures import CloudApiFailure, MediaTooLarge
from leads.whatsapp.values import digest

KILOBYTE, MEGABYTE = 1024, 1024**2
MOST_BYTES = {  # that WhatsApp itself takes of each kind
    MessageKind.IMAGE: 5 * MEGABYTE,
    MessageKind.AUDIO: 16 * MEGABYTE,
    MessageKind.VIDEO: 16 * MEGABYTE,
    MessageKind.STICKER: 500 * KILOBYTE,
    MessageKind.DOCUMENT: 100 * MEGABYTE,
}


class Damaged(CloudApiFailure):
    code = "media_damaged"
    may_pass = True
    sentence = "This file arrived damaged."


def download(lease: Lease[MessageMedia], path: Path) -> MediaInfo:
    """Write the file to the path, as WhatsApp has it. A CloudApiFailure says why not; QuotaReached: no room."""
    media = lease.row
    channel, most = channel_of(media), MOST_BYTES[MessageKind(media.message.kind)]
    try:
        api = CloudApi(channel)
        info = api.media(media.media_id)
        check_room(media.team_id, info.size_bytes, most)
        sha256 = save(lease, api, info, path, most)
    except CloudApiFailure as failure:
        if failure.is_of_channel:
            note_problem(channel, failure.sentence)
        raise
    if {sha256} != {digest(info.sha256) or sha256, media.sha256 or sha256}:
        raise Damaged
    return info


def channel_of(media: MessageMedia) -> Channel:
    return media.message.contact.channel


def check_room(team_id: str, size_bytes: int, most: int) -> None:
    """Files of chats are the team's, no person's: together they may take as much as one person's files."""
    if size_bytes > most:
        raise MediaTooLarge(f"This file has {size_bytes / MEGABYTE:,.1f} MB; at most {most / MEGABYTE:,.1f} are kept.")
    used = MessageMedia.objects.filter(team=team_id).aggregate(total=Sum("size_bytes"))["total"] or 0
    if used + size_bytes > storage_quota.limit_bytes():
        limit = storage_quota.limit_bytes() / MEGABYTE
        raise QuotaReached(
            f"The files of your team's chats take {used / MEGABYTE:,.1f} of {limit:,.0f} MB. "
            "Erase chats that you no longer need, or have STORAGE_QUOTA_MB raised, then try again."
        )


def save(lease: Lease[MessageMedia], api: CloudApi, info: MediaInfo, path: Path, most: int) -> str:
    """Write the file to the path; its SHA-256 in hex. It is never longer than it may be, whatever WhatsApp said."""
    sha256 = hashlib.sha256()
    with path.open("wb") as file:

        def write(part: bytes) -> None:
            if queue.stopping.is_set():
                raise Stopping
            file.write(part)
            sha256.update(part)
            lease.note_step()

        api.download(info.url, write, most)
    return sha256.hexdigest()
