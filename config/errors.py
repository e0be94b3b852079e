"""Refusals: exceptions with a sentence a person can act on. Every door shows the same sentence in its own way."""

import errno
from collections.abc import Mapping
from typing import ClassVar

DISK_FULL = "The disk is full. Ask whoever runs this installation to make room, then try again."
NOT_WRITTEN = "The storage can't be written. Ask whoever runs this installation."
FULL = {errno.ENOSPC, errno.EDQUOT}
BROKEN = {errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE}
DISK_ERRORS = (OSError, PermissionError)  # others, such as TLS's, have numbers of their own


class DomainError(Exception):
    """The base of all refusals; anything else that is raised is a bug."""

    status = 400
    code = "refused"
    retry_after: int | None = None  # seconds
    headers: ClassVar[Mapping[str, str]] = {}  # that go out with it

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.within: tuple[str | int, ...] = ()

    def put_within(self, *path: str | int) -> None:
        """Say which one of many was refused: the path to it in the JSON body."""
        self.within = path
        self.message = f"{'.'.join(map(str, path))}: {self.message}"


class Unauthorized(DomainError):
    status = 401
    code = "not_signed_in"


class Forbidden(DomainError):
    status = 403
    code = "not_allowed"


class NotFound(DomainError):
    status = 404
    code = "not_found"


class Conflict(DomainError):
    status = 409
    code = "conflict"


class Gone(DomainError):
    status = 410
    code = "expired"


class NotTaken(DomainError):
    status = 405
    code = "method_not_allowed"


class LengthNeeded(DomainError):
    status = 411
    code = "length_needed"


class TooLarge(DomainError):
    status = 413
    code = "too_large"


class QuotaReached(TooLarge):
    code = "quota_reached"


class WrongType(DomainError):
    status = 415
    code = "wrong_type"


class Unprocessable(DomainError):
    """A value that can't be taken; `field` says which one, as the form and the JSON body, or the query, name it."""

    status = 422
    code = "invalid"

    def __init__(self, message: str, *, field: str = "", source: str = "body") -> None:
        super().__init__(message)
        self.field, self.source = field, source


class TooMany(DomainError):
    status = 429
    code = "too_many"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DomainError):
    status = 503
    code = "unavailable"
    retry_after = 5


class Broken(DomainError):
    status = 500
    code = "broken"


def disk_sentence(error: BaseException | None) -> str:
    """What to tell of a disk that is full, read-only or broken; nothing of any other error."""
    number = getattr(error, "errno", None) if type(error) in DISK_ERRORS else None
    if number in FULL:
        return DISK_FULL
    return NOT_WRITTEN if number in BROKEN else ""
