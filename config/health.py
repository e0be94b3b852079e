"""Whether the installation can serve, for people, load balancers and `up`."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status
from pymongo.errors import PyMongoError

from config import VERSION, hooks, queue, times
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
    """`healthy`; `degraded` when jobs wait (Redis away, no worker for them); `unhealthy` when nothing can be served."""
    database, work, storage = database_state(), queue.figures(), storage_state()
    can_serve = database["status"] == storage["status"] == "up"
    return {
        "status": "unhealthy" if not can_serve else "healthy" if work["status"] == "up" else "degraded",
        "service": "echodesk",
        "version": VERSION,
        "timestamp": times.iso(times.now()),
        "database": database,
        "queue": work,
        "storage": storage,
        "engines": {name: state for check in hooks.engine_checks for name, state in check().items()},
    }


def database_state() -> dict[str, str]:
    engine = "mongodb" if settings.MONGODB_URI else "sqlite"
    try:
        ContentType.objects.exists()
    except (DatabaseError, PyMongoError):
        connection.close()
        return {"status": "down", "engine": engine}
    return {"status": "up", "engine": engine}


def storage_state() -> dict[str, str]:
    try:
        default_storage.listdir(".")
    except FileNotFoundError:
        return {"status": "up"}  # the first file makes the folder
    except (OSError, *STORAGE_ERRORS):
        return {"status": "down"}
    return {"status": "up"}
