"""Many words of the dictionary at once, as people paste them: a word, how it is said, and if they like a language."""

import csv
from collections.abc import Iterator
from typing import Any

from accounts.actions import teams
from accounts.models import User
from config.db import atomic
from config.errors import DomainError, Unprocessable
from jobs.actions.pronunciations import as_said, checked, full
from jobs.models import PRONUNCIATIONS_MAX, Pronunciation

SHAPE = "Write a word, a comma and how it is said."
Values = dict[str, Any]  # the columns of an entry


def add_many(*, by: User, text: str) -> tuple[int, int]:
    """How many words are new, and how many are said in another way now: all lines are taken, or none.

    Each line is a word, how it is said (IPA between slashes) and a language or none, as CSV has them. Unprocessable,
    with its number, for a line that can't be taken; Conflict when the dictionary would have too many.
    """
    entries = {(values["language"], values["key"]): values for values in read(text)}
    if not entries:
        raise Unprocessable(SHAPE, field="text")
    return save(by, entries)


def read(text: str) -> Iterator[Values]:
    lines = text.splitlines()
    if len(lines) > PRONUNCIATIONS_MAX:
        raise Unprocessable(f"Send at most {PRONUNCIATIONS_MAX:,} lines at once.", field="text")
    rows = csv.reader(lines, skipinitialspace=True)
    try:
        yield from (values_of(cells) for cells in rows if cells)
    except (DomainError, csv.Error) as error:
        message = error.message if isinstance(error, DomainError) else SHAPE
        raise Unprocessable(f"Line {rows.line_num}: {message}", field="text") from error


def values_of(cells: list[str]) -> Values:
    word, said, language = ([cell.strip() for cell in cells] + ["", ""])[:3]
    if not said or len(cells) > 3:
        raise Unprocessable(SHAPE)
    return checked({"word": word, "language": language, **as_said(said)})


@atomic
def save(by: User, entries: dict[tuple[str, str], Values]) -> tuple[int, int]:
    """What is said as before is left as it is."""
    teams.lock(by.team_id)
    known = {(entry.language, entry.key): entry for entry in Pronunciation.objects.owned_by(by)}
    new = [Pronunciation(team_id=by.team_id, by=by, **entries[name]) for name in entries if name not in known]
    if len(known) + len(new) > PRONUNCIATIONS_MAX:
        raise full()
    Pronunciation.objects.bulk_create(new)
    changed = [name for name in entries if name in known and differs(known[name], entries[name])]
    for name in changed:
        said = {column: entries[name][column] for column in ("replacement", "ipa")}
        Pronunciation.objects.filter(pk=known[name].pk).update(**said)
    return len(new), len(changed)


def differs(entry: Pronunciation, values: Values) -> bool:
    return (entry.replacement, entry.ipa) != (values["replacement"], values["ipa"])
