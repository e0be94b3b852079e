"""What tests make leads with."""

from typing import Any

from accounts.models import User
from leads.actions import leads
from leads.models import Lead

PERSON = {"name": "Ann Lee", "email": "ann@acme.example", "company": "Acme", "interest": "voice bots"}


def make_lead(by: User, **fields: Any) -> Lead:
    """A lead of somebody's team."""
    lead, _ = leads.create_lead(by=by, **PERSON | fields).result
    return lead
