"""The desk's rows in Django's admin."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Contact, ConversationSession, Lead, Message, TranscriptEvent
from tests.leads.leads import make_lead
from tests.leads.talks import make_event, make_session
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message

LISTS = {"lead": Lead, "conversationsession": ConversationSession, "transcriptevent": TranscriptEvent}
LISTS |= {"contact": Contact, "message": Message}
BY_WHOLE_ID = ["conversationsession", "transcriptevent", "message"]


@pytest.fixture
def make(alice):
    channel = make_channel(alice)

    def make(start, stop):
        for number in range(start, stop):
            make_session(alice, f"call-{number}", items=["Hello."])
            make_event(alice, "Hello.", session_id=f"call-{number}")
            make_lead(alice, email=f"{number}@example.com")
            make_message(make_contact(channel, f"49{number}"), "Hello.", meta_message_id=f"call-{number}")

    return make


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_same_questions_for_two_rows_and_for_twelve(page, bob, make, name):
    client = page(bob)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/admin/leads/{name}/").status_code == 200
        assert not [each["sql"] for each in queries if " JOIN " in each["sql"] or "$lookup" in each["sql"]]
        return len(queries)

    make(0, 2)
    count()
    few = count()
    make(2, 12)
    assert (count(), few < 15) == (few, True)


@pytest.mark.parametrize("name", BY_WHOLE_ID)
@pytest.mark.parametrize(("q", "found"), [("call-1", 1), (" call-1 ", 1), ("call", 0), ("", 2)])
def test_rows_are_found_by_a_whole_id(page, bob, make, name, q, found):
    make(0, 2)
    answer = page(bob).get(f"/admin/leads/{name}/", {"q": q})
    assert (answer.status_code, answer.context["cl"].result_count) == (200, found)


@pytest.mark.parametrize("name", BY_WHOLE_ID)
def test_a_row_opens_and_cannot_be_changed(page, bob, make, name):
    make(0, 1)
    row = LISTS[name].objects.get()
    address = f"/admin/leads/{name}/{row.pk}/change/"
    answer = page(bob).get(address)
    assert (answer.status_code, "Hello." in answer.text, 'name="_save"' in answer.text) == (200, True, False)
    assert page(bob).post(address, {"session_id": "other"}).status_code == 403
    for door in (f"{row.pk}/delete/", "add/"):
        assert page(bob).get(f"/admin/leads/{name}/{door}").status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_are_for_staff(client, page, alice, name):
    assert client.get(f"/admin/leads/{name}/").url.startswith("/login")
    assert page(alice).get(f"/admin/leads/{name}/", follow=True).status_code == 403


@pytest.mark.parametrize(("q", "found"), [("491", 1), ("49", 2), ("x", 0)])
def test_contacts_are_found_by_a_part_of_their_number(page, bob, make, q, found):
    make(0, 2)
    assert page(bob).get("/admin/leads/contact/", {"q": q}).context["cl"].result_count == found
