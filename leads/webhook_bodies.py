"""What webhooks are told: JSON in the shapes of the API, made without the API's tools, which speech workers never load.

What may be megabytes is left out: the items of a conversation, the text of a job beyond its beginning, metadata that is
too long.
"""

import datetime as dt
import json
from typing import Any

from config import times
from jobs.models import EXCERPT_CHARACTERS, Job
from leads.happenings import News
from leads.models import TEST, ConversationSession, Lead

METADATA_MAX_BYTES = 64 * 1024  # as JSON, of a lead or a conversation; more is null
LEAD_TEXTS = (
    *("name", "email", "company", "interest", "phone", "job_title", "budget", "timeline", "message", "status"),
    "source",
)


def of_news(news: News, delivery_id: str, at: dt.datetime) -> str:
    """The body of one delivery."""
    shapes = {"lead": of_lead, "session": of_session, "job": of_job}
    kind = news.happening.partition(".")[0]
    more = {"from_status": news.from_status or None} if kind == "lead" else {}
    return envelope(news.happening, delivery_id, at, shapes[kind](news.row), by=news.by_id, **more)


def of_test(delivery_id: str, at: dt.datetime, by_id: str) -> str:
    return envelope(TEST, delivery_id, at, {"message": "This is a test of your webhook."}, by=by_id)


def envelope(event: str, delivery_id: str, at: dt.datetime, data: dict[str, Any], **more: str | None) -> str:
    told = {"id": delivery_id, "event": str(event), "created_at": times.iso(at), **more, "data": data}
    return json.dumps(told, separators=(",", ":"))


def of_lead(lead: Lead) -> dict[str, Any]:
    """As `GET /api/leads/{id}` shows it."""
    return {
        "_id": lead.pk,
        **{name: getattr(lead, name) for name in LEAD_TEXTS},
        "session_id": lead.session_id or None,
        "timestamp": times.iso(lead.timestamp),
        "created_at": times.iso(lead.created_at),
        "updated_at": times.iso(lead.updated_at),
        "metadata": bounded(lead.metadata),
        "owner": lead.owner_id,
        "tags": lead.tags,
    }


def of_session(session: ConversationSession) -> dict[str, Any]:
    """As `GET /api/sessions` lists it."""
    return {
        "session_id": session.session_id,
        "start_time": times.iso(session.start_time),
        "end_time": iso_or_none(session.end_time),
        "total_items": session.total_items,
        "duration_seconds": session.duration_seconds,
        "lead_generated": session.lead_generated,
        "lead_id": session.lead_id,
        "channel": session.channel,
        "audio_file_id": session.audio_file_id,
        "metadata": bounded(session.metadata),
        "created_at": times.iso(session.created_at),
        "updated_at": times.iso(session.updated_at),
    }


def of_job(job: Job) -> dict[str, Any]:
    """As `GET /api/jobs` lists it: its text is cut."""
    names = (
        "job_id",
        "user_id",
        "title",
        "status",
        "progress",
        "format",
        "speed",
        "audio_url",
        "audio_id",
        "duration",
        "unspoken",
    )
    counts = ("size_bytes", "total_chunks", "completed_chunks", "characters", "attempts")
    return {
        "_id": job.pk,
        **{name: getattr(job, name) for name in (*names, *counts)},
        **{name: getattr(job, name) or None for name in ("voice_id", "model_id", "echo_id", "error")},
        "text": job.text[:EXCERPT_CHARACTERS],
        "created_at": times.iso(job.created_at),
        "started_at": iso_or_none(job.started_at),
        "completed_at": iso_or_none(job.completed_at),
        "expires_at": iso_or_none(job.expires_at),
        "timings": dict.fromkeys(("queued", "synthesis", "encoding", "total", "first_audio")) | job.timings,
    }


def iso_or_none(time: dt.datetime | None) -> str | None:
    return times.iso(time) if time else None


def bounded(metadata: dict[str, Any]) -> dict[str, Any] | None:
    return metadata if len(json.dumps(metadata, ensure_ascii=False).encode()) <= METADATA_MAX_BYTES else None
