"""Echos listed and shown, with the voice model of each."""

import datetime as dt
import re

import pytest

from accounts.actions import keys
from config import times
from config.ids import from_uuid
from tests.jobs.test_list_jobs import BAD_CURSORS
from tests.voices.models import make_echo, make_model
from tests.voices.test_create_echo import KEYS, UUID
from tests.voices.test_list_audio_files import count_queries
from voices.models import Echo

ADDRESS = "/api/echos"


@pytest.fixture
def many(alice):
    """Makes Alice's echos, one second apart, the last one the newest, each with a voice model."""

    def make(count, **fields):
        start = times.now()
        for number in range(1, count + 1):
            row = {"name": f"number {number}", "created_at": start + dt.timedelta(seconds=number)} | fields
            make_model(alice, name=f"voice {number}", echo=make_echo(alice, **row))

    return make


def names(answer):
    return [row["name"].removeprefix("number ") for row in answer.json()["items"]]


def shown(answer):
    return re.findall(r'class="row-link"[^>]*>(?:number )?([^<]*)<', answer.content.decode())


def test_api_lists_the_newest_first_and_leads_to_the_next_page(api, alice, many):
    many(5)
    first = api(alice).get(f"{ADDRESS}?limit=3")
    assert (names(first), set(first.json()["items"][0])) == (["5", "4", "3"], KEYS)
    second = api(alice).get(ADDRESS, {"limit": 3, "cursor": first.json()["next"]})
    assert (names(second), second.json()["next"]) == (["2", "1"], None)


def test_api_cuts_the_personas_and_tells_the_models(api, alice, many):
    many(1, persona_prompt="é" * 300)
    row = api(alice).get(ADDRESS).json()["items"][0]
    assert row["persona_prompt"] == "é" * 200
    whole = api(alice).get(f"{ADDRESS}/{row['_id']}").json()
    assert (whole["persona_prompt"], whole["voice_model_id"]) == ("é" * 300, row["voice_model_id"])
    assert row["voice_model_id"] == Echo.objects.get().linked_model.pk


def test_api_searches_names_and_descriptions(api, alice, many):
    many(3)
    make_echo(alice, name="Gull", description="Number one of the HARBOUR")
    assert names(api(alice).get(ADDRESS, {"q": "Number 2"})) == ["2"]
    assert names(api(alice).get(ADDRESS, {"q": "harbour"})) == ["Gull"]
    assert names(api(alice).get(ADDRESS, {"q": ".*"})) == []


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=many", f"q={'a' * 201}", "q=%00"])
def test_api_refuses_a_malformed_query(api, alice, query):
    answer = api(alice).get(f"{ADDRESS}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][-1] == query.partition("=")[0]


@pytest.mark.parametrize("cursor", BAD_CURSORS)
def test_malformed_cursors_are_refused(api, page, alice, cursor):
    assert api(alice).get(ADDRESS, {"cursor": cursor}).status_code == 422
    assert page(alice).get("/echos", {"cursor": cursor}).status_code == 422


def test_both_lists_ask_as_often_for_one_echo_as_for_twenty(api, page, alice, many):
    many(1)
    one = count_queries(api(alice), ADDRESS), count_queries(page(alice), "/echos")
    many(18)
    make_echo(alice)
    assert (count_queries(api(alice), ADDRESS), count_queries(page(alice), "/echos")) == one == (3, 7)


def test_api_shows_one(api, client, alice, bob, charlie, echo):
    address = f"{ADDRESS}/{echo.pk}"
    told = api(alice).get(address).json()
    assert (set(told), told["name"], told["voice_id"]) == (KEYS, "Keeper", None)
    for user in (bob, charlie):
        assert api(user).get(address).status_code == 404
        assert api(user).get(ADDRESS).json() == {"items": [], "next": None}
    assert client.get(address).status_code == client.get(ADDRESS).status_code == 401


def test_api_takes_keys_that_look(api, client, alice, echo):
    for scopes, status in ((["read"], 200), (["voices"], 200), (["speak"], 403)):
        _, text = keys.create_key(by=alice, name="Robot", scopes=scopes)
        assert client.get(ADDRESS, headers={"authorization": f"Bearer {text}"}).status_code == status


def test_api_shows_the_voice_model_of_an_echo(api, client, alice, bob, charlie, echo):
    address = f"/api/echo/{echo.pk}/voice-model"
    refused = api(alice).get(address)
    assert (refused.status_code, refused.json()["detail"]) == (404, "This echo has no voice model.")
    model = make_model(alice, echo=echo)
    told = api(alice).get(address).json()
    assert told == api(alice).get(f"/api/voice-models/{model.pk}").json()
    assert told["voice_model"]["echo_id"] == echo.pk
    for user in (bob, charlie):
        assert api(user).get(address).status_code == 404
    assert client.get(address).status_code == 401
    assert api(alice).post(address).status_code == 405


@pytest.mark.parametrize("path", ["/api/echos/{}", "/api/echo/{}/voice-model", "/echos/{}"])
def test_ids_are_ours_or_old_ones(api, page, alice, path):
    client = page(alice) if path.startswith("/echos") else api(alice)
    for echo_id in ("a" * 24, UUID, "5", "a%00b", "x" * 300, "a" * 23):
        assert client.get(path.format(echo_id)).status_code == 404
    make_model(alice, echo=make_echo(alice, pk=from_uuid(UUID)))
    assert client.get(path.format(UUID)).status_code == 200


def test_page_shows_more_and_searches(page, alice, many):
    many(25)
    first = page(alice).get("/echos?q=number")
    link = re.search(r'href="(/echos\?[^"]*)" hx-get="([^"]*)"', first.content.decode())
    assert (len(shown(first)), link[1]) == (20, link[2])
    address = link[1].replace("&amp;", "&")
    assert shown(page(alice).get(address)) == ["5", "4", "3", "2", "1"]
    rows = page(alice).get(address, headers={"hx-request": "true"}).content.decode().strip()
    assert rows.startswith("<tr")
    assert "voice 5" in rows


def test_page_names_the_voices(page, alice, demo):
    make_echo(alice, name="first")
    make_echo(alice, name="second", voice_id=demo.voice_id)
    make_model(alice, name="Fog", state="training", echo=make_echo(alice, name="third"))
    body = page(alice).get("/echos").content.decode()
    for words in ("The default voice", "Demo (low)", "<bdi>Fog</bdi>, training"):
        assert words in body


def test_page_without_echos_says_what_will_be_here(page, client, alice, charlie, many):
    assert b"Your echos will be here" in page(alice).get("/echos").content
    many(1)
    assert b"Nothing fits" in page(alice).get("/echos?q=zebra").content
    assert page(alice).get("/echos?q=%00").status_code == 200
    assert shown(page(charlie).get("/echos")) == []
    assert client.get("/echos").url == "/login?next=/echos"
    assert page(alice).post("/echos").status_code == 405


def test_the_page_of_one(page, client, alice, bob, charlie, demo):
    echo = make_echo(alice, name="<b>Keeper", description="Of the harbour", persona_prompt="Calm.", speed=0.9)
    body = page(alice).get(f"/echos/{echo.pk}").content.decode()
    for words in ("&lt;b&gt;Keeper", "Of the harbour", "Calm.", "0.9 ×", "The default voice", echo.pk):
        assert words in body
    assert "<b>Keeper" not in body
    for user in (bob, charlie):
        assert page(user).get(f"/echos/{echo.pk}").status_code == 404
    assert client.get(f"/echos/{echo.pk}").url.startswith("/login")
    assert page(alice).post(f"/echos/{echo.pk}").status_code == 405


@pytest.mark.parametrize(("state", "polls"), [("training", True), ("trained", False), ("failed", False)])
def test_the_page_of_one_follows_its_models_training(page, alice, echo, fish, state, polls):
    make_model(alice, echo=echo, state=state, error="Too short. Record it again." if state == "failed" else "")
    whole = page(alice).get(f"/echos/{echo.pk}")
    assert (f'hx-get="/echos/{echo.pk}"' in whole.content.decode()) == polls
    assert (b"Too short." in whole.content) == (state == "failed")
    assert (f'action="/echos/{echo.pk}/say"' in whole.content.decode()) == (state == "trained")
    part = page(alice).get(f"/echos/{echo.pk}", headers={"hx-request": "true"})
    assert part.content.decode().strip().startswith("<section") == polls
    assert ("HX-Refresh" in part.headers) != polls


def test_an_echo_whose_engine_is_off_says_so(page, alice, echo, settings):
    make_model(alice, echo=echo)
    say, speak, off = f'action="/echos/{echo.pk}/say"', f'href="/speak?echo={echo.pk}"', "Fish Audio is off here"
    body = page(alice).get(f"/echos/{echo.pk}").content.decode()
    assert (off in body, say in body, speak in body) == (True, False, False)
    settings.FISH_API_KEY = "a-key"
    body = page(alice).get(f"/echos/{echo.pk}").content.decode()
    assert (off in body, say in body, speak in body) == (False, True, True)
