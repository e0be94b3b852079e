"""Voice models and echos in the administration: looked at by staff, changed by nobody."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import make_user
from tests.voices.models import make_echo, make_model
from voices.models import Echo, EngineDeletion, UnsavedModel, VoiceModel

NAMES = ("ada", "ben", "cleo", "dora", "emil", "fay", "gus", "hope", "ida", "jim", "kay", "leo")
LISTS = {"voicemodel": VoiceModel, "unsavedmodel": UnsavedModel, "enginedeletion": EngineDeletion, "echo": Echo}
SECRET = "You are a lighthouse keeper with a secret."


@pytest.fixture
def many(db):
    """Makes a row of each, of an account of its own."""

    def make(start, stop):
        for number in range(start, stop):
            user = make_user(NAMES[number])
            echo = make_echo(user, name=f"Keeper {number}", persona_prompt=SECRET)
            make_model(user, name=f"Harbour {number}", model_id=f"fish{number}", echo=echo, peaks=[77])
            make_model(user, model_id=f"alone{number}", name="Alone")
            make_echo(user, name="Alone")
            UnsavedModel.objects.create(user=user, model_id=f"fish{number}", name=f"Once {number}")
            EngineDeletion.objects.create(model_id=f"fish{number}")

    return make


def count_queries(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_same_questions_for_few_rows_and_for_many(page, bob, many, name):
    client, address = page(bob), f"/admin/voices/{name}/"
    many(0, 2)
    client.get(address)
    few = count_queries(client, address)
    many(2, 12)
    assert (count_queries(client, address), few < 15) == (few, True)


@pytest.mark.parametrize(
    ("name", "q", "found"),
    [
        ("voicemodel", "harbour 3", 1),
        ("voicemodel", "fish4", 1),
        ("voicemodel", "CLEO@", 2),
        ("voicemodel", "77", 0),
        ("voicemodel", "%", 0),
        ("unsavedmodel", "once 2", 1),
        ("unsavedmodel", "ben@example.com", 1),
        ("enginedeletion", "fish1", 1),
        ("enginedeletion", "nothing", 0),
        ("echo", "keeper 0", 1),
        ("echo", "dora@", 2),
        ("echo", "lighthouse", 0),
        ("echo", "secret", 0),
    ],
)
def test_a_search_finds_its_rows(page, bob, many, name, q, found):
    many(0, 5)
    answer = page(bob).get(f"/admin/voices/{name}/", {"q": q})
    assert (answer.status_code, answer.context["cl"].result_count) == (200, found)


@pytest.mark.parametrize("query", ["state__exact=failed", "visibility__exact=shared", "engine=fish", "o=-9", "p=2"])
def test_filters_and_orders_open(page, bob, many, query):
    many(0, 2)
    assert page(bob).get(f"/admin/voices/voicemodel/?{query}", follow=True).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_every_row_opens_and_cant_be_changed(page, bob, many, name):
    many(0, 1)
    for row in LISTS[name].objects.all():
        address = f"/admin/voices/{name}/{row.pk}/change/"
        answer = page(bob).get(address)
        assert (answer.status_code, b'name="_save"' in answer.content) == (200, False)
        assert page(bob).post(address, {"name": "Changed"}).status_code == 403
        assert page(bob).get(f"/admin/voices/{name}/{row.pk}/delete/").status_code == 403
    assert page(bob).get(f"/admin/voices/{name}/add/").status_code == 403


def test_a_persona_is_not_in_the_list(page, bob, many):
    many(0, 2)
    assert SECRET not in page(bob).get("/admin/voices/echo/").text


def test_a_link_is_seen_from_both_ends(page, bob, many):
    many(0, 1)
    echo, model = Echo.objects.get(name="Keeper 0"), VoiceModel.objects.get(name="Harbour 0")
    assert "Harbour 0" in page(bob).get(f"/admin/voices/echo/{echo.pk}/change/").text
    assert "Keeper 0" in page(bob).get(f"/admin/voices/voicemodel/{model.pk}/change/").text
    assert "Harbour 0" in page(bob).get("/admin/voices/echo/").text


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_are_for_staff(client, page, alice, name):
    assert client.get(f"/admin/voices/{name}/").url.startswith("/login")
    assert page(alice).get(f"/admin/voices/{name}/", follow=True).status_code == 403
