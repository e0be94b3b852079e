"""All that is known of a lead, taken by somebody of the team."""

from collections.abc import Generator

from accounts.actions import audit
from accounts.models import Event, User
from leads.models import Lead
from leads.privacy import lead_archive


def take_data(*, by: User, lead: Lead, address: str = "") -> Generator[bytes, None, None]:
    """The parts of a zip file, made one after the other. The audit trail has it before the first one is."""
    audit.record(user=by, event=Event.LEAD_DATA_TAKEN, words=f"Lead {lead.pk}", address=address)
    return lead_archive.parts(lead)
