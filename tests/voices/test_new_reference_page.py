"""The page on which a voice is cloned."""

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile

from config import times
from tests.voices.fish_wire import Fault
from tests.voices.models import make_echo
from tests.voices.recordings import GOOD, REFUSED
from voices.models import AudioFile, UnsavedModel, VoiceModel

DOOR = "/voice-models/new"
OFF = "Voice cloning is off here: whoever runs this installation"


@pytest.fixture
def fill(page):
    """Sends the form as somebody."""

    def post(user, content=GOOD, called="harbour.wav", door=DOOR, headers=None, **fields):
        form = {"audio": SimpleUploadedFile(called, content), "name": "Harbour", "consent": "on", "save": "on"} | fields
        return page(user).post(door, {name: value for name, value in form.items() if value != ""}, headers=headers)

    return post


def test_a_saved_voice_leads_to_its_page(fill, page, alice, echo, fish):
    answer = fill(alice, echo_id=echo.pk)
    model = VoiceModel.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/voice-models/{model.pk}")
    assert (model.name, model.echo, model.audio_file_path) == ("Harbour", echo, "harbour.wav")
    shown = page(alice).get(answer.url).content.decode()
    assert "Good for cloning." in shown
    assert "data-peaks=" in shown


def test_a_script_is_told_the_way(fill, alice, fish):
    answer = fill(alice, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, f"/voice-models/{VoiceModel.objects.get().pk}")


def test_an_unsaved_voice_shows_its_id_to_its_owner_alone(fill, page, alice, charlie, fish):
    answer = fill(alice, save="")
    model = UnsavedModel.objects.get()
    assert answer.url == f"{DOOR}?made={model.pk}"
    assert f'value="{model.model_id}"' in page(alice).get(answer.url).content.decode()
    assert page(charlie).get(answer.url).status_code == 404
    assert not VoiceModel.objects.exists()


def test_an_echo_speaks_with_what_is_saved_alone(fill, alice, echo, fish):
    answer = fill(alice, save="", echo_id=echo.pk)
    (told,) = get_messages(answer.wsgi_request)
    assert (told.level_tag, "only a saved voice model" in told.message) == ("warning", True)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_recording_is_told_at_the_form(fill, alice, untouched, name):
    content, called, _, words = REFUSED[name]
    answer = fill(alice, content, called)
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert untouched()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"audio": ""}, "Choose or make a recording."),
        ({"name": ""}, "Give the voice a name."),
        ({"consent": ""}, "Confirm that you have the right to clone this voice"),
        ({"echo_id": "a" * 24}, "Choose an echo of the list."),
    ],
)
def test_what_is_missing_is_told(fill, alice, echo, untouched, fields, words):
    answer = fill(alice, **fields)
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    fragment = fill(alice, headers={"HX-Request": "true"}, **fields).content.decode()
    assert words in fragment
    assert fragment.strip().startswith('<div id="problems"')
    assert untouched()


def test_all_that_is_missing_is_told_at_once(fill, alice, untouched):
    body = fill(alice, audio="", name="", consent="").content.decode()
    for field in ("audio", "name", "consent"):
        assert f'<li><a href="#id_{field}">' in body
    assert untouched()


def test_somebody_elses_echo_is_not_offered(fill, page, alice, charlie, untouched):
    foreign = make_echo(charlie, name="Secret keeper")
    assert "Secret keeper" not in page(alice).get(DOOR).content.decode()
    assert fill(alice, echo_id=foreign.pk).status_code == 200
    assert untouched()


def test_an_echo_may_be_chosen_beforehand(page, alice, echo):
    shown = page(alice).get(f"{DOOR}?echo_id={echo.pk}").content.decode()
    assert f'<option value="{echo.pk}" selected>' in shown


def test_a_recording_that_the_engine_does_not_take_is_found_among_the_files(fill, page, alice, fish):
    fish.fail(Fault(402))
    answer = fill(alice)
    assert answer.url == "/files"
    file = AudioFile.objects.get()
    shown = page(alice).get("/files").content.decode()
    assert "Not cloned yet" in shown
    assert f'formaction="/files/{file.pk}/clone"' in shown
    answer = fill(alice, door=f"{DOOR}?file={file.pk}", audio="")
    assert answer.url == f"/voice-models/{VoiceModel.objects.get().pk}"
    assert "Not cloned yet" not in page(alice).get("/files").content.decode()


def test_a_kept_file_that_fails_again_stays_on_the_page(fill, page, alice, audio_file, fish):
    door = f"{DOOR}?file={audio_file.pk}"
    assert 'value="Morning tone"' in page(alice).get(door).content.decode()
    fish.fail(Fault(402))
    answer = fill(alice, door=door, audio="")
    assert (answer.status_code, "The recording stays in your files" in answer.content.decode()) == (200, True)


def test_an_engine_that_is_off_is_told_first(fill, page, alice, settings):
    settings.FISH_API_KEY = ""
    assert OFF in page(alice).get(DOOR).content.decode()
    answer = fill(alice)
    assert answer.url == "/files"
    assert AudioFile.objects.get().clone_tag


def test_nothing_is_said_of_an_engine_that_is_on(page, alice, fish):
    assert OFF not in page(alice).get(DOOR).content.decode()


def test_consent_of_the_account_is_ticked_and_explained(page, alice, fish):
    assert "for all your uploads" not in page(alice).get(DOOR).content.decode()
    alice.cloning_consent_at = times.now()
    alice.save()
    shown = page(alice).get(DOOR).content.decode()
    assert "for all your uploads" in shown
    assert 'name="consent" id="id_consent" checked' in shown


def test_other_peoples_files_and_unreadable_ones_are_no_sources(page, alice, charlie, audio_file, record):
    doors = [f"{DOOR}?file={file}" for file in (audio_file.pk, record.pk, "nonsense")]
    assert [page(alice).get(door).status_code for door in doors] == [200, 409, 404]
    assert page(charlie).get(doors[0]).status_code == 404


def test_page_needs_sign_in_its_token_and_a_known_method(client, page, alice, untouched):
    form = {"audio": SimpleUploadedFile("a.wav", GOOD), "name": "Harbour", "consent": "on"}
    assert client.post(DOOR, form).url.startswith("/login")
    assert page(alice).put(DOOR).status_code == 405
    client.handler.enforce_csrf_checks = True
    client.force_login(alice)
    assert client.post(DOOR, form | {"audio": SimpleUploadedFile("a.wav", GOOD)}).status_code == 403
    assert untouched()
