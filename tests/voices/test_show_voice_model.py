"""The page of a voice model: its owner's, a team mate's, nobody else's."""

import pytest

from tests.accounts.conftest import join_team_of
from tests.voices.models import make_model
from voices.models import State, Visibility, VoiceModel


@pytest.fixture
def show(page):
    def get(user, model, **headers):
        answer = page(user).get(f"/voice-models/{model.pk}", headers=headers)
        assert answer.status_code == 200
        return answer.content.decode()

    return get


def test_its_owner_sees_all_of_it(show, alice, echo):
    fields = {
        "tags": ["calm"],
        "description": "For evenings",
        "used_jobs": 2,
        "used_seconds": 75.0,
        "billed_bytes": 900,
    }
    body = show(alice, make_model(alice, echo=echo, peaks=[3, 90], **fields))
    for part in (
        '<h1 dir="auto">Harbour</h1>',
        "For evenings",
        'href="/voices?tag=calm"',
        'data-peaks="3,90"',
        "harbour.wav",
        f'href="/echos/{echo.pk}"',
        '2 jobs · 1 min 15 s of speech · <span title="900 bytes">900\xa0bytes&nbsp;billed</span>',
        "Only you can speak with this voice.",
        "Share with my team",
        "/delete",
        "/change",
    ):
        assert part in body
    assert '<span class="state state-trained">ready</span>' in body


def test_what_the_recording_is_like_is_said(show, alice):
    measured = {"peak_db": -40.0, "clipped_share": 0.0, "speech_share": 0.9}
    body = show(alice, make_model(alice, measured=measured, duration=12.0))
    assert "<li>Too quiet: its loudest moment is at -40 dB. Go nearer to the microphone.</li>" in body


def test_a_team_mate_sees_a_shared_one_without_controls(show, page, alice, voice_model):
    mate = join_team_of(alice, "mate")
    assert page(mate).get(f"/voice-models/{voice_model.pk}").status_code == 404
    VoiceModel.objects.update(visibility=Visibility.SHARED)
    body = show(mate, voice_model)
    assert "<bdi>Alice</bdi>" in body
    for part in ("<audio", f"{voice_model.pk}/audio", "/share", "/change", "/delete", "version_of", "harbour.wav"):
        assert part not in body


def test_nobody_else_sees_it(page, client, bob, charlie, voice_model):
    VoiceModel.objects.update(visibility=Visibility.SHARED)
    address = f"/voice-models/{voice_model.pk}"
    assert [page(person).get(address).status_code for person in (bob, charlie)] == [404, 404]
    assert client.get(address, headers={"accept": "text/html"}).url == f"/login?next={address}"
    assert page(charlie).post(address).status_code == 405


@pytest.mark.parametrize("model_id", ["a" * 24, "nonsense", "a%00b", "x" * 500])
def test_there_is_no_such_model(page, alice, voice_model, model_id):
    assert page(alice).get(f"/voice-models/{model_id}").status_code == 404


def test_the_engines_id_leads_to_it_too(page, alice, voice_model):
    assert page(alice).get(f"/voice-models/{voice_model.model_id}").status_code == 200


@pytest.mark.parametrize(
    ("state", "words"), [("created", "Fish Audio has the recording"), ("training", "Fish Audio is learning the voice.")]
)
def test_while_it_trains_the_page_looks_again_by_itself(show, alice, state, words):
    model = make_model(alice, state=state, error="Fish Audio can't be reached just now.")
    body = show(alice, model)
    assert words in body
    assert f'hx-get="/voice-models/{model.pk}" hx-trigger="load delay:1000ms, every 15s"' in body
    assert '<noscript><meta http-equiv="refresh"' in body
    assert "can&#x27;t be reached just now. It is asked again by itself." in body
    assert 'role="status" aria-live="polite"' in body
    assert f'data-say="Harbour: {model.state_words}"' in body


def test_the_part_that_moves_comes_alone_and_stops_by_itself(show, alice, settings):
    settings.FISH_API_KEY = "a-key"
    model = make_model(alice, state=State.TRAINING)
    part = show(alice, model, **{"hx-request": "true"}).strip()
    assert part.startswith('<section class="card" id="training"')
    assert "hx-trigger" in part
    VoiceModel.objects.update(state=State.TRAINED)
    part = show(alice, model, **{"hx-request": "true"})
    assert '<span class="state state-trained">ready</span>' in part
    assert 'hx-get="' not in part
    assert 'data-say="Harbour: ready"' in part
    assert f'action="/voice-models/{model.pk}/say"' in part, "the box to say something comes along"


def test_what_failed_has_its_sentence(show, alice):
    body = show(alice, make_model(alice, state=State.FAILED, error="The recording is no speech."))
    assert '<p class="notice notice-bad">The recording is no speech.</p>' in body
    assert 'hx-get="' not in body
    assert "Make a new version</a>" in body


def test_while_the_engine_is_off_the_page_says_so(show, alice, voice_model, settings):
    say, speak = f'action="/voice-models/{voice_model.pk}/say"', f'href="/speak?model={voice_model.pk}"'
    body = show(alice, voice_model)
    assert ("Fish Audio is off here" in body, say in body, speak in body) == (True, False, False)
    settings.FISH_API_KEY = "a-key"
    body = show(alice, voice_model)
    assert ("Fish Audio is off here" in body, say in body, speak in body) == (False, True, True)


def test_a_model_of_an_engine_that_is_gone_is_shown(show, alice):
    assert "Harbour" in show(alice, make_model(alice, engine="gone"))


def test_versions_lead_to_each_other(show, alice):
    first = make_model(alice, name="First")
    second = make_model(alice, name="Second", previous=first, version=2)
    third = make_model(alice, name="Third", previous=second, version=3)
    assert f'<a href="/voice-models/{second.pk}">followed by version 2' in show(alice, first)
    body = show(alice, second)
    assert f'<a href="/voice-models/{first.pk}">made after version 1' in body
    assert f'<a href="/voice-models/{third.pk}">followed by version 3' in body
    VoiceModel.objects.filter(pk=second.pk).update(visibility=Visibility.SHARED)
    body = show(join_team_of(alice, "mate"), second)
    assert (first.pk in body, third.pk in body) == (False, False)


def test_names_are_escaped(show, alice):
    hostile = "<script>alert(1)</script>"
    model = make_model(alice, name=hostile, description=hostile, tags=[hostile])
    VoiceModel.objects.update(audio_file_path=hostile)
    assert "<script>alert" not in show(alice, model)


def test_a_recording_that_is_not_kept_is_said(show, alice):
    assert "The recording is not kept here." in show(alice, make_model(alice, reference=""))
