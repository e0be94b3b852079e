"""Whether the installation can serve, for people, load balancers and `up`."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status

from config import VERSION, breaker, hooks, queue, times
from config.db import STORE_ERRORS
from config.files import STORAGE_ERRORS

router = Router(tags=["health"])


class State(Schema):
    status: str


class DatabaseState(State):
    engine: str


class QueueState(State):
    workers: int | None
    queued: int | None


class Health(Schema):
    status: str
    service: str
    version: str
    timestamp: str
    database: DatabaseState
    queue: QueueState
    storage: State
    engines: dict[str, str]


@router.get("/health", auth=None, response={200: Health, 503: Health}, url_name="health")
@router.get("/api/health", auth=None, response={200: Health, 503: Health}, operation_id="api_health")
def health(request: HttpRequest) -> Status:
    report = look()
    return Status(503 if report["status"] == "unhealthy" else 200, report)


def look() -> dict[str, Any]:
    """`healthy`; `degraded` when jobs wait (Redis away, no worker for them) or only the desk takes what comes in, the
    database being away; `unhealthy` when nothing can be served.
    """
    database, work, storage = database_state(), queue.figures(), storage_state()
    return {
        "status": overall(database["status"] == "up", work["status"] == "up", storage["status"] == "up"),
        "service": "echodesk",
        "version": VERSION,
        "timestamp": times.iso(times.now()),
        "database": database,
        "queue": work,
        "storage": storage,
        "engines": {name: state for check in hooks.engine_checks for name, state in check().items()},
    }


def overall(is_database_up: bool, has_workers: bool, is_storage_up: bool) -> str:
    if is_database_up and is_storage_up:
        return "healthy" if has_workers else "degraded"
    can_stand_in = not is_database_up and any(stands_in() for stands_in in hooks.stand_ins)
    return "degraded" if can_stand_in else "unhealthy"


def database_state() -> dict[str, str]:
    return {"status": "up" if is_database_up() else "down", "engine": "mongodb" if settings.MONGODB_URI else "sqlite"}


def is_database_up() -> bool:
    """Not asked while it is known to be away: it would use up the time that whoever looks has."""
    if breaker.is_open():
        return False
    try:
        with breaker.limited():
            ContentType.objects.exists()
    except STORE_ERRORS as error:
        connection.close()
        if breaker.is_away(error):
            breaker.trip(error)
        return False
    return True


def storage_state() -> dict[str, str]:
    try:
        default_storage.listdir(".")
    except FileNotFoundError:
        return {"status": "up"}  # the first file makes the folder
    except (OSError, *STORAGE_ERRORS):
        return {"status": "down"}
    return {"status": "up"}
