"""The board: a column of leads for each status."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from leads.models import Lead, LeadQuerySet, LeadStatus
from leads.pages.chats import marked

BOARD_ROWS = 20  # of a column; the table has the rest


@dataclass(frozen=True)
class Column:
    """The newest leads of a status, and how many it has, no further than COUNTED_MAX."""

    status: LeadStatus
    count: int
    leads: Sequence[Lead]

    @property
    def has_more(self) -> bool:
        return self.count > len(self.leads)


def columns(user: User, wanted: dict[str, Any]) -> list[Column]:
    """Of the leads of the person's team that match; each has a `mark`. As quick however many leads there are."""
    rows = Lead.objects.owned_by(user).matching(**wanted | {"status": ""})
    counts = rows.counts_by_status()
    return [Column(status, counts[status], newest(rows.filter(status=status))) for status in LeadStatus]


def newest(rows: LeadQuerySet) -> list[Lead]:
    leads = list(rows.in_list().prefetch_related("owner").order_by("-timestamp", "-pk")[:BOARD_ROWS])
    for lead in leads:
        lead.mark = marked((lead.status, lead.updated_at, lead.owner_id))
    return leads


def mark_of(board: Sequence[Column]) -> str:
    """Another word as soon as the board looks different."""
    return marked(*([column.count, *((lead.pk, lead.mark) for lead in column.leads)] for column in board))
