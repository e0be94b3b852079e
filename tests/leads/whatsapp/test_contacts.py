"""What is done with a contact: looked at, renamed, labelled, paused, blocked, made a lead."""

import datetime as dt

import pytest

from accounts.models import NAME_MAX_CHARACTERS
from config import times
from config.errors import NotFound, Unprocessable
from leads.actions.whatsapp import contacts, people, sending
from leads.models import NAMED_BY_HAND, Contact, Lead
from tests.leads.leads import make_lead
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.test_chat_page import path


@pytest.fixture
def ann(alice):
    ann = make_contact(make_channel(alice), name="Ann Lee")
    make_message(ann, "Hello.", meta_message_id="wamid.1")
    return ann


@pytest.fixture
def marks(monkeypatch):
    """The contacts that were shown that they were read."""
    found = []
    monkeypatch.setattr(sending, "mark_read", found.append)
    return found


def fresh(contact):
    return Contact.objects.get(pk=contact.pk)


def post(client, contact, rest, **fields):
    return client.post(path(contact, rest), fields)


# Looking


def test_what_was_looked_at_is_read(alice, ann, marks):
    before = times.now()
    assert contacts.see(by=alice, contact=ann)
    assert (fresh(ann).unread_count, fresh(ann).seen_at >= before, marks) == (0, True, [ann])
    assert not contacts.see(by=alice, contact=fresh(ann))
    assert len(marks) == 1


def test_what_comes_in_at_this_instant_stays_unread(alice, ann, marks):
    at_hand = fresh(ann)
    make_message(ann, "And?")
    assert not contacts.see(by=alice, contact=at_hand)
    assert (fresh(ann).unread_count, marks) == (2, [])


def test_another_look_and_another_message_between(alice, ann, marks):
    """As many are unread as were when the row was read, but not the same ones."""
    at_hand = fresh(ann)
    contacts.see(by=alice, contact=fresh(ann))
    make_message(fresh(ann), "And?")
    assert not contacts.see(by=alice, contact=at_hand)
    assert fresh(ann).unread_count == 1


def test_a_chat_without_a_number_has_nobody_to_tell(alice, marks):
    imported = make_contact(make_channel(alice, phone_number_id=""))
    make_message(imported)
    assert contacts.see(by=alice, contact=imported)
    assert marks == []


# Names and labels


def test_a_new_name_stays(page, alice, ann):
    answer = post(page(alice), ann, "/rename", name="  Ann\nof Acme ")
    assert (answer.status_code, fresh(ann).name) == (302, "Ann of Acme")
    message = make_message(fresh(ann))
    assert fresh(ann).named_at == NAMED_BY_HAND
    Contact.objects.filter(pk=ann.pk).update(**people.changes(message, "Ann on WhatsApp"))
    assert fresh(ann).name == "Ann of Acme"


def test_an_empty_name_is_whatsapps_again(alice, ann):
    contacts.rename(by=alice, contact=ann, name="Anna")
    contacts.rename(by=alice, contact=ann, name=" ")
    message = make_message(fresh(ann))
    Contact.objects.filter(pk=ann.pk).update(**people.changes(message, "Ann on WhatsApp"))
    assert fresh(ann).name == "Ann on WhatsApp"


@pytest.mark.parametrize("name", ["x" * (NAME_MAX_CHARACTERS + 1), "nul\0"])
def test_names_that_are_refused(alice, ann, name):
    with pytest.raises(Unprocessable) as refused:
        contacts.rename(by=alice, contact=ann, name=name)
    assert refused.value.field == "name"
    assert fresh(ann).name == "Ann Lee"


def test_labels(page, alice, ann):
    client = page(alice)
    assert post(client, ann, "/labels", labels="VIP, berlin ,,vip").status_code == 302
    assert "The labels are saved." in client.get(f"/inbox/{ann.pk}/contact").content.decode()
    assert fresh(ann).labels == ["vip", "berlin"]
    html = post(client, ann, "/labels", labels="a|b").content.decode()
    assert "A label has 1 to 40 characters, no comma and no |." in html
    assert 'value="a|b"' in html
    many = ",".join(map(str, range(21)))
    assert "A contact has at most 20 labels." in post(client, ann, "/labels", labels=many).content.decode()
    assert fresh(ann).labels == ["vip", "berlin"]
    post(client, ann, "/labels", labels="")
    assert fresh(ann).label_line == ""


# Pause and block


def test_blocked_and_unblocked(page, alice, ann):
    client = page(alice)
    html = client.post(path(ann, "/block"), follow=True).content.decode()
    assert ("Ann Lee is blocked" in html, "Unblock" in html, fresh(ann).is_active) == (True, True, False)
    html = client.post(path(ann, "/unblock"), follow=True).content.decode()
    assert ("is not blocked any more" in html, fresh(ann).is_active) == (True, True)


@pytest.mark.parametrize("act", [contacts.pause, contacts.resume, contacts.block, contacts.unblock])
def test_one_that_was_erased_meanwhile(alice, ann, act):
    Contact.objects.all().delete()
    with pytest.raises(NotFound):
        act(by=alice, contact=ann)


# The page


def test_its_page(page, alice, ann):
    Contact.objects.update(label_line="|vip|", is_paused=True, created_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC))
    html = page(alice).get(path(ann, "/contact")).content.decode()
    for words in ("Ann Lee", "+4915112345678", "1 March", "vip", "assistant paused", "Harbour shop", "Make a lead"):
        assert words in html
    assert html.count('id="id_name"') == html.count('id="lead_name"') == 1


def test_a_lead_is_made_by_hand(page, alice, ann):
    client = page(alice)
    html = post(client, ann, "/lead", email="", name="Ann").content.decode()
    assert "Say the lead&#x27;s e-mail." in html
    assert not Lead.objects.exists()
    answer = post(client, ann, "/lead", email="ann@acme.example", name="Ann", company="Acme", interest="", phone="")
    lead = Lead.objects.get()
    assert (answer.url, lead.name, lead.company) == (f"/leads/{lead.pk}", "Ann", "Acme")
    assert fresh(ann).lead == lead
    html = client.get(path(ann, "/contact")).content.decode()
    assert (f'href="/leads/{lead.pk}"' in html, "Make a lead" in html) == (True, False)


def test_what_is_suggested_is_accepted_with_one_click(page, alice, ann):
    told = {"email": {"value": "ann@acme.example", "at": ["", ""]}}
    Contact.objects.update(suggestion=told)
    answer = post(page(alice), ann, "/lead")
    assert answer.url == f"/leads/{Lead.objects.get(email='ann@acme.example').pk}"


def test_a_suggestion_that_lacks_the_email_asks_for_it(page, alice, ann):
    Contact.objects.update(suggestion={"company": {"value": "Acme", "at": ["", ""]}})
    html = post(page(alice), ann, "/lead").content.decode()
    assert ("Say the lead&#x27;s e-mail." in html, 'value="Acme"' in html) == (True, True)


def test_one_whose_email_is_known_is_that_lead(page, alice, ann):
    lead = make_lead(alice)
    post(page(alice), ann, "/lead", email=lead.email)
    assert fresh(ann).lead == lead
