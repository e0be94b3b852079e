"""What came of those who called: how far each lead got, who of the team has it, and what was noted."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from leads.demo.chats import SampleChat
from leads.demo.names import BUDGETS, ELSEWHERE, JOB_TITLES, MEMBERS, MESSAGES, NOTES, TAGS, TIMELINES
from leads.demo.people import Person
from leads.demo.talks import Talk

GOALS = {  # how far a lead gets that had time to, weighed
    ("contacted",): 20,
    ("contacted", "qualified"): 22,
    ("contacted", "qualified", "converted"): 28,
    ("contacted", "closed"): 14,
    ("contacted", "qualified", "closed"): 8,
    (): 20,
}
FRESH = dt.timedelta(days=4)  # in which most have not been called yet
HOURS = {"contacted": (2, 40), "qualified": (20, 140), "converted": (48, 300), "closed": (60, 280)}  # until a step


@dataclass(frozen=True)
class Step:
    """A status that was reached, or a note that was written."""

    text: str
    at: dt.datetime
    by: int | None


@dataclass(frozen=True)
class SampleLead:
    name: str
    email: str
    company: str
    interest: str
    phone: str
    source: str
    timestamp: dt.datetime
    session_id: str = ""
    job_title: str = ""
    budget: str = ""
    timeline: str = ""
    message: str = ""
    owner: int | None = None
    tags: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    notes: tuple[Step, ...] = ()
    of_chat: str = field(default="", compare=False)  # the number of the chat it came out of

    @property
    def status(self) -> str:
        return self.steps[-1].text if self.steps else "new"


def of_talk(random: Random, person: Person, talk: Talk, now: dt.datetime) -> SampleLead:
    source = "voice assistant" if talk.channel == "voice" else "website chat"
    wish = next(turn.text for turn in talk.turns if turn.role == "user")
    return lead(random, person, talk.end, now, source=source, session_id=talk.session_id, message=wish)


def from_elsewhere(random: Random, person: Person, now: dt.datetime, days: int) -> SampleLead:
    age = dt.timedelta(days=random.triangular(0.1, days, 5))
    message = random.choice(MESSAGES).format(interest=person.interest.lower())
    return lead(random, person, now - age, now, source=random.choice(ELSEWHERE), message=message)


def once_more(random: Random, known: SampleLead, now: dt.datetime) -> SampleLead:
    """Somebody who is known, under another e-mail: a duplicate to be found."""
    email = known.email.partition("@")[0].replace(".", "") + "@mail.example"
    at = now - dt.timedelta(hours=random.uniform(3, 8))
    return replace(known, email=email, timestamp=at, source="newsletter", owner=None, tags=(), steps=(), notes=())


def lead(random: Random, person: Person, at: dt.datetime, now: dt.datetime, **more: str) -> SampleLead:
    owner = random.randrange(len(MEMBERS))
    steps = tuple(history(random, at, now, owner))
    return SampleLead(
        name=person.name,
        email=person.email,
        company=person.company,
        interest=person.interest,
        phone=person.phone,
        job_title=random.choice(JOB_TITLES),
        budget=random.choice(BUDGETS),
        timeline=random.choice(TIMELINES),
        timestamp=at,
        owner=owner if steps or random.random() < 0.3 else None,
        tags=tuple(random.sample(TAGS, random.choice((0, 1, 1, 2)))),
        steps=steps,
        notes=tuple(notes(random, steps)),
        **more,
    )


def of_chat(random: Random, chat: SampleChat, now: dt.datetime) -> SampleLead:
    """A lead that somebody made of a chat while they wrote."""
    goal = ("contacted", "qualified", "converted") if "won" in chat.labels else ("contacted", "qualified")
    start, owner = chat.messages[0].at, next((each.by for each in chat.messages if each.by), 1)
    gap = (chat.messages[-1].at - start) / (len(goal) + 1)
    steps = tuple(Step(status, start + gap * number, owner) for number, status in enumerate(goal, 1))
    return SampleLead(
        name=chat.name,
        email=chat.email,
        company=chat.company,
        interest=chat.interest,
        phone=f"+{chat.number}",
        source="whatsapp",
        timestamp=start,
        owner=owner,
        tags=("repeat customer",) if "won" in chat.labels else (),
        steps=steps,
        notes=tuple(notes(random, steps)),
        of_chat=chat.number,
    )


def history(random: Random, at: dt.datetime, now: dt.datetime, owner: int) -> Iterator[Step]:
    """As far as time allows: who came up yesterday is not converted yet."""
    goal = random.choices([*GOALS], [*GOALS.values()])[0]
    is_fresh = now - at < FRESH and random.random() < 0.6
    for status in () if is_fresh else goal:
        at += dt.timedelta(hours=random.uniform(*HOURS[status]))
        if at >= now:
            return
        yield Step(status, at, owner if random.random() < 0.8 else 0)


def notes(random: Random, steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        if random.random() < 0.55:
            yield Step(random.choice(NOTES[step.text]), step.at + dt.timedelta(seconds=40), step.by)
