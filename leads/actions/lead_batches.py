"""Many leads at once, as an import brings them: some at a time in the journal and in one transaction.

Each is merged or made as by `leads.create_lead`, but nobody is told of it: a file of a hundred thousand leads would be
as many mails, toasts and webhooks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError

from accounts.models import User
from config import breaker
from config.db import STORE_ERRORS, atomic
from config.errors import Conflict
from leads import journal, records
from leads.actions import leads, rollups
from leads.actions.leads import Overtaken
from leads.models import ConversationSession, Lead, LeadAlias, StatusChange
from leads.records import Kind, Record


@dataclass(frozen=True)
class Entry:
    """A lead to take. `data` is checked; what is `assumed` of it says nothing new of a lead that is known."""

    record_id: str
    data: dict[str, Any]
    assumed: frozenset[str] = frozenset()


def take_leads(*, by: User, entries: Sequence[Entry]) -> list[bool]:
    """Take them in their order; of each whether it is new. Done twice it changes nothing, and gives the same.

    Whatever goes wrong, each is taken whole or not at all, and all may be taken again.
    """
    taken = dict[str, bool]()
    for wave in waves(entries):
        taken |= take_wave(by, wave)
    return [taken[entry.record_id] for entry in entries]


def waves(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Those of one e-mail one after the other, each in a later wave."""
    found, seen = list[list[Entry]](), dict[str, int]()
    for entry in entries:
        number = seen.get(entry.data["email"], 0)
        seen[entry.data["email"]] = number + 1
        if number == len(found):
            found.append([])
        found[number].append(entry)
    return found


def take_wave(by: User, wave: Sequence[Entry]) -> dict[str, bool]:
    known = leads_of(by.team_id, [entry.data["email"] for entry in wave])
    wanted = [told(entry, known.get(entry.data["email"])) for entry in wave]
    made = [records.make(Kind.LEAD, by=by, data=entry.data, record_id=entry.record_id) for entry in wanted]
    journal.append_many(made)
    try:
        written = write(made)
    except BaseException:
        for record in made:
            journal.drop(record)  # whoever imports comes back with it
        raise
    for record in made:
        journal.settle(record)
    return written


def leads_of(team_id: str, emails: Sequence[str]) -> dict[str, Lead]:
    return {lead.email: lead for lead in Lead.objects.filter(team=team_id, email__in=emails)}


def told(entry: Entry, lead: Lead | None) -> Entry:
    """Without what is assumed of everybody, where the lead that is known has something else."""
    kept = {name: getattr(lead, name) for name in entry.assumed if lead and getattr(lead, name)}
    kept.pop("status", None)
    data = {name: value for name, value in entry.data.items() if not (lead and name in entry.assumed)}
    return replace(entry, data=data | kept) if lead else entry


def write(made: Sequence[Record]) -> dict[str, bool]:
    """All in one transaction; alone, one after the other, when somebody else gets in the way of one."""
    mark_days(made)
    try:
        return put(made)
    except (Conflict, IntegrityError, Overtaken, *STORE_ERRORS) as error:
        if breaker.is_away(error):
            raise
    written = dict[str, bool]()
    for record in made:
        written |= put_alone(record)
    return written


def put_alone(record: Record) -> dict[str, bool]:
    for _ in range(leads.TRIES):
        try:
            return put([record])
        except (Conflict, IntegrityError, Overtaken):
            continue
    raise Conflict("This lead can't be kept: its id belongs to another one.")


def mark_days(made: Sequence[Record]) -> None:
    """As `statuses.mark_days` for all of them, those that will be made too."""
    team_id = made[0].team_id
    known = leads_of(team_id, [record.data["email"] for record in made])
    starts = ConversationSession.objects.filter(lead__in=[lead.pk for lead in known.values()])
    new = [leads.came_up(record) for record in made if record.data["email"] not in known]
    moments = [*new, *(lead.timestamp for lead in known.values()), *starts.values_list("start_time", flat=True)]
    rollups.mark(team_id, moments)


@atomic
def put(made: Sequence[Record]) -> dict[str, bool]:
    """Of each record, by its id, whether it has made a lead. No two have one e-mail."""
    team_id, ids = made[0].team_id, [record.id for record in made]
    rows = Lead.objects.filter(team=team_id)
    found = dict.fromkeys(LeadAlias.objects.filter(pk__in=ids, team=team_id).values_list("pk", flat=True), False)
    found |= dict.fromkeys(rows.filter(pk__in=ids).values_list("pk", flat=True), True)
    known = leads_of(team_id, [record.data["email"] for record in made])
    by_id = made[0].by_id if User.objects.filter(pk=made[0].by_id).exists() else None
    left = [record for record in made if record.id not in found]
    for record in left:
        if lead := known.get(record.data["email"]):
            leads.absorb(lead, record, by_id)
            found[record.id] = False
    new = [leads.row_of(record) for record in left if record.id not in found]
    insert(new, by_id)
    return found | dict.fromkeys((lead.pk for lead in new), True)


def insert(new: Sequence[Lead], by_id: str | None) -> None:
    Lead.objects.bulk_create(new)
    steps = (StatusChange(team_id=lead.team_id, lead=lead, by_id=by_id, to_status=lead.status) for lead in new)
    StatusChange.objects.bulk_create(steps)
