"""The whole story, without a database."""

import datetime as dt
from collections import Counter

import pytest

from config import times
from leads.demo import story
from leads.demo.names import MEMBERS
from leads.intent import intent_of
from leads.models import SESSION_ID, Intent, LeadStatus

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)


def test_the_same_seed_tells_the_same():
    assert story.tell(1, NOW) == story.tell(1, NOW)
    assert story.tell(1, NOW) != story.tell(2, NOW)


@pytest.mark.parametrize("now", [NOW, NOW.replace(hour=0, minute=1), NOW - dt.timedelta(days=40)])
@pytest.mark.parametrize("seed", [1, 7])
def test_it_is_full_and_nothing_in_it_is_still_to_come(seed, now):
    told = story.tell(seed, now)
    assert (len(told.leads), len(told.talks), len(told.chats)) == (60, 128, 12)
    assert {lead.status for lead in told.leads} == set(LeadStatus.values)
    assert len({lead.email for lead in told.leads}) == 60
    assert {talk.channel for talk in told.talks} == {"voice", "web"}
    assert len({talk.session_id for talk in told.talks}) == 128
    assert all(SESSION_ID.fullmatch(talk.session_id) for talk in told.talks)
    ends = [talk.end for talk in told.talks] + [chat.messages[-1].at for chat in told.chats]
    ends += [step.at for lead in told.leads for step in (*lead.steps, *lead.notes)]
    assert max(ends) < now
    assert now - dt.timedelta(days=90) < min(lead.timestamp for lead in told.leads)
    assert max(talk.start for talk in told.talks) > now - dt.timedelta(hours=1)


def test_histories_go_forward_and_people_are_invented():
    told = story.tell(1, NOW)
    for lead in told.leads:
        moments = [lead.timestamp, *(step.at for step in lead.steps)]
        assert moments == sorted(moments)
    emails = [lead.email for lead in told.leads] + [email for email, _ in MEMBERS]
    assert all(email.endswith(".example") for email in emails)
    assert times.iso(told.talks[0].start) < times.iso(told.talks[-1].start)


def test_what_is_said_holds_every_intent_and_no_gap():
    turns = [turn for talk in story.tell(1, NOW).talks for turn in talk.turns]
    assert not any("{" in turn.text or not turn.text for turn in turns)
    counted = Counter(intent_of(turn.text) for turn in turns if turn.role == "user")
    assert set(counted) == set(Intent.values)
    assert {turn.role for turn in turns} == {"user", "assistant", "tool"}
