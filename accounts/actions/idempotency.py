"""What is remembered of requests with an `Idempotency-Key`, so that the same one twice starts its work once.

Only an answer that started something (2xx) is remembered. Whatever was refused started nothing: its key is free again,
so that the client may put it right, or wait, and send it again under the same key.
"""

import hashlib
import zlib

from django.db import IntegrityError

from accounts.models import IdempotencyKey, User
from config import times
from config.db import again
from config.errors import Conflict
from config.ids import new_id


class Mismatch(Conflict):
    code = "idempotency_mismatch"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came with another request before. Send this one with a new key.")


class InProgress(Conflict):
    code = "in_progress"

    def __init__(self) -> None:
        super().__init__("The first request with this Idempotency-Key is being answered. Send it again in a moment.")


def claim(*, by: User, door: str, key: str, digest: str) -> IdempotencyKey:
    """The first request's row if it is answered, else one that the caller has to `answer` or `free`.

    Mismatch when the key came with something else, InProgress while somebody else is at it.
    """
    try:
        row, is_new = find_or_make(by, door, key, digest)
    except IntegrityError as error:  # it was freed between the two looks
        raise InProgress from error
    if is_new or (row.is_free and take_over(row, digest)):
        return row
    if row.digest != digest:
        raise Mismatch
    if not row.is_answered:
        raise InProgress
    return row


@again
def find_or_make(by: User, door: str, key: str, digest: str) -> tuple[IdempotencyKey, bool]:
    """Of many at one instant MongoDB may refuse some for a conflict: they look again."""
    return IdempotencyKey.objects.get_or_create(user=by, door=door, key=key, defaults={"digest": digest})


def record_id(*, by: User, door: str, key: str, digest: str) -> str:
    """The id of what a request makes while the database, and its row with it, is away: the same for the same request.

    What was sent counts too: the same key with something else must not pass for what was taken already. So does the
    team: who has changed teams makes another row there.
    """
    return hashlib.sha256("\0".join((by.team_id, by.pk, door, key, digest)).encode()).hexdigest()[:24]


def take_over(row: IdempotencyKey, digest: str) -> bool:
    """Begin anew with a row that binds nobody. InProgress when somebody else was first."""
    fields = {"digest": digest, "token": new_id(), "status": None, "location": "", "created_at": times.now()}
    if not IdempotencyKey.objects.filter(pk=row.pk, token=row.token, status=row.status).update(**fields):
        raise InProgress
    for name, value in fields.items():
        setattr(row, name, value)
    return True


def answer(*, row: IdempotencyKey, status: int, body: bytes, location: str = "") -> None:
    """Remember the answer, unless somebody else has the row by now."""
    held = IdempotencyKey.objects.filter(pk=row.pk, token=row.token)
    held.update(status=status, body=zlib.compress(body), location=location)


def body_of(row: IdempotencyKey) -> bytes:
    return zlib.decompress(row.body)


def free(*, row: IdempotencyKey) -> None:
    """Forget a request that has started nothing."""
    IdempotencyKey.objects.filter(pk=row.pk, token=row.token).delete()


def purge() -> None:
    """Forget what is older than a day."""
    IdempotencyKey.objects.over().delete()
