"""Contacts, their messages and figures, at the doors of the old chatbot."""

import datetime as dt

import pytest

from config import times
from leads.actions import counting
from leads.models import Contact, DirtyDay, Message
from tests.accounts.conftest import join_team_of
from tests.leads.whatsapp.chats import NUMBER, make_channel, make_contact, make_message

USERS, STATS, LATEST = "/api/v1/admin/users", "/api/v1/admin/stats", "/api/v1/admin/chats/latest"
DAY = 86_400


@pytest.fixture
def channel(alice):
    return make_channel(alice)


@pytest.fixture
def contact(channel):
    """Ada, who has written twice and was answered once."""
    ada = make_contact(channel, name="Ada")
    for number, (role, content) in enumerate((("user", "Hi."), ("assistant", "Hello!"), ("user", "Do you ship?"))):
        make_message(ada, content, role=role, ago=300 - number)
    return ada


def talk(contact):
    return f"/api/v1/admin/conversation/{contact.pk}"


def test_who_is_being_erased_is_not_there(alice, api, contact):
    """Their row stays until all that belongs to it is gone."""
    Contact.objects.update(phone_number=f"erased {contact.pk}")
    assert api(alice).get(USERS).json() == {"users": [], "total": 0}
    assert api(alice).get(talk(contact)).status_code == 404
    assert api(alice).post(f"{USERS}/{contact.pk}/messages", {"text": "Hi"}, "application/json").status_code == 404


# Users


def test_users(alice, api, contact):
    answer = api(alice).get(USERS).json()
    assert answer == {
        "users": [
            {
                "id": contact.pk,
                "phone_number": NUMBER,
                "name": "Ada",
                "is_active": True,
                "created_at": times.iso(contact.created_at),
                "total_chats": 3,
            }
        ],
        "total": 1,
    }


def test_users_newest_first_in_parts(alice, api, channel):
    now = times.now()
    made = [make_contact(channel, f"49{number:09}", created_at=now - dt.timedelta(days=number)) for number in range(5)]
    answers = [api(alice).get(USERS, {"skip": skip, "limit": 2}).json() for skip in (0, 2, 4, 6)]
    assert [user["id"] for answer in answers for user in answer["users"]] == [row.pk for row in made]
    assert {answer["total"] for answer in answers} == {5}


@pytest.mark.parametrize("query", [{"skip": -1}, {"skip": 10_001}, {"limit": 0}, {"limit": 1_001}, {"skip": "x"}])
def test_users_refused(alice, api, query):
    answer = api(alice).get(USERS, query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


# Conversation


def test_conversation(alice, api, contact):
    answer = api(alice).get(talk(contact)).json()
    first = Message.objects.order_by("created_at").first()
    assert answer["user"]["id"] == contact.pk
    assert [(each["role"], each["content"]) for each in answer["messages"]] == [
        ("user", "Hi."),
        ("assistant", "Hello!"),
        ("user", "Do you ship?"),
    ]
    assert answer["messages"][0] == {
        "id": first.pk,
        "user_id": contact.pk,
        "role": "user",
        "content": "Hi.",
        "created_at": times.iso(first.created_at),
    }
    assert (answer["total_messages"], answer["next"]) == (3, None)


def test_conversation_in_parts_from_its_end(alice, api, contact):
    last = api(alice).get(talk(contact), {"limit": 2}).json()
    first = api(alice).get(talk(contact), {"limit": 2, "cursor": last["next"]}).json()
    assert [each["content"] for each in last["messages"]] == ["Hello!", "Do you ship?"]
    assert [each["content"] for each in first["messages"]] == ["Hi."]


@pytest.mark.parametrize("user_id", ["1", "x", "0" * 24, "6f1c6d1e-8a52-4a34-9d0a-3a1f0d7a3f10"])
def test_nobody(alice, api, user_id):
    assert api(alice).get(f"/api/v1/admin/conversation/{user_id}").status_code == 404


# Whose they are


def test_a_strangers(charlie, bob, api, contact):
    for person in (charlie, bob):
        assert api(person).get(USERS).json() == {"users": [], "total": 0}
        assert api(person).get(LATEST).json() == []
        assert api(person).get(talk(contact)).status_code == 404
        assert api(person).get(STATS).json()["total_messages"] == 0


def test_the_teams(alice, api, contact):
    mate = join_team_of(alice, "dora")
    assert api(mate).get(USERS).json()["total"] == 1
    assert api(mate).get(talk(contact)).status_code == 200


# Latest


def test_latest(alice, api, channel, contact):
    grace = make_contact(channel, "4790000001", name="Grace")
    message = make_message(grace, "Ahoy!", ago=1)
    answer = api(alice).get(LATEST)
    assert answer.json()[0] == {
        "user_name": "Grace",
        "phone_number": "4790000001",
        "role": "user",
        "message": "Ahoy!",
        "timestamp": times.iso(message.created_at),
    }
    assert [each["message"] for each in answer.json()[1:]] == ["Do you ship?", "Hello!", "Hi."]
    assert "Link" not in answer


def test_latest_in_parts(alice, api, contact):
    first = api(alice).get(LATEST, {"limit": 2})
    address = first["Link"].partition(">")[0].removeprefix("<")
    assert [each["message"] for each in api(alice).get(address).json()] == ["Hi."]


# Stats


@pytest.fixture
def week(channel):
    """A contact of last week who wrote then and today, and one of forty days ago; the days before today are counted."""
    ada, grace = make_contact(channel, "1"), make_contact(channel, "2")
    for contact, ago in ((ada, 2 * DAY), (ada, 2 * DAY + 1), (ada, 0), (grace, 40 * DAY)):
        make_message(contact, ago=ago)
    make_message(ada, role="assistant", ago=0)


def figures_of(answer):
    return {name: answer[name] for name in ("total_users", "total_messages", "active_users_24h")}


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
def test_stats(alice, api, week, counted):
    days = Message.objects.values_list("created_at", flat=True)
    for day in {moment.date() for moment in days}:
        DirtyDay.objects.create(team_id=alice.team_id, day=day, marked_at=times.now() - dt.timedelta(hours=1))
    if counted:
        counting.refresh()
    answer = api(alice).get(STATS).json()
    assert figures_of(answer) == {"total_users": 2, "total_messages": 5, "active_users_24h": 1}
    today = times.now().date()
    by_day = {each["_id"]: each["count"] for each in answer["messages_by_day"]}
    assert list(by_day) == [f"{today - dt.timedelta(days=ago)}" for ago in range(6, -1, -1)]
    counts = {0: 0, 1: 0} | dict.fromkeys(range(2, 7), 0)
    for moment in days:
        if (ago := (today - moment.date()).days) in counts:
            counts[ago] += 1
    assert list(by_day.values()) == [counts[ago] for ago in range(6, -1, -1)]
    assert answer["timestamp"].endswith("Z")


def test_no_stats(alice, api):
    answer = api(alice).get(STATS).json()
    assert figures_of(answer) == {"total_users": 0, "total_messages": 0, "active_users_24h": 0}
    assert [each["count"] for each in answer["messages_by_day"]] == [0] * 7


def test_blocked_is_not_active(alice, api, contact):
    Contact.objects.update(is_active=False)
    assert api(alice).get(USERS).json()["users"][0]["is_active"] is False
