"""Changing and deleting several leads of a team at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from accounts.models import User
from config.errors import Conflict, DomainError, NotFound, Unprocessable
from config.selection import selected
from leads.actions import leads as actions
from leads.actions import statuses
from leads.actions.lead_values import check_status, check_tags
from leads.models import Lead

TRIES = 3
NOTHING = "Choose what to change."


class Changes(TypedDict, total=False):
    status: str
    owner: str | None  # the id of a member; None: nobody
    add_tags: list[str]
    remove_tags: list[str]


@dataclass
class Report:
    """What became of several leads: how many changed or were so already, and those that did not, by the reason."""

    changed: int = 0
    same: int = 0
    refused: dict[str, list[Lead]] = field(default_factory=lambda: defaultdict(list))


def change_selected(*, by: User, leads: Iterable[Lead], **changes: Unpack[Changes]) -> Report:
    """Change each lead that it can, by itself. At most SELECTED_MAX, all of them of `by`'s team.

    Unprocessable, before any is changed, for a status or a tag that no lead takes, and without any change.
    """
    found, wanted, report = selected(leads, "leads"), checked(changes), Report()
    for lead in found:
        try:
            is_changed = change_one(by, lead, wanted)
        except DomainError as error:
            report.refused[error.message].append(lead)
        else:
            report.changed += is_changed
            report.same += not is_changed
    return report


def delete_selected(*, by: User, leads: Iterable[Lead]) -> int:
    """Delete the leads with their notes and histories: how many. At most SELECTED_MAX, all of them of `by`'s team."""
    found = selected(leads, "leads")
    for lead in found:
        actions.delete_lead(by=by, lead=lead)
    return len(found)


def checked(changes: Changes) -> Changes:
    if not changes:
        raise Unprocessable(NOTHING, field="changes")
    if "status" in changes:
        check_status(changes["status"])
    tags = {name: check_tags(changes.get(name, ())) for name in ("add_tags", "remove_tags")}
    if both := set(tags["add_tags"]).intersection(tags["remove_tags"]):
        raise Unprocessable(f"“{min(both)}” is to be added and removed. Choose one of both.", field="remove_tags")
    return {**changes, **tags}


def change_one(by: User, lead: Lead, wanted: Changes) -> bool:
    """Whether it was not so already. As it is now: others may have changed it since the list was read."""
    for _ in range(TRIES):
        now = Lead.objects.filter(pk=lead.pk).first()
        if now is None:
            raise NotFound(statuses.GONE)
        values = differing(now, wanted)
        try:
            if values:
                actions.change_lead(by=by, lead=now, **values)
        except Conflict:  # somebody changed it in this very moment
            continue
        return bool(values)
    raise Conflict(statuses.OVERTAKEN)


def differing(lead: Lead, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What `change_lead` is to be told; nothing when the lead is so already."""
    gone, added = wanted["remove_tags"], wanted["add_tags"]
    tags = [tag for tag in lead.tags if tag not in gone]
    tags += [tag for tag in added if tag not in tags]
    values: dict[str, Any] = {}
    if "status" in wanted and wanted["status"] != lead.status:
        values["status"] = wanted["status"]
    if "owner" in wanted and wanted["owner"] != lead.owner_id:
        values["owner"] = wanted["owner"]
    return values | ({"tags": tags} if tags != lead.tags else {})
