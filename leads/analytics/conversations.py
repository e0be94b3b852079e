"""What is known of the sessions of a period."""

import datetime as dt
from collections import Counter
from typing import Any

from accounts.models import User
from leads.analytics import recent
from leads.analytics.days import gather
from leads.analytics.period import Period
from leads.analytics.shapes import by_name, most, percent, seconds
from leads.analytics.tallies import Tally
from leads.models import ConversationSession

HOURS = 24  # of a day
FUNNEL = {  # stage: the number of the tally
    "sessions": "sessions",
    "engaged": "engaged",
    "lead": "with_leads",
    "qualified": "qualified",
    "converted": "converted",
}


def conversation_figures(user: User, period: Period) -> dict[str, Any]:
    """Of the sessions whose `start_time` lies in it. Hours and days are UTC's; weekdays are 1 (Monday) to 7."""
    figures = shaped(gather(user.team_id, "sessions", period))
    lately = recent.count(ConversationSession.objects.owned_by(user), "start_time", recent.WEEK)
    return figures | {"recent_sessions_7_days": lately}


def shaped(tally: Tally) -> dict[str, Any]:
    numbers, groups = tally.numbers, tally.groups
    return {
        "total_sessions": numbers["sessions"],
        "sessions_with_leads": numbers["with_leads"],
        "lead_conversion_rate": percent(numbers["with_leads"], numbers["sessions"]),
        **durations(tally),
        "hourly_distribution": by_name(hours(groups["hour"])),
        "by_weekday": by_name(weekdays(groups["day"])),
        "by_channel": most(groups["channel"]),
        "by_country": most(groups["country"]),
        "by_day": by_name(groups["day"]),
        "funnel": [{"stage": stage, "count": numbers[name]} for stage, name in FUNNEL.items()],
    }


def durations(tally: Tally) -> dict[str, float]:
    """In seconds; 0 without sessions."""
    number = tally.numbers["sessions"]
    average = tally.numbers["milliseconds"] / number / 1000 if number else 0.0
    return {
        "average_duration_seconds": round(average, 2),
        "max_duration_seconds": seconds(tally.longest),
        "min_duration_seconds": seconds(tally.shortest),
    }


def hours(of_week: Counter[Any]) -> Counter[int]:
    """Of the day, whatever the weekday."""
    counter = Counter[int]()
    for hour, number in of_week.items():
        counter[hour % HOURS] += number
    return counter


def weekdays(days: Counter[Any]) -> Counter[int]:
    counter = Counter[int]()
    for day, number in days.items():
        counter[dt.date.fromisoformat(day).isoweekday()] += number
    return counter
