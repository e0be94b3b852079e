"""Sample teams: people who are nobody, to look around as. They go again with all that is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts import remembered
from accounts.actions import audit, deletion, passwords, teams, users
from accounts.models import Event, Role, Team, User, UserQuerySet
from config.db import atomic
from config.errors import Conflict

GONE = "This sample team is not here any more."


@dataclass(frozen=True)
class SamplePerson:
    email: str
    name: str
    role: Role = Role.MEMBER


def people() -> UserQuerySet:
    """All whose accounts were made with a sample team, wherever they went since."""
    return User.objects.filter(is_sample=True).order_by("created_at", "pk")


def create(*, name: str, members: Sequence[SamplePerson], password: str) -> list[User]:
    """Make a team of its own with these people, who sign in with one password.

    Conflict when somebody has one of the e-mails: nothing is made then.
    """
    passwords.check_new(password)
    taken = User.objects.filter(email__in=[member.email for member in members]).values_list("email", flat=True).first()
    if taken:
        raise Conflict(f"There is already an account {taken}. Give it another e-mail, or delete it, then try again.")
    team = Team.objects.create(name=name, is_sample=True)
    try:
        return [add(team, member, password) for member in members]
    except BaseException:
        remove_all()
        raise


def add(team: Team, member: SamplePerson, password: str) -> User:
    def save(user: User) -> None:
        user.team, user.role, user.is_sample = team, member.role, True
        user.save(force_insert=True)

    return users.create_user(email=member.email, password=password, name=member.name, save=save)


def remove_all() -> None:
    """Delete all sample people and teams with everything they have, now. It may be run again after it was cut off."""
    for team in Team.objects.filter(is_sample=True):
        send_guests_home(team)
    shut(people().filter(deleted_at=None))
    for user in people().select_related("team"):
        deletion.delete_account(user=user)
    for team in Team.objects.filter(is_sample=True):
        deletion.delete_team(team)


def close(*, by: User) -> None:
    """Shut the sample team that the person is in. Workers delete what is left of it.

    Forbidden for who does not run it, Conflict when it is no sample team.
    """
    if not Team.objects.owned_by(by).filter(is_sample=True).exists():
        raise Conflict(GONE)
    teams.check_runs_team(by)
    send_guests_home(by.team)
    for pk in shut(people().filter(team=by.team_id, deleted_at=None)):
        deletion.enqueue(pk)


def shut(rows: UserQuerySet) -> list[str]:
    """Shut these accounts, administrators last: a team that has members needs one. Their ids."""
    found = sorted(rows, key=lambda user: user.role == Role.ADMIN)
    for user in found:
        deletion.shut(user)
    return [user.pk for user in found]


def send_guests_home(team: Team) -> None:
    """Whoever has joined with an account of their own keeps it, in a team of their own."""
    for guest in User.objects.filter(team=team, is_sample=False, deleted_at=None):
        leave(guest)
        remembered.forget(guest)


@atomic
def leave(guest: User) -> None:
    teams.lock(guest.team_id)
    teams.move_out(guest)
    audit.record(user=guest, event=Event.LEFT, words=guest.team.name)
