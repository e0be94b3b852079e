"""Filters of the leads that a team keeps under names."""

from collections.abc import Callable, Mapping

from django.db import IntegrityError

from accounts.models import User
from config.errors import Conflict, Unprocessable
from config.ids import OBJECT_ID
from config.text import is_visible, one_line
from leads.actions.lead_values import check_status
from leads.incoming import check_text
from leads.models import (
    EXACT_FIELDS,
    FILTER_FIELDS,
    FILTER_NAME_MAX_CHARACTERS,
    FILTER_TEXT_MAX_CHARACTERS,
    FILTERS_MAX,
    SavedFilter,
)
from leads.moments import day_end, day_start


def save_filter(*, by: User, name: str, wanted: Mapping[str, str]) -> SavedFilter:
    """Keep a filter for the whole team. `wanted`: of FILTER_FIELDS those that are given, as addresses have them.

    Unprocessable without a name, and for what filters nothing or can't be read; Conflict when the name is taken, or
    the team has FILTERS_MAX of them.
    """
    saved = SavedFilter(team_id=by.team_id, by=by, name=check_name(name), wanted=checked(wanted))
    names = list(SavedFilter.objects.owned_by(by).values_list("name", flat=True))
    # Compared here: MongoDB reads a name that it is to find in any case as a regular expression.
    if known := next((name for name in names if name.casefold() == saved.name.casefold()), ""):
        raise taken(known)
    if len(names) >= FILTERS_MAX:
        raise Conflict(f"Your team has {FILTERS_MAX} saved filters. Delete one that you no longer use.")
    try:
        saved.save(force_insert=True)
    except IntegrityError as error:  # of two at once the database refuses one
        raise taken(saved.name) from error
    return saved


def delete_filter(*, by: User, saved: SavedFilter) -> None:
    """For the whole team. The leads stay as they are."""
    SavedFilter.objects.owned_by(by).filter(pk=saved.pk).delete()


def taken(name: str) -> Conflict:
    return Conflict(f"Your team has a filter “{name}” already. Choose another name.")


def check_name(name: str) -> str:
    line = one_line(check_text(name, "name", most=FILTER_NAME_MAX_CHARACTERS))
    if not is_visible(line):
        raise Unprocessable("Give the filter a name.", field="name")
    return line


def checked(wanted: Mapping[str, str]) -> dict[str, str]:
    """What filters something. Unprocessable when nothing does, and for what can't be read."""
    given = {field: wanted[field].strip() for field in FILTER_FIELDS if wanted.get(field, "").strip()}
    if not given:
        raise Unprocessable("This filters nothing. Choose what to look for first.", field="wanted")
    for field, text in given.items():
        CHECKS[field](check_text(text, field, most=FILTER_TEXT_MAX_CHARACTERS))
    return given


def check_owner(text: str) -> None:
    if not OBJECT_ID.fullmatch(text):
        raise Unprocessable("Choose an owner of the list.", field="owner")


def of_day(read: Callable[[str], object], field: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        try:
            read(text)
        except ValueError as error:
            raise Unprocessable(str(error), field=field) from error

    return check


CHECKS: dict[str, Callable[[str], object]] = {
    "status": check_status,
    "q": str,
    "tag": str,
    "owner": check_owner,
    "from": of_day(day_start, "from"),
    "to": of_day(day_end, "to"),
    **dict.fromkeys(EXACT_FIELDS, str),
}
