"""Whatever is written, and whenever days are counted meanwhile: the figures are what the rows come to."""

import datetime as dt
import random

import pytest

from accounts.models import User
from config import times
from leads.actions import counting, events, leads, recount, sessions
from leads.analytics import Period, conversation_figures, lead_figures, transcript_figures
from leads.analytics.counting import COUNTERS
from leads.analytics.days import gather
from leads.models import ConversationSession, DirtyDay, Lead, LeadStatus
from tests.leads.figures import LONG_AGO, ago, settle

STEPS = 50
DAYS = 75


class Desk:
    """A team that does this and that, in an order that the seed decides."""

    def __init__(self, user: User, seed: int) -> None:
        self.user, self.random = user, random.Random(seed)  # noqa: S311
        self.event = 0

    def step(self) -> None:
        acts = [self.lead, self.status, self.delete, self.log, self.log, self.again, self.start, self.end, self.count]
        self.random.choice(acts)()

    def moment(self) -> dt.datetime:
        """Of the last months, often of the last days, and once in a while of a clock that is fast."""
        if self.random.random() < 0.1:
            return times.now() + dt.timedelta(minutes=self.random.randint(0, 20 * 60))
        days = self.random.choice([1, 2, 30, self.random.randint(0, DAYS)])
        return ago(days, self.random.randint(0, 23), self.random.randint(0, 59))

    def session_id(self) -> str:
        return f"call_{self.random.randint(1, 12)}"

    def lead(self) -> None:
        """A new one, or one that is known."""
        number = self.random.randint(1, 9)
        fields = {"name": "Ann", "email": f"{number}@acme.example", "company": f"Firm {number % 4}", "interest": "bots"}
        given = {"timestamp": self.moment()} if self.random.random() < 0.7 else {}
        named = {"session_id": self.session_id()} if self.random.random() < 0.6 else {}
        leads.create_lead(by=self.user, **fields, **given, **named)

    def status(self) -> None:
        for lead in self.some_leads():
            leads.set_status(by=self.user, lead=lead, status=self.random.choice(LeadStatus.values))

    def delete(self) -> None:
        for lead in self.some_leads():
            leads.delete_lead(by=self.user, lead=lead)

    def some_leads(self) -> list[Lead]:
        known = list(Lead.objects.owned_by(self.user).order_by("email"))
        return [self.random.choice(known)] if known else []

    def log(self) -> None:
        """A few events, late or not, of a session that is known or not."""
        batch = []
        for _ in range(self.random.randint(1, 4)):
            self.event += 1
            batch.append(self.said(self.event))
        events.log_events(by=self.user, events=batch)

    def again(self) -> None:
        """One that is stored already, perhaps."""
        events.log_events(by=self.user, events=[self.said(self.random.randint(1, self.event + 1))])

    def said(self, number: int) -> dict[str, object]:
        role = self.random.choice(["user", "user", "assistant", "tool"])
        named = {"event_id": f"e{number}", "session_id": f"call_{number % 12 + 1}"}
        return {**named, "role": role, "content": "Hello.", "timestamp": self.moment()}

    def start(self) -> None:
        given = {"start_time": self.moment()} if self.random.random() < 0.7 else {}
        made = {"items": [{"type": "function_call", "name": "create_lead"}]} if self.random.random() < 0.2 else {}
        from_where = {"country": self.random.choice(["DE", "NO"])}
        sessions.start_session(by=self.user, session_id=self.session_id(), metadata=from_where, **given, **made)

    def end(self) -> None:
        known = list(ConversationSession.objects.owned_by(self.user).order_by("session_id"))
        if known:
            session = self.random.choice(known)
            after = dt.timedelta(seconds=self.random.randint(0, 4000))
            sessions.change_session(by=self.user, session_id=session.session_id, end_time=session.start_time + after)

    def count(self) -> None:
        """Some of the days that are marked, as the sweeper does."""
        for mark in DirtyDay.objects.order_by("day"):
            if self.random.random() < 0.6:
                DirtyDay.objects.filter(pk=mark.pk).update(marked_at=LONG_AGO)
        counting.refresh()


def agree(user: User, period: Period) -> None:
    for kind, count in COUNTERS.items():
        assert gather(user.team_id, kind, period).as_json() == count(user.team_id, period).as_json(), kind


@pytest.mark.parametrize("seed", range(3))
def test_figures_agree_with_the_rows(alice, seed):
    desk = Desk(alice, seed)
    for number in range(STEPS):
        desk.step()
        if number % 10 == 9:
            agree(alice, Period())
            agree(alice, Period(*sorted([desk.moment(), desk.moment() + dt.timedelta(minutes=1)])))
    settle()
    agree(alice, Period())
    assert list(recount.differences(team=alice.team)) == []
    before = [figures(alice, Period()) for figures in (lead_figures, conversation_figures, transcript_figures)]
    recount.recount(team=alice.team)
    settle()
    assert [figures(alice, Period()) for figures in (lead_figures, conversation_figures, transcript_figures)] == before
