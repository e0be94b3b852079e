"""Stores a year of chats in an installation's own database, in a process with its settings.

    python -m tests.benchmarks.fill_chats MESSAGES

A hundred messages of each contact, within two days, evenly over the year up to now.
"""

import datetime as dt
import sys
import time

from tests.benchmarks.fill_desk import CHUNK, YEAR, count, store

# ruff: isort: split
from accounts.models import User  # after Django's setup there
from config import times
from leads.models import Channel, Contact, Message, MessageRole, MessageStatus

OF_EACH = 100
ROLES = ((MessageRole.USER, MessageStatus.RECEIVED), (MessageRole.ASSISTANT, MessageStatus.READ))
TALK = dt.timedelta(days=2)


def contact(channel: Channel, index: int, start: dt.datetime) -> Contact:
    last = start + TALK * (OF_EACH - 1) / OF_EACH
    return Contact(
        team_id=channel.team_id,
        channel=channel,
        phone_number=f"49{index:010}",
        name=f"Person {index}",
        message_count=OF_EACH,
        last_message_at=last,
        last_inbound_at=last,
        created_at=start,
    )


def message(row: Contact, index: int) -> Message:
    role, status = ROLES[index % 2]
    return Message(
        team_id=row.team_id,
        contact=row,
        role=role,
        status=status,
        content="The harbour wakes.",
        meta_message_id=f"wamid.{row.phone_number}.{index}",
        created_at=times.to_millis(row.created_at + TALK * index / OF_EACH),
    )


def fill(number: int) -> None:
    user, begun, now = User.objects.get(), time.monotonic(), times.now()
    channel = Channel.objects.create(team_id=user.team_id, name="Shop", phone_number_id="1")
    contacts, days = number // OF_EACH, set[dt.date]()
    for first in range(0, contacts, CHUNK // OF_EACH):
        some = range(first, min(first + CHUNK // OF_EACH, contacts))
        rows = [contact(channel, index, times.to_millis(now - TALK - YEAR * (index / contacts))) for index in some]
        messages = [message(row, index) for row in rows for index in range(OF_EACH)]
        store(Contact, rows)
        store(Message, messages)
        days.update(row.created_at.date() for row in messages)
    count(user, days, begun)


if __name__ == "__main__":
    fill(int(sys.argv[1]))
