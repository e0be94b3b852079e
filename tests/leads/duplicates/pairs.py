from leads.models import Lead, LeadPair, Likeness


def make_pair(lead: Lead) -> LeadPair:
    """A lead and another one of its team, with the same phone."""
    other = Lead.objects.create(team=lead.team, name="Ann L.", email="ann.l@else.example")
    first, second = sorted((lead.pk, other.pk))
    return LeadPair.objects.create(team=lead.team, first_id=first, second_id=second, kinds=[Likeness.PHONE.value])
