"""The sample team: made of a story, and removed again. Nothing of it is sent to anybody."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.actions import sample_teams
from accounts.actions.sample_teams import SamplePerson
from accounts.models import Role, User
from config import times
from leads.actions.demo import chats, desk, figures, sounds, speech
from leads.demo.names import MEMBERS, TEAM
from leads.demo.story import tell
from leads.models import Contact, ConversationSession, Lead

SEED = 1
PEOPLE = [
    SamplePerson(email, name, Role.MEMBER if number else Role.ADMIN) for number, (email, name) in enumerate(MEMBERS)
]


@dataclass(frozen=True)
class Made:
    people: list[User]
    leads: int
    conversations: int
    recordings: int
    chats: int
    jobs: int


def is_there() -> bool:
    return sample_teams.people().filter(deleted_at=None).exists()


def create(*, password: str, seed: int = SEED, tell_step: Callable[[str], object] = lambda step: None) -> Made:
    """Make the sample team, all of it or nothing; `tell_step` is told what is made next.

    The same seed makes the same, but for days and times, which are counted from today. Conflict when somebody has the
    e-mail of one of its people.
    """
    people = sample_teams.create(name=TEAM, members=PEOPLE, password=password)
    try:
        return fill(people, seed, tell_step)
    except BaseException:
        sample_teams.remove_all()
        raise


def fill(people: list[User], seed: int, tell_step: Callable[[str], object]) -> Made:
    story = tell(seed, times.now())
    tell_step("voices")
    voice = sounds.find_voice()
    echo = speech.make_echos(people[0], voice)
    jobs = speech.start_jobs(people, echo, voice)
    recordings = sounds.record(people[0], [talk for talk in story.talks if talk.is_recorded], voice)
    tell_step("conversations")
    desk.put_talks(people, story.talks, recordings)
    contacts = chats.put_chats(people, story.chats, echo)
    tell_step("leads")
    desk.put_leads(people, story.leads, contacts)
    tell_step("figures")
    figures.count(people[0].team)
    team = {"team": people[0].team_id}
    numbers = [model.objects.filter(**team).count() for model in (Lead, ConversationSession, Contact)]
    return Made(people, numbers[0], numbers[1], len(recordings), numbers[2], len(jobs))


def remove() -> bool:
    """Delete the sample team with all that was made or added in it. Whether there was one."""
    was_there = sample_teams.people().exists()
    sample_teams.remove_all()
    return was_there
