"""The recording that a voice model was made of, for its owner alone."""

import pytest
from django.core.files.storage import default_storage

from tests.accounts.conftest import join_team_of
from tests.voices.sounds import sound
from voices.models import Visibility, VoiceModel


def get(client, model, query="", **headers):
    """The answer, read to its end, with all of it as `body`."""
    answer = client.get(f"/api/voice-models/{model.pk}/audio{query}", headers=headers)
    answer.body = b"".join(answer)
    return answer


def test_its_owner_hears_it(api, page, alice, voice_model):
    for client in (api(alice), page(alice)):
        answer = get(client, voice_model)
        assert (answer.status_code, answer.body) == (200, sound())
        assert answer.headers["Content-Type"] == "audio/wav"
        assert answer.headers["Content-Disposition"] == 'inline; filename="harbour.wav"'
        assert "private" in answer.headers["Cache-Control"]


def test_a_part_of_it(api, alice, voice_model):
    answer = get(api(alice), voice_model, range="bytes=4-7")
    assert (answer.status_code, answer.body) == (206, sound()[4:8])
    assert get(api(alice), voice_model, range="bytes=99999999-").status_code == 416


@pytest.mark.parametrize(
    ("name", "saved"),
    [("evil.html", "evil.wav"), ("", "Harbour.wav"), ("tone.tar.mp3", "tone.tar.wav"), (".wav", ".wav.wav")],
)
def test_a_download_is_called_by_its_name_and_its_real_kind(api, alice, voice_model, name, saved):
    VoiceModel.objects.update(audio_file_path=name)
    header = get(api(alice), voice_model, "?download=1").headers["Content-Disposition"]
    assert header == f'attachment; filename="{saved}"'


@pytest.mark.parametrize("kind", ["text/html", "", "image/svg+xml"])
def test_what_an_import_called_something_else_is_no_page(api, alice, voice_model, kind):
    VoiceModel.objects.update(reference_type=kind)
    assert get(api(alice), voice_model).headers["Content-Type"] == "application/octet-stream"


def test_nobody_else_hears_it(api, client, alice, bob, charlie, voice_model):
    mate = join_team_of(alice, "mate")
    address = f"/api/voice-models/{voice_model.pk}/audio"
    assert [api(person).get(address).status_code for person in (mate, bob, charlie)] == [404, 404, 404]
    VoiceModel.objects.update(visibility=Visibility.SHARED)
    answer = api(mate).get(address)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "Only its owner" in answer.json()["detail"]
    assert [api(person).get(address).status_code for person in (bob, charlie)] == [404, 404]
    assert client.get(address).status_code == 401
    assert api(alice).post(address).status_code == 405


def test_a_recording_that_is_not_here(api, alice, voice_model):
    default_storage.delete(voice_model.reference)
    assert api(alice).get(f"/api/voice-models/{voice_model.pk}/audio").status_code == 410
    VoiceModel.objects.update(reference="")
    answer = api(alice).get(f"/api/voice-models/{voice_model.pk}/audio")
    assert (answer.status_code, answer.json()["detail"]) == (404, "The recording of this voice model is not kept here.")
