"""Linking a voice model to an echo: the action, the model's door, the echo's doors."""

import threading
from contextlib import nullcontext

import pytest
from django.db import connection

from config import db
from config.errors import Conflict
from config.ids import from_uuid
from tests.accounts.conftest import join_team_of
from tests.voices.models import make_echo, make_model
from voices.actions import links
from voices.models import Echo, VoiceModel

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def mate(alice):
    return join_team_of(alice, "mate")


def model_of(echo):
    return Echo.objects.with_models().get(pk=echo.pk).linked_model


def link_door(api, user, model_id, echo_id):
    return api(user).post(f"/api/voice-models/{model_id}/link", {"echo_id": echo_id}, "application/json")


def patch(api, user, echo, **changes):
    return api(user).patch(f"/api/echos/{echo.pk}", changes, "application/json")


def test_a_model_is_linked_and_the_objects_in_hand_know(alice, voice_model, echo):
    links.link(by=alice, model=voice_model, echo=echo)
    assert model_of(echo) == echo.linked_model == voice_model
    assert (voice_model.echo, echo.links) == (echo, Echo.objects.get().links)
    links.unlink(by=alice, echo=echo)
    assert model_of(echo) is echo.linked_model is voice_model.echo is None
    links.link(by=alice, model=voice_model, echo=echo)
    assert model_of(echo) == voice_model


def test_an_echo_has_one_model(alice, voice_model, echo):
    links.link(by=alice, model=voice_model, echo=echo)
    other = make_model(alice)
    links.link(by=alice, model=other, echo=echo)
    assert model_of(echo) == other
    voice_model.refresh_from_db()
    assert voice_model.echo is None


def test_a_model_has_one_echo(alice, voice_model, echo):
    links.link(by=alice, model=voice_model, echo=echo)
    second = make_echo(alice)
    links.link(by=alice, model=voice_model, echo=second)
    assert (model_of(echo), model_of(second)) == (None, voice_model)


def test_linking_what_is_linked_already_changes_nothing(alice, voice_model, echo):
    links.link(by=alice, model=voice_model, echo=echo)
    before = Echo.objects.get().links
    links.link(by=alice, model=VoiceModel.objects.get(), echo=Echo.objects.get())
    links.unlink(by=alice, echo=make_echo(alice))
    assert (model_of(echo), Echo.objects.get(pk=echo.pk).links) == (voice_model, before)


def test_who_has_read_an_older_state_is_told(alice, voice_model, echo):
    late, other = Echo.objects.get(), make_model(alice)
    links.link(by=alice, model=voice_model, echo=echo)
    with pytest.raises(Conflict, match="Somebody has just changed"):
        links.link(by=alice, model=other, echo=late)
    assert model_of(echo) == voice_model


def test_an_echo_that_is_gone_takes_no_model(alice, voice_model, echo):
    late = Echo.objects.get()
    echo.delete()
    with pytest.raises(Conflict):
        links.link(by=alice, model=voice_model, echo=late)
    voice_model.refresh_from_db()
    assert voice_model.echo_id is None


@pytest.mark.parametrize("gone", [True, False])
def test_a_model_that_is_gone_or_taken_leaves_the_echo_what_it_had(alice, voice_model, echo, monkeypatch, gone):
    """On a server without transactions too: nothing there takes the half back."""
    links.link(by=alice, model=voice_model, echo=echo)
    late = make_model(alice)
    if gone:
        VoiceModel.objects.get(pk=late.pk).delete()
    else:
        links.link(by=alice, model=VoiceModel.objects.get(pk=late.pk), echo=make_echo(alice))
    monkeypatch.setattr(db, "transaction", nullcontext)
    with pytest.raises(Conflict):
        links.link(by=alice, model=late, echo=echo)
    assert model_of(echo) == voice_model


def at_once(*works):
    """What each of them says when all run in threads of their own, begun together."""
    together, said = threading.Barrier(len(works)), []

    def go(work):
        together.wait()
        try:
            work()
            said.append("done")
        except Conflict:
            said.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def linking(by, model, echo):
    """A link by somebody who has read both for themselves."""
    mine, theirs = VoiceModel.objects.get(pk=model.pk), Echo.objects.get(pk=echo.pk)
    return lambda: links.link(by=by, model=mine, echo=theirs)


@pytest.mark.django_db(transaction=True)
def test_of_two_models_for_one_echo_at_the_same_instant_one_wins(alice, echo):
    models = [make_model(alice), make_model(alice)]
    assert at_once(*[linking(alice, model, echo) for model in models]) == ["done", "told"]
    assert VoiceModel.objects.get(echo=echo) in models


@pytest.mark.django_db(transaction=True)
def test_of_two_echos_for_one_model_at_the_same_instant_one_wins(alice, voice_model):
    echos = [make_echo(alice), make_echo(alice)]
    assert at_once(*[linking(alice, voice_model, echo) for echo in echos]) == ["done", "told"]
    assert [model_of(echo) for echo in echos].count(voice_model) == 1


@pytest.mark.django_db(transaction=True)
def test_two_echos_that_swap_their_models_at_once_end_with_one_each_at_most(alice):
    echos, models = [make_echo(alice), make_echo(alice)], [make_model(alice), make_model(alice)]
    for model, echo in zip(models, echos, strict=True):
        links.link(by=alice, model=model, echo=echo)
    said = at_once(linking(alice, models[0], echos[1]), linking(alice, models[1], echos[0]))
    linked = [model_of(echo) for echo in echos]
    assert "done" in said
    assert len({model.pk for model in linked if model}) == len([model for model in linked if model])


def test_the_models_door_links_and_moves(api, alice, voice_model, echo):
    answer = link_door(api, alice, voice_model.pk, echo.pk)
    assert (answer.status_code, answer.json()["_id"], answer.json()["echo_id"]) == (200, voice_model.pk, echo.pk)
    second = make_echo(alice)
    assert link_door(api, alice, voice_model.model_id, second.pk).json()["echo_id"] == second.pk
    assert (model_of(echo), model_of(second)) == (None, voice_model)


def test_the_models_door_knows_old_ids(api, alice):
    echo = make_echo(alice, pk=from_uuid(UUID))
    model = make_model(alice, pk=from_uuid(UUID))
    assert link_door(api, alice, UUID, UUID).json()["echo_id"] == echo.pk
    assert model_of(echo) == model


def test_the_models_door_hides_what_is_not_ones_own(api, client, alice, bob, charlie, voice_model, echo):
    for user in (bob, charlie):
        assert link_door(api, user, voice_model.pk, make_echo(user).pk).status_code == 404
    assert client.post(f"/api/voice-models/{voice_model.pk}/link").status_code == 401
    assert api(alice).get(f"/api/voice-models/{voice_model.pk}/link").status_code == 405
    assert model_of(echo) is None


@pytest.mark.parametrize("echo_id", ["nonsense", "", None, 5, "a\0"])
def test_the_models_door_refuses_a_malformed_echo(api, alice, voice_model, echo_id):
    answer = link_door(api, alice, voice_model.pk, echo_id)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "echo_id"])


def test_the_echos_door_links_moves_and_unlinks(api, alice, voice_model, echo):
    assert patch(api, alice, echo, model_id=voice_model.pk).json()["voice_model_id"] == voice_model.pk
    second = make_echo(alice)
    assert patch(api, alice, second, model_id=voice_model.model_id).json()["voice_model_id"] == voice_model.pk
    assert api(alice).get(f"/api/echos/{echo.pk}").json()["voice_model_id"] is None
    assert patch(api, alice, second, name="Still there").json()["voice_model_id"] == voice_model.pk
    assert patch(api, alice, second, model_id=None).json()["voice_model_id"] is None
    assert model_of(second) is None


@pytest.mark.parametrize("model_id", ["nonsense", "a" * 24, UUID, "a\0b", "\ud800"])
def test_the_echos_door_refuses_an_unknown_model(api, alice, voice_model, echo, model_id):
    links.link(by=alice, model=voice_model, echo=echo)
    answer = patch(api, alice, echo, model_id=model_id, name="Other")
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "model_id"])
    assert (model_of(echo), Echo.objects.get().name) == (voice_model, "Keeper")


def test_the_echos_door_refuses_a_model_of_others(api, alice, charlie, mate, echo):
    for user in (charlie, mate):
        theirs = make_model(user, visibility="shared")
        assert patch(api, alice, echo, model_id=theirs.pk).status_code == 422
    assert model_of(echo) is None


def test_the_echos_door_tells_who_came_second(api, alice, voice_model, echo, monkeypatch):
    claim = links.claim
    with monkeypatch.context() as patched:
        patched.setattr(links, "claim", lambda echo: Echo.objects.update(links=7) and claim(echo))
        answer = patch(api, alice, echo, model_id=voice_model.pk, name="Other")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert (model_of(echo), Echo.objects.get().name) == (None, "Keeper")


def test_the_page_links_moves_and_unlinks(page, alice, voice_model, echo):
    sent = {"name": "Keeper", "speed": "1.0", "voice": f"model:{voice_model.pk}"}
    assert page(alice).post(f"/echos/{echo.pk}/change", sent).url == f"/echos/{echo.pk}"
    assert model_of(echo) == voice_model
    second = make_echo(alice, name="Gull")
    assert b"Harbour (now of Keeper)" in page(alice).get(f"/echos/{second.pk}/change").content
    page(alice).post(f"/echos/{second.pk}/change", sent | {"name": "Gull"})
    assert (model_of(echo), model_of(second)) == (None, voice_model)
    page(alice).post(f"/echos/{second.pk}/change", sent | {"voice": ""})
    assert model_of(second) is None


def test_the_page_offers_no_model_of_others(page, alice, mate, charlie, echo):
    for user in (mate, charlie):
        theirs = make_model(user, name="Not yours", visibility="shared")
        sent = {"name": "Keeper", "speed": "1.0", "voice": f"model:{theirs.pk}"}
        answer = page(alice).post(f"/echos/{echo.pk}/change", sent)
        assert (answer.status_code, b"Choose one of the list." in answer.content) == (200, True)
    assert b"Not yours" not in page(alice).get(f"/echos/{echo.pk}/change").content
    assert model_of(echo) is None


def test_the_page_tells_who_came_second(page, alice, voice_model, echo, monkeypatch):
    monkeypatch.setattr(links, "move", lambda echo, model: links.claim(Echo(pk=echo.pk, links=99)))
    sent = {"name": "Other", "speed": "1.0", "voice": f"model:{voice_model.pk}"}
    answer = page(alice).post(f"/echos/{echo.pk}/change", sent)
    assert (answer.status_code, b"Somebody has just changed" in answer.content) == (200, True)
    assert (model_of(echo), Echo.objects.get().name) == (None, "Keeper")
