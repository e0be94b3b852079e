import pytest

from config import db
from config.errors import Conflict, Unprocessable
from config.ids import from_uuid
from tests.accounts.conftest import join_team_of
from tests.voices.models import make_echo, make_model
from voices.actions import echos, links
from voices.models import ECHO_DESCRIPTION_MAX_CHARACTERS, PERSONA_MAX_CHARACTERS, Echo, VoiceModel

ADDRESS, OLD = "/api/echos", "/api/echo"
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
KEYS = {"_id", "user_id", "name", "description", "persona_prompt", "voice_id", "voice_model_id", "speed", "created_at"}
BAD = [
    ("name", ""),
    ("name", " \u200b "),
    ("name", "x" * 201),
    ("name", "a\0b"),
    ("name", None),
    ("description", "x" * (ECHO_DESCRIPTION_MAX_CHARACTERS + 1)),
    ("description", "a\0b"),
    ("description", None),
    ("persona_prompt", "x" * (PERSONA_MAX_CHARACTERS + 1)),
    ("persona_prompt", "half \ud83d"),
    ("persona_prompt", 5),
    ("voice_id", "nobody"),
    ("voice_id", "a\0b"),
    ("voice_id", "x" * 500),
    ("model_id", "nonsense"),
    ("model_id", "a" * 24),
    ("model_id", UUID),
    ("speed", 0.2),
    ("speed", 4.1),
    ("speed", float("nan")),
    ("speed", "fast"),
]


def create(api, user, **fields):
    return api(user).post(ADDRESS, fields, "application/json")


def create_old(api, user, **fields):
    body = {"user_id": user.pk, "name": "Keeper", "persona_prompt": "Calm."} | fields
    return api(user).post(OLD, body, "application/json")


def test_a_name_is_enough(alice):
    echo = echos.create_echo(by=alice, name="  The \n keeper\u202e ")
    assert (echo.name, echo.speed, echo.voice_id, echo.linked_model) == ("The keeper", 1.0, "", None)


def test_the_longest_texts_are_taken(alice):
    fields = {"description": "d" * ECHO_DESCRIPTION_MAX_CHARACTERS, "persona_prompt": "p" * PERSONA_MAX_CHARACTERS}
    echos.create_echo(by=alice, name="n" * 200, **fields)
    assert {name: getattr(Echo.objects.get(), name) for name in fields} == fields


@pytest.mark.parametrize("has_transactions", [True, False])
def test_it_comes_with_its_model_or_not_at_all(alice, voice_model, echo, monkeypatch, has_transactions):
    """On a server without transactions too."""
    links.link(by=alice, model=voice_model, echo=echo)
    if not has_transactions:
        monkeypatch.setattr(db, "transaction", db.nullcontext)
    move = links.move

    def come_second(echo, model):
        VoiceModel.objects.update(echo=None)
        move(echo, model)

    with monkeypatch.context() as patched, pytest.raises(Conflict):
        patched.setattr(links, "move", come_second)
        echos.create_echo(by=alice, name="Second", model_id=voice_model.pk)
    assert Echo.objects.get() == echo


def test_a_voice_that_cannot_speak_is_refused(alice, demo):
    demo.available = False
    demo.save()
    with pytest.raises(Unprocessable, match="can't speak now"):
        echos.create_echo(by=alice, name="Keeper", voice_id=demo.voice_id)


def test_api(api, alice, demo, voice_model, settings):
    settings.VOICE_ALIASES = {"alloy": demo.voice_id}
    fields = {"name": "Keeper", "description": "Of the harbour", "persona_prompt": "Calm.\nShort.", "speed": 0.25}
    answer = create(api, alice, voice_id="alloy", model_id=voice_model.model_id, **fields)
    told = answer.json()
    assert (answer.status_code, set(told)) == (201, KEYS)
    linked = {"voice_id": demo.voice_id, "voice_model_id": voice_model.pk, "user_id": alice.pk}
    assert told == told | fields | linked
    assert api(alice).get(f"{ADDRESS}/{told['_id']}").json() == told


def test_api_takes_a_model_from_its_former_echo_and_knows_old_ids(api, alice, echo):
    model = make_model(alice, pk=from_uuid(UUID), echo=echo)
    assert create(api, alice, name="Second", model_id=UUID).json()["voice_model_id"] == model.pk
    assert api(alice).get(f"{ADDRESS}/{echo.pk}").json()["voice_model_id"] is None


@pytest.mark.parametrize(("field", "value"), BAD)
def test_api_refuses_what_it_cannot_take(api, alice, demo, voice_model, field, value):
    answer = create(api, alice, **{"name": "Keeper", field: value})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", field])
    assert not Echo.objects.exists()


def test_api_refuses_a_model_of_others(api, alice, charlie):
    for user in (charlie, join_team_of(alice, "mate")):
        answer = create(api, alice, name="Keeper", model_id=make_model(user, visibility="shared").pk)
        assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "model_id"])
    assert not Echo.objects.exists()


def test_api_needs_a_credential_and_a_body(api, client, alice):
    assert client.post(ADDRESS, {"name": "Keeper"}, "application/json").status_code == 401
    assert api(alice).post(ADDRESS, "{", "application/json").status_code == 400
    assert api(alice).post(ADDRESS, {}, "application/json").status_code == 422
    assert api(alice).put(ADDRESS).status_code == 405


def test_the_old_door(api, alice, voice_model):
    answer = create_old(api, alice, voice_model_id=voice_model.pk)
    assert (answer.status_code, set(answer.json()), set(answer.json()["echo"])) == (201, {"echo"}, KEYS)
    assert answer.json()["echo"]["voice_model_id"] == voice_model.pk
    for nothing in ({}, {"voice_model_id": None}, {"voice_model_id": ""}):
        assert create_old(api, alice, **nothing).json()["echo"]["voice_model_id"] is None


def test_the_old_door_is_for_oneself(api, client, alice, bob, charlie):
    for user in (alice, bob):
        answer = create_old(api, user, user_id=charlie.pk)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert client.post(OLD, {"name": "Keeper"}, "application/json").status_code == 401
    assert api(alice).get(OLD).status_code == 405
    assert not Echo.objects.exists()


@pytest.mark.parametrize("model_id", ["nonsense", "a" * 24, UUID])
def test_the_old_door_names_its_own_field(api, alice, charlie, model_id):
    for asked in (model_id, make_model(charlie).pk):
        answer = create_old(api, alice, voice_model_id=asked)
        assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "voice_model_id"])
    assert create_old(api, alice, user_id="nonsense").status_code == 422
    assert not Echo.objects.exists()


def send(page, user, **fields):
    return page(user).post("/echos/new", {"name": "Keeper", "speed": "1.0", "voice": ""} | fields)


def test_page(page, alice, demo, voice_model):
    answer = send(page, alice, persona_prompt="Calm.\r\nShort.", voice=f"voice:{demo.voice_id}", speed="0.9")
    echo = Echo.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/echos/{echo.pk}")
    assert (echo.persona_prompt, echo.voice_id, echo.speed) == ("Calm.\nShort.", demo.voice_id, 0.9)
    assert (
        "Keeper is made."
        in page(alice).post("/echos/new", {"name": "Keeper", "speed": "1"}, follow=True).content.decode()
    )
    send(page, alice, name="Modelled", voice=f"model:{voice_model.pk}")
    assert Echo.objects.get(name="Modelled").linked_model == voice_model


def test_page_offers_models_and_voices(page, alice, demo, voice_model):
    make_model(alice, name="Fog", state="training", version=2, echo=make_echo(alice))
    body = page(alice).get(f"/echos/new?model={voice_model.pk}").content.decode()
    for words in ('<optgroup label="My voice models">', '<optgroup label="Voices">', "The default voice"):
        assert words in body
    assert "Fog, version 2, training (now of Keeper)" in body
    assert f'<option value="model:{voice_model.pk}" selected>' in body
    assert (
        f'<option value="voice:{demo.voice_id}" selected>'
        in page(alice).get(f"/echos/new?voice={demo.voice_id}").content.decode()
    )


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Name the echo."),
        ("name", "\u200b", "Name the echo, in up to 200 characters."),
        ("persona_prompt", "x" * 20_001, "The persona has 20,001 characters; at most 20,000 are kept."),
        ("voice", "model:nonsense", "Choose one of the list."),
        ("speed", "9", "less than or equal to 4.0"),
        ("speed", "nan", "Enter a number."),
    ],
)
def test_page_says_what_is_wrong(page, alice, field, value, words):
    answer = send(page, alice, **{field: value})
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert not Echo.objects.exists()


def test_page_counts_line_ends_as_one(page, alice):
    assert send(page, alice, persona_prompt="a\r\n" * 10_000).status_code == 302


def test_page_needs_sign_in(client, page, alice):
    assert client.post("/echos/new", {"name": "Keeper"}).url.startswith("/login")
    assert page(alice).put("/echos/new").status_code == 405
