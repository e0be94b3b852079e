"""Stores many transcript events in an installation's own database, in a process with its settings.

    python -m tests.benchmarks.fill_events ROWS

One in ten belongs to another team. Each has 15 words of 20,000, some frequent and most seldom; "the" is in every one,
the phrase "price list" in each hundredth, and "zanzibar" in ten of the first team's.
"""

import datetime as dt
import itertools
import json
import os
import random
import sys
from importlib import import_module
from secrets import token_urlsafe
from typing import Any

import django
from bson import ObjectId

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.apps import apps  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.actions import users  # noqa: E402
from accounts.models import User  # noqa: E402
from config import times  # noqa: E402
from leads.models import ConversationSession, TranscriptEvent  # noqa: E402

index = import_module("leads.migrations.0002_search")
CHUNK = 10_000
OF_SESSION = 100
DAYS = 90
WORDS = [f"word{number}" for number in range(20_000)]
WEIGHTS = list(itertools.accumulate(1 / (number + 10) for number in range(len(WORDS))))
RARE_ROWS = 10


def fill(rows: int) -> None:
    """Past the ORM, and with the index of the search made at the end: that takes a tenth of the time."""
    first = User.objects.get()
    other = users.create_user(email="other@example.com", password=token_urlsafe(), name="Other")
    end, dice = times.now(), random.Random(7)  # noqa: S311 - the same texts in each run
    with connection.schema_editor() as editor:
        index.undo(apps, editor)
    for start in range(0, rows, CHUNK):
        numbers = range(start, min(start + CHUNK, rows))
        moments = [times.to_millis(end - dt.timedelta(days=DAYS) * number / rows) for number in numbers]
        teams = [other.team_id if number % 10 == 9 else first.team_id for number in numbers]
        store([made(*each, rows, dice) for each in zip(numbers, teams, moments, strict=True)])
        sessions = [(f"call_{number // OF_SESSION}", moments[number - start]) for number in numbers[::OF_SESSION]]
        ConversationSession.objects.bulk_create(
            ConversationSession(team_id=first.team_id, session_id=name, start_time=moment) for name, moment in sessions
        )
    with connection.schema_editor() as editor:
        index.make(apps, editor)


def made(number: int, team_id: str, moment: dt.datetime, rows: int, dice: random.Random) -> dict[str, Any]:
    words = ["the", *dice.choices(WORDS, cum_weights=WEIGHTS, k=15)]
    words += ["price", "list"] if number % 100 == 50 else []
    words += ["zanzibar"] if number % (rows // RARE_ROWS) == 0 else []
    return {
        "_id": ObjectId(),
        "team_id": ObjectId(team_id),
        "session_id": f"call_{number // OF_SESSION}",
        "event_id": f"e{number}",
        "timestamp": moment,
        "arrival": rows - number,
        "role": "user" if number % 2 else "assistant",
        "content": " ".join(words),
        "source": "",
        "meta": {},
        "created_at": moment,
    }


def store(rows: list[dict[str, Any]]) -> None:
    table = TranscriptEvent._meta.db_table
    if connection.vendor == "mongodb":
        connection.get_collection(table).insert_many(rows, ordered=False)
        return
    plain = {"_id": str, "team_id": str, "meta": json.dumps, "timestamp": written, "created_at": written}
    values = [[plain.get(name, lambda value: value)(value) for name, value in row.items()] for row in rows]
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(rows[0]))
        cursor.executemany(f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})", values)  # noqa: S608


def written(moment: dt.datetime) -> str:
    """As Django has times in SQLite."""
    return str(moment.replace(tzinfo=None))


if __name__ == "__main__":
    fill(int(sys.argv[1]))
