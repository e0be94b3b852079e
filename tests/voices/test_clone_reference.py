"""A kept file becomes a voice model: one that waited for the engine, or any other."""

from contextlib import suppress

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry, Event, UsageDay
from config import times
from tests.voices.fish_wire import Fault
from tests.voices.recordings import GOOD, silence, wav_of
from tests.voices.sounds import sound
from voices import tasks
from voices.actions import audio_files, references
from voices.engines.fish_errors import NoCredit
from voices.models import AudioFile, EngineDeletion, UnsavedModel, VoiceModel

FIELDS = {"name": "Harbour", "consent": True}


@pytest.fixture
def kept(send, alice, fish):
    """A recording of Alice's that waits for the engine."""
    fish.fail(Fault(402))
    send(alice, save="true")
    fish.seen.clear()
    return AudioFile.objects.get()


@pytest.fixture
def clone(api):
    return lambda user, file, **fields: api(user).post(
        f"/api/audio-file/{file.pk}/clone", FIELDS | fields, "application/json"
    )


def test_action_clones_a_file(alice, kept, fish):
    made = references.clone_file(by=alice, file=kept, name="Harbour", has_consent=True)
    model = VoiceModel.objects.get()
    assert (made.model, model.name, model.audio_file_path) == (model, "Harbour", "harbour.wav")
    assert model.reference != kept.s3_key
    for place in (model.reference, kept.s3_key):
        with default_storage.open(place) as file:
            assert file.read() == GOOD
    assert fish.seen[-1].form()[0]["tags"] == [kept.clone_tag]
    kept.refresh_from_db()
    assert kept.clone_tag == ""
    assert UsageDay.objects.get(user=alice).uploads == 1


def test_page_clones_with_one_click_what_waits_for_the_engine(page, alice, charlie, kept, fish, settings):
    address = f"/files/{kept.pk}/clone"
    assert f'formaction="{address}"' in page(alice).get("/files").content.decode()
    assert page(charlie).post(address).status_code == 404
    fish.fail(Fault(402))
    assert "no credit left" in page(alice).post(address, follow=True).content.decode()
    answer = page(alice).post(address)
    model = VoiceModel.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/voice-models/{model.pk}")
    assert (model.name, model.consent_at) == ("harbour", kept.consent_at)
    assert "formaction" not in page(alice).get("/files").content.decode()
    settings.FISH_API_KEY = ""
    AudioFile.objects.update(clone_tag="a tag")
    assert "formaction" not in page(alice).get("/files").content.decode()


def test_without_consent_nothing_is_cloned(page, clone, alice, audio_file, fish):
    answer = page(alice).post(f"/files/{audio_file.pk}/clone", follow=True)
    assert "Confirm that you have the right" in answer.content.decode()
    assert clone(alice, audio_file, consent=False).status_code == 400
    assert (fish.doors(), VoiceModel.objects.exists()) == ([], False)


def test_an_earlier_try_that_made_the_model_after_all_is_taken(clone, alice, kept, fish):
    late = fish.add_model(tags=[kept.clone_tag], state="training")
    answer = clone(alice, kept)
    assert (answer.status_code, answer.json()["model_id"], fish.doors()) == (201, late["_id"], ["GET /model"])
    assert VoiceModel.objects.get().state == "training"


def test_any_file_may_be_cloned_and_again(clone, alice, audio_file, fish, echo):
    AudioFile.objects.filter(pk=audio_file.pk).update(duration=1)
    assert clone(alice, audio_file, echo_id=echo.pk).json()["database_record"]["echo_id"] == echo.pk
    assert clone(alice, audio_file).status_code == 201
    assert fish.doors() == ["POST /model", "POST /model"]
    assert VoiceModel.objects.count() == 2


def test_without_saving_only_the_id_is_noted(clone, alice, kept, fish):
    answer = clone(alice, kept, save=False)
    assert "database_record" not in answer.json()
    assert UnsavedModel.objects.get().model_id == answer.json()["model_id"]
    assert not VoiceModel.objects.exists()


def test_a_file_without_a_try_keeps_the_tag_of_the_first_that_fails(clone, alice, audio_file, fish):
    fish.fail(Fault(402))
    answer = clone(alice, audio_file)
    assert (answer.status_code, answer.json()["code"]) == (503, "engine_no_credit")
    assert answer.json()["detail"].endswith("The recording stays in your files: try again later.")
    audio_file.refresh_from_db()
    assert audio_file.clone_tag == fish.seen[0].form()[0]["tags"][0]
    assert AudioFile.objects.count() == 1
    assert default_storage.exists(audio_file.s3_key)


def test_deleting_a_file_deletes_what_was_begun_with_it(alice, kept, fish, redis):
    fish.add_model(tags=[kept.clone_tag])
    audio_files.delete_file(by=alice, file=kept)
    assert EngineDeletion.objects.get().tag == kept.clone_tag


def test_deleting_a_cloned_file_leaves_the_model_alone(clone, alice, kept, fish):
    clone(alice, kept)
    audio_files.delete_file(by=alice, file=kept)  # which still has the tag
    assert not EngineDeletion.objects.exists()
    assert VoiceModel.objects.count() == 1


def test_a_file_that_is_deleted_meanwhile_leaves_its_model(alice, audio_file, fish, monkeypatch):
    ask = references.ask_engine

    def meanwhile(*args, **options):
        found = ask(*args, **options)
        audio_files.delete_file(by=alice, file=audio_file)  # as it was read before the engine was asked
        return found

    monkeypatch.setattr(references, "ask_engine", meanwhile)
    references.clone_file(by=alice, file=audio_file, name="Harbour", has_consent=True)
    deletion = EngineDeletion.objects.get()
    assert (deletion.tag, deletion.due_at > times.now()) == (fish.seen[-1].form()[0]["tags"][0], True)
    tasks.delete_at_engine(deletion.pk)
    assert VoiceModel.objects.get().model_id in fish.models
    assert not EngineDeletion.objects.exists()


def test_of_two_who_clone_a_file_at_once_one_does(clone, alice, audio_file, fish, monkeypatch):
    ask, answers = references.ask_engine, []

    def meanwhile(*args, **options):
        answers.append(clone(alice, audio_file))
        return ask(*args, **options)

    monkeypatch.setattr(references, "ask_engine", meanwhile)
    assert clone(alice, audio_file).status_code == 201
    assert [(answer.status_code, answer.json()["detail"]) for answer in answers] == [(409, references.CLONED_NOW)]
    assert fish.doors() == ["POST /model"]


def test_a_file_whose_cloning_was_cut_off_is_cloned_later(clone, alice, kept, fish):
    AudioFile.objects.update(cloning_until=times.now() + references.CLONING)
    assert clone(alice, kept).status_code == 409
    AudioFile.objects.update(cloning_until=times.now())
    assert clone(alice, kept).status_code == 201
    assert AudioFile.objects.get().cloning_until is None


def test_who_comes_second_looks_what_the_first_has_made(alice, audio_file, fish):
    fish.fail(Fault(402, done=True))
    for _ in range(2):  # both with the file as it was before the first
        with suppress(NoCredit):
            references.clone_file(by=alice, file=audio_file, name="Harbour", has_consent=True)
    assert (fish.doors(), len(fish.models)) == (["POST /model", "GET /model"], 1)
    assert VoiceModel.objects.count() == 1


def test_a_file_that_was_deleted_before_is_gone(alice, kept, fish):
    AudioFile.objects.filter(pk=kept.pk).delete()
    with pytest.raises(references.Gone):
        references.clone_file(by=alice, file=kept, name="Harbour", has_consent=True)
    assert not fish.seen


@pytest.mark.django_db(transaction=True)
def test_of_two_who_find_the_same_model_one_has_it(clone, alice, kept, fish, monkeypatch):
    late = fish.add_model(tags=[kept.clone_tag])
    begun = []

    def twice(wish, recording, found):
        begun.append(found)
        return finish(wish, recording, found)

    finish = references.making.finish
    monkeypatch.setattr(references.making, "finish", twice)
    assert clone(alice, kept).status_code == 201
    AudioFile.objects.filter(pk=kept.pk).update(clone_tag=kept.clone_tag)  # as the slower one has read it
    answer = clone(alice, kept)
    assert (answer.status_code, len(begun)) == (409, 2)
    assert "a moment ago" in answer.json()["detail"]
    assert (VoiceModel.objects.get().model_id, EngineDeletion.objects.count()) == (late["_id"], 0)


def test_what_cannot_be_read_is_refused(api, clone, alice, record, fish):
    sealed = {"file": SimpleUploadedFile("a.bin", b"sealed"), "encrypted": "true"}
    file = AudioFile.objects.get(pk=api(alice).post("/api/audio-file", sealed).json()["file_id"])
    assert [clone(alice, each).status_code for each in (file, record)] == [409, 409]
    assert not fish.seen


@pytest.mark.parametrize(("content", "status"), [(wav_of(silence(3)), 422), (sound("wav", 0.5), 422)])
def test_what_is_no_recording_is_refused(upload, clone, alice, fish, content, status):
    file = AudioFile.objects.get(pk=upload(alice, content).json()["file_id"])
    assert clone(alice, file).status_code == status
    file.refresh_from_db()
    assert (file.clone_tag, fish.seen) == ("", [])


def test_bytes_that_are_gone_are_told(clone, alice, kept, fish):
    default_storage.delete(kept.s3_key)
    assert clone(alice, kept).status_code == 410


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": ""}, 422),
        ({"echo_id": "x"}, 422),
        ({"echo_id": "a" * 24}, 404),
    ],
)
def test_api_refuses(clone, alice, kept, fish, fields, status):
    assert clone(alice, kept, **fields).status_code == status
    assert not (fish.seen or VoiceModel.objects.exists())
    assert not AuditEntry.objects.filter(event=Event.MODEL_MADE).exists()


def test_api_hides_the_files_of_others(clone, client, charlie, bob, kept, fish):
    assert [clone(user, kept).status_code for user in (charlie, bob)] == [403, 403]
    assert client.post(f"/api/audio-file/{kept.pk}/clone", FIELDS, "application/json").status_code == 401
    assert not fish.seen


def test_an_action_that_fails_says_so(alice, audio_file, fish):
    fish.fail(Fault(402))
    with pytest.raises(NoCredit, match="no credit"):
        references.clone_file(by=alice, file=audio_file, name="Harbour", has_consent=True)
