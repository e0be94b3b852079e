"""What happens on the desk, and who wants to know of it: webhooks, mails, open pages."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from config.hooks import Hook


class Happening(StrEnum):
    LEAD_CREATED = "lead.created"
    LEAD_UPDATED = "lead.updated"
    SESSION_ENDED = "session.ended"
    JOB_COMPLETED = "job.completed"
    JOB_FAILED = "job.failed"


@dataclass(frozen=True)
class News:
    """Something that has happened to a row: a Lead, a ConversationSession or a Job, as it is now."""

    happening: Happening
    team_id: str
    row: Any
    by_id: str | None = None  # who did it; None for assistants without an account, and for time
    from_status: str = ""  # of a lead whose status moved


# Listeners write rows and do nothing else: they are called within the transaction of a lead's change, which may be
# tried again. What is to be done then, the sweeper finds in their rows.
listeners: Hook[Callable[[News], object]] = Hook()


def tell(news: News) -> None:
    for listen in listeners:
        listen(news)
