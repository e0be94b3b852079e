"""Leads that may be one person: found by a sweep, some at a time, and dismissed by hand.

A lead that is new or has changed in what tells who it is has `compared` at 0 (`lead_values.compared_again`). The sweep
compares it by equal keys, along an index: its work grows with what has changed, not with what is there.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress

from django.db import IntegrityError
from django.db.models import Q

from accounts.models import User
from config.db import atomic
from config.errors import Conflict
from leads import likeness
from leads.models import COMPARED, Lead, LeadKey, LeadPair, LeadPairQuerySet

BATCH_ROWS = 500
RUN_SECONDS = 1.5  # of one run: other sweeps wait for it
SHARED_MAX = 8  # leads with one key: what more have, such as the number of a switchboard, tells no person
COLUMNS = ("pk", "team_id", "name", "email", "company", "phone")
Kinds = dict[str, set[str]]  # in what somebody else is alike, by their id


def sweep(*, seconds: float = RUN_SECONDS) -> int:
    """Compare the leads that are to be compared, for a moment. How many were."""
    until, done = time.monotonic() + seconds, 0
    while batch := begin():
        teams = defaultdict(list)
        for row in batch:
            teams[row[1]].append(row)
        for team_id, rows in teams.items():
            compare(team_id, rows)
        done += len(batch)
        Lead.objects.filter(pk__in=[row[0] for row in batch], compared=COMPARED - 1).update(compared=COMPARED)
        if time.monotonic() > until:
            break
    return done


def begin() -> list[tuple[str, ...]]:
    """The next ones, read after it is noted that they are gone about: one that changes meanwhile comes again."""
    pks = list(Lead.objects.filter(compared__lt=COMPARED).values_list("pk", flat=True)[:BATCH_ROWS])
    rows = Lead.objects.filter(pk__in=pks)
    rows.update(compared=COMPARED - 1)
    return list(rows.values_list(*COLUMNS))


def compare(team_id: str, rows: Sequence[tuple[str, ...]]) -> None:
    keys = {pk: keys_of(values) for pk, _, *values in rows}
    found = put_keys(team_id, keys)
    alike = {pk: others(pk, own, found) for pk, own in keys.items()}
    settle(team_id, alike)


def keys_of(values: Sequence[str]) -> dict[str, str]:
    name, email, company, phone = values
    made = likeness.keys_of(name=name, email=email, company=company, phone=phone)
    return {key: kind.value for kind, key in made.items()}


@atomic
def put_keys(team_id: str, keys: dict[str, dict[str, str]]) -> dict[str, set[str]]:
    """Write the keys of these leads anew; who has each, these leads too. What very many have is not written."""
    LeadKey.objects.filter(lead__in=list(keys)).delete()
    there = set(Lead.objects.filter(pk__in=list(keys)).values_list("pk", flat=True))
    wanted = {key for own in keys.values() for key in own}
    found = defaultdict(set)
    for key, pk in LeadKey.objects.filter(team=team_id, key__in=list(wanted)).values_list("key", "lead_id"):
        found[key].add(pk)
    new = []
    for pk in filter(there.__contains__, keys):  # the others have gone since they were read
        for key, kind in keys[pk].items():
            if len(found[key]) <= SHARED_MAX:
                found[key].add(pk)
                new.append(LeadKey(team_id=team_id, lead_id=pk, kind=kind, key=key))
    LeadKey.objects.bulk_create(new)
    return found


def others(pk: str, own: dict[str, str], found: dict[str, set[str]]) -> Kinds:
    """Who is alike, and in what."""
    alike: Kinds = defaultdict(set)
    for key, kind in own.items():
        if len(found[key]) <= SHARED_MAX:
            for other in found[key] - {pk}:
                alike[other].add(kind)
    return alike


def settle(team_id: str, alike: dict[str, Kinds]) -> None:
    """Bring the suggested pairs of these leads up to date; those that were dismissed stay so."""
    wanted = {tuple(sorted((pk, other))): kinds for pk, kin in alike.items() for other, kinds in kin.items()}
    pks = list(alike)
    known = LeadPair.objects.filter(Q(first__in=pks) | Q(second__in=pks)).values_list("first_id", "second_id", "kinds")
    here = {(first, second): kinds for first, second, kinds in known}
    for pair in here.keys() - wanted.keys():
        pair_of(*pair).filter(is_dismissed=False).delete()
    for pair, kinds in wanted.items():
        if pair not in here:
            suggest(team_id, pair, sorted(kinds))
        elif here[pair] != sorted(kinds):
            pair_of(*pair).update(kinds=sorted(kinds))


def pair_of(first: str, second: str) -> LeadPairQuerySet:
    return LeadPair.objects.filter(first=first, second=second)


def suggest(team_id: str, pair: tuple[str, str], kinds: list[str]) -> None:
    """Unless another sweeper was first, or one of the two has gone: no foreign key keeps that out on MongoDB."""
    with suppress(IntegrityError):
        LeadPair.objects.create(team_id=team_id, first_id=pair[0], second_id=pair[1], kinds=kinds)
    if Lead.objects.filter(pk__in=pair).count() < len(pair):  # those who go later see the pair: `forget`
        pair_of(*pair).delete()


def dismiss(*, by: User, pair: LeadPair) -> None:
    """They are two people: never suggest them again. Conflict when one of them is gone."""
    if not pair.is_whole or not LeadPair.objects.filter(pk=pair.pk).update(is_dismissed=True, by=by):
        raise Conflict("One of the two was merged or deleted in the meantime.")


def forget(lead_ids: Iterable[str]) -> None:
    """What was found of leads that have gone, also while they went."""
    pks = list(lead_ids)
    LeadKey.objects.filter(lead__in=pks).delete()
    LeadPair.objects.filter(Q(first__in=pks) | Q(second__in=pks)).delete()
