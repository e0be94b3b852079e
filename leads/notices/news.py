"""What is new on the desk for an open page: new leads, statuses that moved, and what waits.

A page keeps a state, `<since>.<mark>.<seen>`: from when on it looks (milliseconds), the team's mark, and a sum of what
it has been shown. It sends the state with each question, and gets another one as soon as there is something.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from config import times
from config.paging import EPOCH, millis
from config.text import one_line
from leads.models import Lead, Notice, count_unread_chats, count_waiting
from leads.notices import marks

STATE = re.compile(r"(?P<since>[0-9]{1,14})\.(?P<mark>[0-9a-f]{0,12})\.(?P<seen>[0-9a-f]{0,16})")
OVERLAP = dt.timedelta(seconds=15)  # rows that came in late, or from a host whose clock is behind, are found still
OLDEST = dt.timedelta(hours=12)  # that a page which was hidden looks back
TOLD_MAX = 3  # with words: a page tells more of them as one
LISTED_MAX = 500
NAME_CHARACTERS = 60


@dataclass(frozen=True)
class State:
    since: dt.datetime
    mark: str = ""
    seen: str = ""

    def __str__(self) -> str:
        return f"{millis(self.since)}.{self.mark}.{self.seen}"


def read_state(text: str) -> State:
    """Of a page's question; what is none looks from now on. Nobody looks further back than OLDEST."""
    now = times.now()
    found = STATE.fullmatch(text)
    if not found:
        return State(now)
    since = EPOCH + dt.timedelta(milliseconds=int(found["since"]))
    return State(max(min(since, now), now - OLDEST), found["mark"], found["seen"])


def is_nothing_new(browser: str, state: State) -> bool:
    """Whether Redis alone can tell so."""
    mark = marks.mark_for(browser) if state.mark else None
    return bool(mark and mark.word == state.mark and not mark.is_hot)


def look(user: User, browser: str, state: State) -> tuple[State, dict[str, Any]]:
    """The page's next state, the same one while nothing is new; and what it shows: notices, newest first; counts."""
    mark = marks.let_in(browser, user.team_id)  # before the rows: what comes in meanwhile changes it again
    notices = notices_for(user, browser, state)
    counts = {"leads": count_waiting(user), "inbox": count_unread_chats(user)}
    if (mark.word, sum_of(notices, counts)) == (state.mark, state.seen):
        return state, {}
    since = max(state.since, times.now() - OVERLAP)
    seen = sum_of([each for each in notices if each.created_at >= since], counts)
    told = {each.pk: said(each) for each in with_leads(notices[:TOLD_MAX])}
    news = [{"id": each.pk, "kind": kind(each)} | told.get(each.pk, {}) for each in notices]
    return State(since, mark.word, seen), {"counts": counts, "news": news}


def notices_for(user: User, browser: str, state: State) -> list[Notice]:
    """The newest first, without what was done in this browser itself."""
    rows = Notice.objects.owned_by(user).since(state.since)
    rows = rows.exclude(browser=browser) if browser else rows
    return list(rows.prefetch_related("by").order_by("-created_at", "-pk")[:LISTED_MAX])


def with_leads(notices: Sequence[Notice]) -> list[Notice]:
    """Those whose leads are still there, with them."""
    rows = Lead.objects.filter(pk__in=[each.lead_id for each in notices]).defer("message", "metadata")
    leads = {lead.pk: lead for lead in rows}
    kept = [each for each in notices if each.lead_id in leads]
    for each in kept:
        each.lead = leads[each.lead_id]
    return kept


def sum_of(notices: Sequence[Notice], counts: dict[str, int]) -> str:
    text = repr(([each.pk for each in notices], counts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def kind(notice: Notice) -> str:
    return "lead" if notice.is_new_lead else "status"


def said(notice: Notice) -> dict[str, str]:
    return {"words": words(notice), "address": reverse("lead", kwargs={"lead_id": notice.lead_id})}


def words(notice: Notice) -> str:
    """As a toast and a mail say it."""
    lead = notice.lead
    name = short(lead.name or lead.email)
    if notice.is_new_lead:
        return f"New lead: {name}{f', {short(lead.company)}' if lead.company else ''}"
    return f"{name}: {notice.step}{f', by {short(notice.by.name or notice.by.email)}' if notice.by else ''}"


def short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= NAME_CHARACTERS else f"{line[:NAME_CHARACTERS]}…"
