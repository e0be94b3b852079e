"""The chats of the sample team, on a channel without a number: nothing comes in there, and nothing can be sent."""

import datetime as dt
from itertools import groupby

from django.conf import settings

from accounts.models import User
from config import times
from leads.actions import idle
from leads.actions.whatsapp import channels, contacts, imports, suggestions
from leads.demo.chats import SampleChat, SampleMessage
from leads.demo.names import NUMBER, PERSONA, TEAM
from leads.models import Channel, Contact, ConversationSession, Message, MessageRole, MessageStatus
from leads.whatsapp.session_ids import session_id_of
from voices.models import Echo

READ_AFTER = dt.timedelta(seconds=20)


def put_chats(people: list[User], samples: list[SampleChat], echo: Echo) -> dict[str, Contact]:
    """The contacts by their numbers."""
    channel = make_channel(people[0], echo)
    made = {sample.number: put_chat(people, channel, sample) for sample in samples}
    end_silent(people[0].team_id)
    return made


def make_channel(by: User, echo: Echo) -> Channel:
    fields = {"name": TEAM, "phone_number": NUMBER, "persona": PERSONA, "echo": echo, "replies": True}
    return channels.insert(Channel(team_id=by.team_id, owner=by, **fields))


def put_chat(people: list[User], channel: Channel, sample: SampleChat) -> Contact:
    first = times.to_millis(sample.messages[0].at)
    contact = Contact(team_id=channel.team_id, channel=channel, phone_number=sample.number, name=sample.name)
    contact.created_at = contact.named_at = first
    imports.import_contact(contact=contact)
    rows = [message_of(people, contact, each) for each in sample.messages]
    for _, day in groupby(rows, key=lambda row: session_id_of(contact.pk, row.created_at)):
        imports.import_messages(by=people[0], messages=list(day))
    contact.refresh_from_db()
    contact.channel = channel
    treat(people[0], contact, sample, rows)
    return contact


def message_of(people: list[User], contact: Contact, sample: SampleMessage) -> Message:
    at = times.to_millis(sample.at)
    message = Message(team_id=contact.team_id, contact=contact, content=sample.text, created_at=at)
    message.role = MessageRole.USER if sample.is_theirs else MessageRole.ASSISTANT
    message.status = MessageStatus.RECEIVED if sample.is_theirs else MessageStatus.READ
    message.status_at = at if sample.is_theirs else at + READ_AFTER
    message.sent_by = None if sample.by is None else people[sample.by]
    message.meta_message_id = f"wamid.sample.{message.pk}"
    return message


def treat(by: User, contact: Contact, sample: SampleChat, messages: list[Message]) -> None:
    """What the team has done with the contact, and what it has not looked at yet."""
    if sample.suggests:
        for message in messages:
            suggestions.note(contact, message)
    if sample.labels:
        contacts.label(by=by, contact=contact, labels=sample.labels)
    if sample.is_paused:
        contacts.pause(by=by, contact=contact)
    if sample.is_blocked:
        contacts.block(by=by, contact=contact)
    seen_at = None if sample.unread == len(messages) else messages[-1 - sample.unread].created_at
    Contact.objects.filter(pk=contact.pk).update(unread_count=sample.unread, seen_at=seen_at)


def end_silent(team_id: str) -> None:
    """As the sweeper would, so that all is as it stays."""
    before = times.now() - dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    for session in ConversationSession.objects.slim().filter(team=team_id).open():
        idle.end(session, before)
