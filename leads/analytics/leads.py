"""What is known of the leads of a period."""

from typing import Any

from accounts.models import User
from leads.analytics import recent
from leads.analytics.days import gather
from leads.analytics.period import Period
from leads.analytics.shapes import by_name, by_number, most, top
from leads.analytics.tallies import Tally
from leads.models import Lead


def lead_figures(user: User, period: Period) -> dict[str, Any]:
    """Of the leads whose `timestamp` lies in it, with the status they have now; what is recent counts from now back."""
    figures = shaped(gather(user.team_id, "leads", period))
    return figures | {"recent_leads_7_days": recent.count(Lead.objects.owned_by(user), "timestamp", recent.WEEK)}


def shaped(tally: Tally) -> dict[str, Any]:
    return {
        "total_leads": tally.numbers["leads"],
        "status_distribution": dict(by_number(tally.groups["status"])),
        "top_companies": top(tally.groups["company"]),
        "top_interests": top(tally.groups["interest"]),
        "by_day": by_name(tally.groups["day"]),
        "by_source": most(tally.groups["source"]),
    }
