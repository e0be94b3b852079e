"""The sounds of sentences that were spoken before: kept for seven days, up to a size, the least recently used go first.

A row is written once its file lies in the storage, and deleted after it; the files go with the folder of their day too.
"""

import datetime as dt
import logging
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Sum

from accounts.models import User
from config import times
from config.db import batches, in_batches
from config.files import STORAGE_ERRORS, delete_folders_before, stored
from config.ids import new_id
from jobs.models import CACHED_SOUND_LIFETIME, CachedSound

if TYPE_CHECKING:
    import numpy as np

logger = logging.getLogger(__name__)
FOLDER, DAY = "speech", "%Y%m%d"
KEYS_AT_ONCE = 100
USE_NOTED = dt.timedelta(hours=1)  # a use within this after the last one is not written down
UNKEPT_LIFETIME = dt.timedelta(hours=1)  # of what one worker makes for another, where nothing is to be kept
SPARE = 0.1  # of the size, that is free once it was passed
ROWS_AT_ONCE = 500
BYTES_PER_MB = 1_000_000
AWAY = (*STORAGE_ERRORS, OSError)  # what a storage raises that is away, or full


def is_on() -> bool:
    return settings.SPEECH_CACHE_MB > 0


def find(keys: Collection[str]) -> dict[str, CachedSound]:
    """What was made before, by key."""
    alive = CachedSound.objects.filter(created_at__gte=times.now() - CACHED_SOUND_LIFETIME)
    return {sound.key: sound for some in batches(keys, KEYS_AT_ONCE) for sound in alive.filter(key__in=some)}


def read(sound: CachedSound) -> "list[np.ndarray] | None":
    """The sound of each sentence: int16 arrays of shape (samples,). None when its file is gone: it is made again."""
    import numpy as np

    try:
        with default_storage.open(sound.path) as file:
            data = file.read()
    except AWAY as error:
        logger.warning("%s can't be read, it is made again: %s", sound, error)
        return None
    if len(data) != sound.size_bytes:
        logger.warning("%s is not whole, it is made again.", sound)
        return None
    return np.split(np.frombuffer(data, np.int16), np.cumsum(sound.samples)[:-1])


def note_use(sounds: Collection[CachedSound]) -> None:
    now = times.now()
    if old := [sound.pk for sound in sounds if sound.used_at < now - USE_NOTED]:
        CachedSound.objects.filter(pk__in=old).update(used_at=now)


def put(user_id: str, key: str, sounds: Sequence["np.ndarray"]) -> None:
    """Keep the sound of sentences, int16 arrays of shape (samples,). Whatever the storage raises when it is away."""
    import numpy as np

    now, pk, data = times.now(), new_id(), np.concatenate(sounds).astype(np.int16).tobytes()
    name = f"{FOLDER}/{now:{DAY}}/{pk}.pcm"
    fields = {"pk": pk, "user_id": user_id, "path": name, "samples": list(map(len, sounds)), "size_bytes": len(data)}
    with stored(name, ContentFile(data)):
        sound, _ = CachedSound.objects.get_or_create(key=key, defaults=fields)
    if sound.pk != pk:  # somebody else was first
        default_storage.delete(name)
    elif not User.objects.filter(pk=user_id, deleted_at=None).exists():  # its deletion may not have seen this row
        discard(sound)


def keep(user_id: str, key: str, sounds: Sequence["np.ndarray"]) -> None:
    """As `put`, where nobody's work depends on it."""
    try:
        put(user_id, key, sounds)
    except AWAY as error:
        logger.warning("Not kept, though it may be asked for again: %s", error)


def discard(sound: CachedSound) -> None:
    default_storage.delete(sound.path)
    sound.delete()


def forget(sound: CachedSound) -> None:
    """One that can't be used. With the storage away it stays, and is found useless again."""
    try:
        discard(sound)
    except AWAY as error:
        logger.warning("%s can't be deleted: %s", sound, error)


def delete_cached(user: User) -> None:
    """Delete every cached sound of an account that ends."""
    for batch in in_batches(CachedSound.objects.owned_by(user)):
        for sound in batch:
            discard(sound)


def tidy_cache() -> None:
    """Delete what is over its lifetime, and what was used least until the rest has its size."""
    purge_expired()
    for sound in unkept() if not is_on() else least_used(size_bytes() - settings.SPEECH_CACHE_MB * BYTES_PER_MB):
        discard(sound)


def purge_expired() -> None:
    """Rows by their time, files by their folder's day."""
    CachedSound.objects.filter(created_at__lt=times.now() - CACHED_SOUND_LIFETIME).delete()
    last_day = times.now() - CACHED_SOUND_LIFETIME - dt.timedelta(days=1)
    delete_folders_before(FOLDER, f"{last_day:{DAY}}")


def unkept() -> Iterator[CachedSound]:
    """Where nothing is kept: what one worker has made for another that never came for it."""
    yield from CachedSound.objects.filter(created_at__lt=times.now() - UNKEPT_LIFETIME)[:ROWS_AT_ONCE]


def least_used(over: float) -> Iterator[CachedSound]:
    """When the cache is so many bytes too large: so much of it that there is room for a while."""
    if over <= 0:
        return
    free = over + settings.SPEECH_CACHE_MB * BYTES_PER_MB * SPARE
    while free > 0 and (rows := list(CachedSound.objects.order_by("used_at", "pk")[:ROWS_AT_ONCE])):
        for row in rows:
            if free > 0:
                yield row
                free -= row.size_bytes


def size_bytes() -> int:
    return CachedSound.objects.aggregate(total=Sum("size_bytes"))["total"] or 0
