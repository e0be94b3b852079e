"""Leads that chats suggest."""

import pytest

from config import times
from config.errors import Conflict, Unprocessable
from leads.actions import joining
from leads.actions.whatsapp import message_rows, reading, suggestions
from leads.models import Contact, Lead, LeadAlias, Message
from tests.leads.leads import make_lead
from tests.leads.whatsapp import payloads as made
from tests.leads.whatsapp.chats import NUMBER, make_channel, make_contact, make_message
from tests.leads.whatsapp.payloads import new_id

SAID = (
    "I'm interested in a demo.",
    "My name is Ada Lovelace.",
    "ada@old.example",
    "I meant ada@new.example, of Engines Ltd",
)


@pytest.fixture
def channel(alice):
    return make_channel(alice)


@pytest.fixture
def contact(channel):
    return make_contact(channel, name="Ada")


def tell(contact, *contents):
    messages = [
        make_message(contact, content, ago=100 - number, meta_message_id=new_id())
        for number, content in enumerate(contents)
    ]
    for message in messages:
        suggestions.note(contact, message)
    contact.refresh_from_db()
    return messages


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 3, 0, 1)])
def test_the_last_word_counts_in_whatever_order_it_comes(contact, order):
    messages = [make_message(contact, content, ago=100 - number) for number, content in enumerate(SAID)]
    for index in order:
        suggestions.note(contact, messages[index])
    contact.refresh_from_db()
    assert suggestions.fields_of(contact) == {
        "name": "Ada Lovelace",
        "email": "ada@new.example",
        "phone": f"+{NUMBER}",
        "company": "Engines Ltd",
        "interest": "I'm interested in a demo.",
    }


def test_what_the_assistant_says_tells_nothing(contact):
    message = make_message(contact, "Write to sales@shop.example", role="assistant")
    suggestions.note(contact, message)
    contact.refresh_from_db()
    assert contact.suggestion == {}


@pytest.mark.parametrize("kind", ["contacts", "location"])
def test_the_number_of_somebody_else_is_not_theirs(contact, kind):
    message = make_message(contact, "[contact] Barbara, +1 (650) 555-9999, barbara@other.example", kind=kind)
    suggestions.note(contact, message)
    suggestions.retell(message)
    contact.refresh_from_db()
    assert contact.suggestion == {}


def test_accepted(alice, contact):
    tell(contact, *SAID)
    lead = suggestions.accept(by=alice, contact=contact)
    assert (lead.email, lead.name, lead.company, lead.source) == (
        "ada@new.example",
        "Ada Lovelace",
        "Engines Ltd",
        "whatsapp",
    )
    assert lead.session_id == f"whatsapp_{contact.pk}_{contact.last_message_at:%Y%m%d}"
    assert Contact.objects.get(pk=contact.pk).lead == lead


def test_what_was_not_said_is_said_so(alice, contact):
    tell(contact, "ada@example.com")
    lead = suggestions.accept(by=alice, contact=contact)
    assert (lead.name, lead.company, lead.interest, lead.phone) == ("Ada", "Not said", "Not said", f"+{NUMBER}")


def test_changed_before_it_is_accepted(alice, contact):
    tell(contact, *SAID)
    lead = suggestions.accept(by=alice, contact=contact, name="A. Lovelace", company="", email="a@l.example")
    assert (lead.name, lead.company, lead.email) == ("A. Lovelace", "Engines Ltd", "a@l.example")


@pytest.mark.parametrize(("fields", "field"), [({}, "email"), ({"email": "nobody"}, "email")])
def test_without_an_email_there_is_no_lead(alice, contact, fields, field):
    tell(contact, "My name is Ada Lovelace.")
    with pytest.raises(Unprocessable) as raised:
        suggestions.accept(by=alice, contact=contact, **fields)
    assert raised.value.field == field
    assert not Lead.objects.exists()


def test_known_by_the_email(alice, contact):
    known = Lead.objects.create(team=alice.team, name="Ada", email="ada@new.example", company="Old", interest="Boats")
    tell(contact, *SAID)
    assert suggestions.accept(by=alice, contact=contact) == known
    assert Lead.objects.count() == 1


def test_what_was_not_said_replaces_nothing_that_is_known(alice, contact):
    known = {"name": "Ada Lovelace", "company": "Engines Ltd", "interest": "Boats"}
    Lead.objects.create(team=alice.team, email="ada@example.com", **known)
    contact.name = ""
    tell(contact, "Write to Ada@example.com")
    lead = suggestions.accept(by=alice, contact=contact)
    assert (lead.name, lead.company, lead.interest) == tuple(known.values())
    assert lead.phone == f"+{NUMBER}"


def test_the_id_of_somebody_who_hides_their_number_is_no_phone(alice, channel):
    contact = make_contact(channel, "US.13491208655302741918")
    tell(contact, "ada@example.com")
    assert suggestions.accept(by=alice, contact=contact).phone == ""


def test_dismissed_until_another_email_is_told(alice, contact):
    tell(contact, "ada@example.com")
    suggestions.dismiss(by=alice, contact=contact)
    tell(contact, "My name is Ada Lovelace, ada@example.com")
    assert contact.is_dismissed
    tell(contact, "grace@example.com")
    assert not contact.is_dismissed


def test_gone_meanwhile(alice, contact):
    message = make_message(contact, "ada@example.com")
    Contact.objects.filter(pk=contact.pk).delete()
    suggestions.note(contact, message)
    with pytest.raises(Conflict):
        suggestions.dismiss(by=alice, contact=contact)


def test_by_itself(alice):
    contact = make_contact(make_channel(alice, takes_leads=True))
    tell(contact, "I'm interested in a demo.")
    assert not Lead.objects.exists()
    tell(contact, "ada@example.com")
    tell(contact, "My name is Ada Lovelace.", "of Engines Ltd")
    lead = Lead.objects.get()
    assert contact.lead == lead
    assert (lead.name, lead.email, lead.company) == ("Ada Lovelace", "ada@example.com", "Engines Ltd")


def test_by_itself_after_a_merge(alice):
    """What is told later goes to the lead that hers was merged into, unless it is another e-mail."""
    contact, kept = make_contact(make_channel(alice, takes_leads=True)), make_lead(alice)
    tell(contact, "ada@example.com")
    other = Lead.objects.exclude(pk=kept.pk).get()
    joining.merge_leads(by=alice, kept=kept, other=other, taken=(), seen=joining.mark_of(kept, other))
    contact.refresh_from_db()
    tell(contact, "I'm interested in a demo.")
    assert (Lead.objects.get().interest, contact.lead) == ("I'm interested in a demo.", kept)
    tell(contact, "ada@engines.example")
    assert contact.lead == Lead.objects.exclude(pk=kept.pk).get()


def test_by_itself_once_for_each_message_that_tells_something(alice):
    contact = make_contact(make_channel(alice, takes_leads=True))
    tell(contact, "ada@example.com", "Thank you!", "Mail to ada@example.com")
    assert LeadAlias.objects.count() == 0


@pytest.mark.parametrize("fields", [{"is_dismissed": True}, {"is_active": False}])
def test_not_by_itself(alice, fields):
    contact = make_contact(make_channel(alice, takes_leads=True), **fields)
    tell(contact, "ada@example.com")
    assert not Lead.objects.exists()


def test_by_itself_without_an_owner(alice):
    contact = make_contact(make_channel(alice, takes_leads=True, owner=None))
    tell(contact, "ada@example.com")
    assert Lead.objects.get().team == alice.team


def test_a_deleted_message_tells_nothing_any_more(contact):
    """What it had overruled is said again."""
    messages = tell(contact, *SAID)
    message_rows.erase_content(messages[3], times.now())
    contact.refresh_from_db()
    assert suggestions.fields_of(contact)["email"] == "ada@old.example"
    assert suggestions.fields_of(contact)["company"] == "Not said"


def test_an_edited_message_tells_what_it_says_now(contact):
    messages = tell(contact, *SAID)
    message_rows.change_content(messages[3], "ada@last.example", times.now())
    contact.refresh_from_db()
    assert suggestions.fields_of(contact)["email"] == "ada@last.example"
    assert suggestions.fields_of(contact)["company"] == "Not said"


def test_what_had_told_nothing_is_no_reason_to_look_at_all_again(contact, monkeypatch):
    """Somebody may delete a thousand messages at once, in a chat of thousands."""
    messages = tell(contact, *SAID, "Hello?")
    monkeypatch.setattr(suggestions, "told_by_all", lambda contact: {})
    message_rows.erase_content(messages[4], times.now())
    message_rows.change_content(messages[2], "ada@older.example", times.now())
    contact.refresh_from_db()
    assert suggestions.fields_of(contact)["email"] == "ada@new.example"


def test_so_much_is_looked_at_again_and_no_more(contact, monkeypatch):
    messages = tell(contact, "ada@example.com", "x" * 4_096, "x" * 4_096, "ada@new.example")
    monkeypatch.setattr(suggestions, "CHARACTERS_LOOKED_AT", 8_000)
    message_rows.erase_content(messages[3], times.now())
    contact.refresh_from_db()
    assert contact.suggestion == {}


def test_deleted_before_it_is_noted(contact):
    message = make_message(contact, "ada@example.com")
    message_rows.erase_content(Message.objects.get(), times.now())
    suggestions.note(contact, message)
    contact.refresh_from_db()
    assert contact.suggestion == {}


def test_deleted_while_it_is_noted(contact, monkeypatch):
    """Somebody deletes it between our look and our write."""
    message, keep = make_message(contact, "ada@example.com"), suggestions.keep
    deletions = [lambda: message_rows.erase_content(Message.objects.get(), times.now())]

    def interrupted(row, made):
        if deletions:
            deletions.pop()()
        return keep(row, made)

    monkeypatch.setattr(suggestions, "keep", interrupted)
    suggestions.note(contact, message)
    contact.refresh_from_db()
    assert contact.suggestion == {}


def test_two_at_once_lose_nothing(contact, monkeypatch):
    """Somebody notes a name between our look and our write."""
    keep, others = suggestions.keep, [make_message(contact, "My name is Ada Lovelace.")]

    def interrupted(row, found):
        if others:
            suggestions.note(contact, others.pop())
        return keep(row, found)

    monkeypatch.setattr(suggestions, "keep", interrupted)
    tell(contact, "ada@example.com")
    assert sorted(contact.suggestion) == ["email", "name"]


def test_what_a_crash_left_out_is_told_when_the_message_is_read_again(channel, monkeypatch):
    def crash(*args):
        raise KeyboardInterrupt

    webhook = made.change(made.text("My name is Ada Lovelace, ada@old.example"))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(suggestions, "note", crash)
        reading.read(channel, webhook)
    assert Contact.objects.get().suggestion == {}
    reading.read(channel, webhook)
    assert sorted(Contact.objects.get().suggestion) == ["email", "name"]
    reading.read(channel, webhook)
    assert Contact.objects.get().suggestion_version == 1
