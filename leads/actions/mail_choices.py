"""Which mails of the desk a person wants."""

from typing import Any

from accounts.models import User
from config import times
from config.errors import Unprocessable
from leads.models import MailChoice, NewLeads, ReportKind, ReportMail
from leads.notices import mail_links
from leads.notices.mail_links import NEWS

OFF: dict[str, dict[str, Any]] = {  # what a link switches off, by the kind of mail it stands in
    NEWS: {"new_leads": NewLeads.NONE, "status_changes": False},
    ReportKind.WEEKLY: {"weekly_since": None},
    ReportKind.DAILY: {"daily_since": None},
}
WORDS = {NEWS: "News of leads", ReportKind.WEEKLY: "The weekly report", ReportKind.DAILY: "The daily report"}


def of_user(user: User) -> MailChoice:
    """The person's choices in their team; a row that is not saved while they have made none."""
    return MailChoice.objects.filter(user=user, team=user.team_id).first() or MailChoice(
        user=user, team_id=user.team_id
    )


def choose(*, by: User, new_leads: str, status_changes: bool, weekly: bool, daily: bool) -> None:
    """From now on: what was before is not mailed."""
    if new_leads not in NewLeads.values:
        raise Unprocessable("Choose all, mine or none.", field="new_leads")
    choice, now = made(by), times.now()
    had_news = choice.new_leads != NewLeads.NONE or choice.status_changes
    fields: dict[str, Any] = {"new_leads": new_leads, "status_changes": status_changes}
    for name, is_wanted in (("weekly_since", weekly), ("daily_since", daily)):
        fields[name] = (getattr(choice, name) or now) if is_wanted else None
    if not had_news:
        fields["mailed_until"] = now
    MailChoice.objects.filter(pk=choice.pk).update(**fields)


def made(user: User) -> MailChoice:
    """The person's row. One of another team, which they have left, goes."""
    MailChoice.objects.filter(user=user).exclude(team=user.team_id).delete()
    return MailChoice.objects.get_or_create(user=user, defaults={"team_id": user.team_id})[0]


def let_go(user: User) -> None:
    """Nobody gets mails of a team that they leave; within the transaction in which they go."""
    MailChoice.objects.filter(user=user).delete()
    ReportMail.objects.filter(user=user).delete()


def switch_off(*, token: str) -> str:
    """What a link in a mail is for; the words for what is off now. Done twice, it changes nothing."""
    user_id, kind = mail_links.read(token)
    MailChoice.objects.filter(user=user_id).update(**OFF[kind])
    return WORDS[kind]
