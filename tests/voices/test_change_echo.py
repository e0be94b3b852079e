import pytest

from config.errors import NotFound
from config.ids import from_uuid
from tests.voices.models import make_echo, make_model
from tests.voices.test_create_echo import BAD, KEYS, UUID
from voices.actions import echos
from voices.models import Echo


def patch(api, user, echo_id, **changes):
    return api(user).patch(f"/api/echos/{echo_id}", changes, "application/json")


def test_only_what_is_named_changes(alice, demo, echo):
    echos.change_echo(by=alice, echo=echo, name="Gull", speed=2, voice_id=demo.voice_id)
    saved = Echo.objects.get()
    assert (
        (saved.name, saved.speed, saved.voice_id)
        == (echo.name, echo.speed, echo.voice_id)
        == ("Gull", 2, demo.voice_id)
    )
    assert saved.persona_prompt == "A calm lighthouse keeper."
    echos.change_echo(by=alice, echo=echo)
    assert Echo.objects.get().name == "Gull"


def test_it_may_keep_a_voice_that_is_not_ready(alice, demo, echo):
    echos.change_echo(by=alice, echo=echo, voice_id=demo.voice_id)
    demo.available = False
    demo.save()
    echos.change_echo(by=alice, echo=echo, voice_id=demo.voice_id, name="Gull")
    assert (Echo.objects.get().voice_id, Echo.objects.get().name) == (demo.voice_id, "Gull")


def test_one_that_was_deleted_meanwhile_is_not_found(alice, echo):
    late = Echo.objects.get()
    echo.delete()
    with pytest.raises(NotFound):
        echos.change_echo(by=alice, echo=late, name="Gull")


def test_api(api, alice, demo, voice_model, echo):
    answer = patch(api, alice, echo.pk, name="Gull", voice_id=demo.voice_id, model_id=voice_model.pk, speed=4)
    told = answer.json()
    assert (answer.status_code, set(told)) == (200, KEYS)
    assert told == told | {"name": "Gull", "speed": 4.0, "voice_model_id": voice_model.pk, "voice_id": demo.voice_id}
    assert told["persona_prompt"] == "A calm lighthouse keeper."
    assert patch(api, alice, echo.pk).json() == api(alice).get(f"/api/echos/{echo.pk}").json() == told
    told = patch(api, alice, echo.pk, voice_id=None, description="").json()
    assert (told["voice_id"], told["voice_model_id"]) == (None, voice_model.pk)


@pytest.mark.parametrize(("field", "value"), BAD)
def test_api_refuses_what_it_cannot_take_and_changes_nothing(api, alice, demo, echo, field, value):
    answer = patch(api, alice, echo.pk, **{"description": "Other", "speed": 2, "name": "Gull", field: value})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", field])
    assert api(alice).get(f"/api/echos/{echo.pk}").json()["name"] == "Keeper"


def test_api_hides_other_peoples_echos(api, client, alice, bob, charlie, echo):
    for user in (bob, charlie):
        assert patch(api, user, echo.pk, name="Mine").status_code == 404
    assert client.patch(f"/api/echos/{echo.pk}", {}, "application/json").status_code == 401
    assert Echo.objects.get().name == "Keeper"


@pytest.mark.parametrize("echo_id", ["a" * 24, UUID, "nonsense", "5", "a%00b"])
def test_api_knows_no_such_echo(api, alice, echo, echo_id):
    assert patch(api, alice, echo_id, name="Gull").status_code == 404


def test_api_knows_old_ids(api, alice):
    make_echo(alice, pk=from_uuid(UUID))
    assert patch(api, alice, UUID, name="Gull").json()["name"] == "Gull"


def change(page, user, echo, **fields):
    sent = {"name": "Keeper", "description": "", "persona_prompt": "", "voice": "", "speed": "1.0"} | fields
    return page(user).post(f"/echos/{echo.pk}/change", sent)


def test_page(page, alice, demo, echo):
    shown = page(alice).get(f"/echos/{echo.pk}/change").content.decode()
    assert "A calm lighthouse keeper." in shown
    answer = change(page, alice, echo, name="Gull", voice=f"voice:{demo.voice_id}", speed="1.5")
    assert answer.url == f"/echos/{echo.pk}"
    saved = Echo.objects.get()
    assert (saved.name, saved.persona_prompt, saved.voice_id, saved.speed) == ("Gull", "", demo.voice_id, 1.5)
    assert (
        f'<option value="voice:{demo.voice_id}" selected>'
        in page(alice).get(f"/echos/{echo.pk}/change").content.decode()
    )


def test_page_keeps_the_voice_below_a_model(page, alice, demo, voice_model, echo):
    change(page, alice, echo, voice=f"voice:{demo.voice_id}")
    change(page, alice, echo, voice=f"model:{voice_model.pk}")
    saved = Echo.objects.get()
    assert (saved.linked_model, saved.voice_id) == (voice_model, demo.voice_id)
    assert b"Without the model" in page(alice).get(f"/echos/{echo.pk}").content
    change(page, alice, echo, voice=f"voice:{demo.voice_id}")
    assert Echo.objects.get().linked_model is None


def test_page_keeps_what_is_not_in_the_list_any_more(page, alice, demo, monkeypatch):
    monkeypatch.setattr("voices.forms.echos.SHOWN_MODELS", 1)
    demo.available = False
    demo.save()
    old = make_echo(alice, voice_id=demo.voice_id, speed=3.3)
    body = page(alice).get(f"/echos/{old.pk}/change").content.decode()
    assert "Demo (low), not ready" in body
    assert '<option value="3.3" selected>' in body
    assert change(page, alice, old, voice=f"voice:{demo.voice_id}", speed="3.3").status_code == 302
    linked = make_model(alice, name="Old one", echo=old)
    make_model(alice, name="Newer")
    body = page(alice).get(f"/echos/{old.pk}/change").content.decode()
    assert ("Newer" in body, f'<option value="model:{linked.pk}" selected>Old one' in body) == (True, True)


def test_page_says_what_is_wrong_under_the_echos_name(page, alice, echo):
    answer = change(page, alice, echo, name="Gull", persona_prompt="x" * 20_001)
    body = answer.content.decode()
    assert (answer.status_code, "The persona has 20,001 characters" in body) == (200, True)
    assert "<h1>Change <bdi>Keeper</bdi></h1>" in body


def test_page_needs_sign_in_and_hides_other_peoples_echos(client, page, bob, charlie, alice, echo):
    address = f"/echos/{echo.pk}/change"
    assert client.get(address).url.startswith("/login")
    for user in (bob, charlie):
        assert page(user).get(address).status_code == change(page, user, echo, name="Mine").status_code == 404
    assert page(alice).put(address).status_code == 405
    assert page(alice).get("/echos/nonsense/change").status_code == 404
    assert Echo.objects.get().name == "Keeper"
