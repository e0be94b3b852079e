"""All that is known of a lead, as an answer to a request."""

from django.http import HttpResponseBase

from accounts.archive import safe_name
from accounts.models import User
from config.streaming import holding
from leads.actions import lead_data
from leads.export_answers import place_for, stream_answer
from leads.models import Lead

ZIP = "application/zip"


def data_answer(user: User, lead: Lead, *, address: str = "") -> HttpResponseBase:
    """A zip file, sent as it is made. TooMany while the team has enough files under way."""
    with holding(place_for(user.team_id)) as place:
        parts = lead_data.take_data(by=user, lead=lead, address=address)
        return stream_answer(parts, safe_name(f"lead-{lead.pk}.zip"), ZIP, place)
