import errno

import pytest
from django.core.files.storage import default_storage

from accounts.models import AuditEntry, Event
from config import hooks, queue
from config.storage_quota import used_bytes
from tests.accounts.conftest import join_team_of
from tests.voices.models import make_model
from voices import tasks
from voices.actions import engine_deletions, voice_models
from voices.models import EngineDeletion, Visibility, VoiceModel

DONE = {"success": True, "message": "Voice model deleted"}


@pytest.fixture
def model(alice, fish):
    """Alice's model, which the engine has too."""
    return make_model(alice, model_id=fish.add_model()["_id"])


def address(model):
    return f"/api/voice-models/{model.pk}"


def ask_page(model):
    return f"/voice-models/{model.pk}/delete"


def run_deletion():
    tasks.delete_at_engine(EngineDeletion.objects.get().pk)


def test_api_deletes_the_row_the_recording_and_the_engines_model(api, alice, model, fish):
    assert used_bytes(alice) == model.reference_bytes
    answer = api(alice).delete(address(model))
    assert (answer.status_code, answer.json()) == (200, DONE)
    assert not VoiceModel.objects.exists()
    assert not default_storage.exists(model.reference)
    assert used_bytes(alice) == 0
    assert AuditEntry.objects.get(event=Event.MODEL_DELETED).words == f"Harbour, {model.model_id}"
    run_deletion()
    assert (fish.models, EngineDeletion.objects.count()) == ({}, 0)
    assert api(alice).delete(address(model)).status_code == 404


def test_the_engine_is_asked_in_a_task(api, alice, model, fish, redis):
    assert api(alice).delete(address(model)).status_code == 200
    assert fish.seen == []
    task = queue.task_id(engine_deletions.TASK, EngineDeletion.objects.get().pk)
    assert queue.queue_of("network-upkeep").job_ids == [task]


@pytest.mark.parametrize("model_id", ["model_id", "pk"])
def test_api_takes_the_engines_id_too(api, alice, model, model_id):
    assert api(alice).delete(f"/api/voice-models/{getattr(model, model_id)}").json() == DONE


def test_it_goes_here_whatever_the_engine_does(api, page, alice, settings):
    """Off, and with a model that it never knew."""
    settings.FISH_API_KEY = ""
    one, two = make_model(alice), make_model(alice)
    assert api(alice).delete(address(one)).json() == DONE
    assert page(alice).post(ask_page(two)).url == "/voices"
    assert not VoiceModel.objects.exists()
    assert EngineDeletion.objects.count() == 2


def test_its_echo_stays_without_it(api, alice, echo, model):
    VoiceModel.objects.update(echo=echo)
    assert api(alice).delete(address(model)).json() == DONE
    echo.refresh_from_db()
    assert echo.linked_model is None


def test_a_newer_version_stays(api, alice, model):
    newer = make_model(alice, previous=model, version=2)
    assert api(alice).delete(address(model)).json() == DONE
    newer.refresh_from_db()
    assert (newer.previous, newer.version) == (None, 2)


def test_api_refuses_others(api, client, alice, bob, charlie, model):
    mate = join_team_of(alice, "mate")
    for person in (mate, bob, charlie):
        assert api(person).delete(address(model)).status_code == 404
    VoiceModel.objects.update(visibility=Visibility.SHARED)
    assert api(mate).delete(address(model)).status_code == 403
    assert [api(person).delete(address(model)).status_code for person in (bob, charlie)] == [404, 404]
    assert client.delete(address(model)).status_code == 401
    assert VoiceModel.objects.exists()
    assert not EngineDeletion.objects.exists()


def test_a_recording_that_is_gone_already_does_not_matter(api, alice, model):
    default_storage.delete(model.reference)
    assert api(alice).delete(address(model)).json() == DONE


def test_while_the_storage_is_read_only_a_model_stays(api, page, alice, model, monkeypatch):
    def fail(name):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(default_storage, "delete", fail)
    assert api(alice).delete(address(model)).status_code == 503
    assert page(alice).post(ask_page(model)).status_code == 503
    assert VoiceModel.objects.get() == model
    assert not EngineDeletion.objects.exists()


def test_two_who_delete_at_once_make_one_entry(alice, model):
    for same in (model, VoiceModel.objects.get()):
        voice_models.delete_model(by=alice, model=same)
    assert AuditEntry.objects.filter(event=Event.MODEL_DELETED).count() == 1
    assert EngineDeletion.objects.count() == 1


def test_an_account_that_ends_takes_its_models_along(alice, charlie, model, fish):
    kept = make_model(charlie)
    voice_models.delete_all(alice)
    assert list(VoiceModel.objects.all()) == [kept]
    assert not default_storage.exists(model.reference)
    run_deletion()
    assert fish.models == {}


def test_page_asks_first_and_says_what_stops_working(page, alice, model, monkeypatch):
    monkeypatch.setattr(hooks.dependents, "_registered", [lambda row: [f"The echo Keeper loses {row}."]])
    body = page(alice).get(ask_page(model)).content.decode()
    assert "<h1>Delete <bdi>Harbour</bdi>?</h1>" in body
    assert "<li>The echo Keeper loses Harbour.</li>" in body
    assert VoiceModel.objects.exists()
    answer = page(alice).post(ask_page(model), follow=True)
    assert "The voice model Harbour is deleted." in answer.content.decode()
    assert not VoiceModel.objects.exists()


def test_page_of_a_model_that_nothing_needs(page, alice, model, monkeypatch):
    monkeypatch.setattr(hooks.dependents, "_registered", [])
    body = page(alice).get(ask_page(model)).content.decode()
    assert "What stops working" not in body


def test_page_refuses_others(page, client, alice, bob, charlie, model):
    mate = join_team_of(alice, "mate")
    VoiceModel.objects.update(visibility=Visibility.SHARED)
    for method in ("get", "post"):
        assert getattr(page(mate), method)(ask_page(model)).status_code == 403
        for person in (bob, charlie):
            assert getattr(page(person), method)(ask_page(model)).status_code == 404
        assert getattr(client, method)(ask_page(model)).url.startswith("/login")
    assert page(alice).put(ask_page(model)).status_code == 405
    assert VoiceModel.objects.exists()
