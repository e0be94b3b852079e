"""Who called, what was said and what came of it: ninety days of a team, the same for the same seed and day."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from leads.demo import leads, talks
from leads.demo.chats import SampleChat, chats
from leads.demo.leads import SampleLead
from leads.demo.people import people
from leads.demo.talks import Talk

DAYS = 90
LEADS = 60
WITH_LEADS = 34  # talks that end with a lead
OTHER_TALKS = 94
RECORDED = 3
LATE = 4  # of these, at the end: each fourth talk there


@dataclass(frozen=True)
class Story:
    """Leads and talks oldest first. What belongs to a person of the team names them by their place in it."""

    leads: list[SampleLead]
    talks: list[Talk]
    chats: list[SampleChat]


def tell(seed: int, now: dt.datetime) -> Story:
    random = Random(seed)  # noqa: S311 - a story, no secret
    written = chats(now)
    callers = list(people(random, LEADS - sum(bool(chat.email) for chat in written)))
    moments = sorted(talks.moments(random, now, DAYS, WITH_LEADS + OTHER_TALKS))
    late = range(len(moments) - 1, 0, -4)[:LATE]
    tellers = {*late, *random.sample(range(late[-1]), WITH_LEADS - LATE)}
    said, found = [], []
    for number, start in enumerate(moments):
        person = callers[len(found)] if number in tellers else None
        talk = talks.talk(random, number, start, person)
        said.append(talk)
        if person:
            found.append(leads.of_talk(random, person, talk, now))
    found += [leads.from_elsewhere(random, person, now, DAYS) for person in callers[len(found) : -1]]
    found.append(leads.once_more(random, found[-1], now))
    found += [leads.of_chat(random, chat, now) for chat in written if chat.email]
    return Story(sorted(found, key=lambda lead: lead.timestamp), list(recorded(said)), written)


def recorded(said: list[Talk]) -> Iterator[Talk]:
    """The last calls that brought a lead are kept as sound too."""
    calls = [talk.session_id for talk in said if talk.channel == "voice" and talk.has_lead][-RECORDED:]
    return (replace(talk, is_recorded=talk.session_id in calls) for talk in said)
