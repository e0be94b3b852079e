"""What is known of the chats of a team."""

from typing import Any

from accounts.models import User
from config import times
from leads.analytics import recent
from leads.analytics.days import gather
from leads.analytics.period import DAY, Period
from leads.models import Contact

DAYS = 7


def chat_figures(user: User) -> dict[str, Any]:
    """Of all its contacts and messages; `messages_by_day` of today and the six days before, in order."""
    tally, now = gather(user.team_id, "chats", Period()), times.now()
    days = [(now.date() - DAY * ago).isoformat() for ago in reversed(range(DAYS))]
    return {
        "total_users": tally.numbers["contacts"],
        "total_messages": tally.numbers["messages"],
        "active_users_24h": recent.count(Contact.objects.owned_by(user), "last_inbound_at", recent.DAY),
        "timestamp": now,
        "messages_by_day": [{"_id": day, "count": tally.groups["day"][day]} for day in days],
    }
