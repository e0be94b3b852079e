"""The leads of the assistant: a row makes a lead, or says more of the one that has its e-mail."""

import hashlib

from accounts.models import EMAIL_MAX_CHARACTERS
from config import times
from config.importing import Context, Outcome, Refused, Row
from leads.actions import imports, lead_values
from leads.importing.reading import Reader, digest, time_in
from leads.importing.sources import stem_of
from leads.models import MESSAGE_MAX_CHARACTERS, Lead, LeadStatus

ID_NAMES = ("_id", "id", "lead_id")
NAMES = {  # of what a lead has here, in the old rows
    "name": ("name", "full_name"),
    "company": ("company", "company_name", "organization"),
    "interest": ("interest", "product_interest"),
    "phone": ("phone", "phone_number"),
    "job_title": ("job_title", "title"),
    "budget": ("budget",),
    "timeline": ("timeline",),
    "source": ("source",),
}
WANTED = ("name", "company", "interest")
NO_TIME = "imported with the time of this import: it has none"
OTHER_STATUS = "imported as new: its status is none that is known here, and stands in its metadata"
OTHER_TEAM = "imported under another id: its own is another team's here"
MERGED = "one with the lead of its e-mail, {}; what it says otherwise is a note there"


class Leads:
    """What a run knows of leads: which conversations they name, and in a dry run the leads themselves."""

    def __init__(self) -> None:
        self.of_session: dict[str, str] = {}  # leads by the conversations that they name
        self.planned: dict[str, Lead] = {}  # by e-mail

    def import_lead(self, row: Row, context: Context) -> Outcome:
        read = Reader(row)
        lead = read_lead(read, context)
        if known := self.known_as(lead.pk, context):
            self.name_session(lead.session_id, known)
            return Outcome.KNOWN
        here = self.find(lead, context)
        outcome = self.merge(here, lead, read, context) if here else self.add(lead, context)
        self.name_session(lead.session_id, here.pk if here else lead.pk)
        for sentence in read.notes:
            context.note(row, sentence)
        return outcome

    def name_session(self, session_id: str, lead_id: str) -> None:
        if session_id:
            self.of_session.setdefault(session_id, lead_id)

    def known_as(self, lead_id: str, context: Context) -> str | None:
        """The lead that a row of this id became in an earlier run, or earlier in this one."""
        planned = context.planned.get(("lead", lead_id))
        return planned or imports.lead_known_as(team_id=context.owner.team_id, lead_id=lead_id)

    def find(self, lead: Lead, context: Context) -> Lead | None:
        return self.planned.get(lead.email) or Lead.objects.filter(team=lead.team_id, email=lead.email).first()

    def add(self, lead: Lead, context: Context) -> Outcome:
        imports.import_lead(by=context.owner, lead=lead, dry_run=context.is_dry_run)
        self.plan(lead, lead, context)
        return Outcome.IMPORTED

    def merge(self, here: Lead, lead: Lead, read: Reader, context: Context) -> Outcome:
        is_new = imports.merge_lead(by=context.owner, lead=here, other=lead, dry_run=context.is_dry_run)
        self.plan(here, lead, context)
        read.notes = [MERGED.format(here.pk)] if is_new else []
        return Outcome.IMPORTED if is_new else Outcome.KNOWN

    def plan(self, lead: Lead, row: Lead, context: Context) -> None:
        context.plan("lead", row.pk, lead.pk)
        if context.is_dry_run:
            self.planned[lead.email] = lead


def read_lead(read: Reader, context: Context) -> Lead:
    """The lead that the row is, not saved."""
    lead = Lead(team_id=context.owner.team_id, email=email_of(read))
    for field, names in NAMES.items():
        setattr(lead, field, read.line(*names, max_characters=lead_values.LINES[field]))
    lead.message = read.text("message", max_characters=MESSAGE_MAX_CHARACTERS)
    lead.session_id = read.session_id("session_id")
    lead.status = status_of(read)
    put_times(lead, read)
    lead.pk = id_of(read, lead.team_id)
    lead.metadata = read.rest("metadata")
    if missing := [name for name in WANTED if not getattr(lead, name)]:
        read.notes.append(f"imported without its {', '.join(missing)}, which it does not have")
    return lead


def email_of(read: Reader) -> str:
    email = read.text("email", "email_address", "e_mail", max_characters=EMAIL_MAX_CHARACTERS)
    if not email:
        raise Refused("It has no email.")
    return lead_values.check_email(email)


def status_of(read: Reader) -> LeadStatus:
    return LeadStatus(read.word("status", LeadStatus.values, OTHER_STATUS) or LeadStatus.NEW)


def put_times(lead: Lead, read: Reader) -> None:
    told = read.time("timestamp", "created_at", "date") or time_in(stem_of(read.row))
    if told is None:
        read.notes.append(NO_TIME)
    lead.timestamp = told or times.now()
    lead.created_at = read.time("created_at") or lead.timestamp
    lead.updated_at = read.time("updated_at") or lead.created_at


def id_of(read: Reader, team_id: str) -> str:
    """Its own id; else one that the same row always gets, and so does one whose id another team has here."""
    own = read.take_as(lambda value: own_id(read.row, value, team_id), *ID_NAMES)
    if own is None:
        return made_id(team_id, digest(dict(read.row.values)))
    pk = pk_of(team_id, own)
    if pk != own:
        read.notes.append(OTHER_TEAM)
    return pk


def pk_of(team_id: str, own: str) -> str:
    """The id that a lead with an id of its own has here."""
    return made_id(team_id, own) if imports.is_lead_elsewhere(team_id=team_id, lead_id=own) else own


def own_id(row: Row, value: object, team_id: str) -> str | None:
    try:
        return Row(row.place, {"id": value}).id("id", team_id=team_id, table="leads")
    except Refused:
        return None


def made_id(team_id: str, text: str) -> str:
    return hashlib.sha256(f"{team_id}/leads/{text}".encode()).hexdigest()[:24]
