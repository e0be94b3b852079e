"""A recording that is sent again with the same `Idempotency-Key` is cloned once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import IdempotencyKey
from tests.voices.fish_wire import Fault
from tests.voices.recordings import GOOD, tone, wav_of
from voices.models import AudioFile, VoiceModel

OTHER = wav_of(tone(11))


@pytest.fixture
def ask(api, alice):
    def post(content=GOOD, path="/api/upload-reference", called="harbour.wav", key="morning", **fields):
        form = {"name": "Harbour", "consent": "true", "save": "true"} | fields
        form["audio"] = SimpleUploadedFile(called, content, "audio/wav")
        return api(alice).post(path, form, headers={"idempotency-key": key})

    return post


def test_the_engine_is_asked_once(ask, fish):
    first, second = ask(), ask()
    assert (first.status_code, second.status_code, second.content) == (201, 201, first.content)
    assert fish.doors() == ["POST /model"]
    assert VoiceModel.objects.count() == 1


def test_the_file_arrives_whole(ask, fish):
    ask()
    assert fish.seen[0].form()[1] == [GOOD]


@pytest.mark.parametrize("change", [{"content": OTHER}, {"name": "Quay"}, {"called": "quay.wav"}, {"save": "false"}])
def test_another_form_is_told(ask, fish, change):
    ask()
    answer = ask(**change)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_mismatch")
    assert fish.doors() == ["POST /model"]


def test_when_the_engine_fails_it_may_be_sent_again(ask, fish):
    fish.fail(Fault(402))
    assert ask().status_code == 503
    assert not IdempotencyKey.objects.exists()
    assert ask().status_code == 201


def test_a_refused_recording_leaves_the_key_free(ask, fish):
    assert ask(content=b"no sound").status_code == 415
    assert ask().status_code == 201


def test_a_new_version_is_made_once(ask, fish, voice_model):
    door = f"/api/voice-models/{voice_model.pk}/versions"
    first, second = ask(path=door), ask(path=door)
    assert (first.status_code, second.content) == (201, first.content)
    assert VoiceModel.objects.count() == 2


def test_another_door_has_keys_of_its_own(ask, fish, voice_model):
    assert ask().status_code == 201
    assert ask(path=f"/api/voice-models/{voice_model.pk}/versions").status_code == 201


def test_a_kept_file_is_cloned_once(ask, api, alice, fish):
    fish.fail(Fault(402))
    ask()
    door = f"/api/audio-file/{AudioFile.objects.get().pk}/clone"
    body, headers = {"name": "Harbour", "consent": True}, {"idempotency-key": "again"}
    answers = [api(alice).post(door, body, "application/json", headers=headers) for _ in range(2)]
    assert (answers[0].status_code, answers[1].content) == (201, answers[0].content)
    assert VoiceModel.objects.count() == 1
