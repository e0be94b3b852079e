"""What becomes of a known lead when it is sent again: what is given replaces, nothing is blanked."""

from typing import Any

from leads.actions.lead_values import tag_line
from leads.incoming import OBJECT_MAX_BYTES, check_json
from leads.models import TAGS_MAX, Lead

NEVER = ("email", "timestamp", "status", "tags", "metadata")  # kept as they are, or combined below


def merged(lead: Lead, given: dict[str, Any]) -> dict[str, Any]:
    """The columns that change, with their values; the status is moved by whoever calls."""
    changes = {field: value for field, value in given.items() if value and field not in NEVER}
    if given.get("tags"):
        changes["tag_line"] = tag_line(united(lead.tags, given["tags"]))
    if given.get("metadata"):
        changes["metadata"] = joined(lead.metadata, given["metadata"])
    return {field: value for field, value in changes.items() if value != getattr(lead, field)}


def united(old: list[str], new: list[str]) -> list[str]:
    """Each once; where they are too many, the oldest go."""
    return [*(tag for tag in old if tag not in new), *new][-TAGS_MAX:]


def joined(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Names of both; where they need too much room, the oldest go."""
    kept = {name: value for name, value in old.items() if name not in new} | new
    room = OBJECT_MAX_BYTES - check_json(kept, "metadata")
    for name in list(kept):
        if room >= 0:
            break
        room += check_json({name: kept.pop(name)}, "metadata")
    return kept


def earlier_message(lead: Lead, changes: dict[str, Any]) -> str:
    """A note that keeps the message which a new one replaces; "" when none is lost."""
    is_lost = lead.message and "message" in changes and lead.message not in changes["message"]
    return f"Earlier message:\n{lead.message}" if is_lost else ""
