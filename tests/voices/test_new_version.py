"""A voice model is made anew of another recording."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.errors import Forbidden
from config.files import LocalFile
from tests.accounts.conftest import join_team_of
from tests.voices.fish_wire import Fault
from tests.voices.models import make_model
from tests.voices.recordings import GOOD
from voices.actions import references
from voices.models import AudioFile, VoiceModel


@pytest.fixture
def old(alice, echo):
    return make_model(alice, name="Harbour", description="Calm", tags=["calm"], visibility="shared", echo=echo)


@pytest.fixture
def renew(api):
    def post(user, model, **fields):
        form = {"audio": SimpleUploadedFile("second.wav", GOOD, "audio/wav"), "consent": "true"} | fields
        return api(user).post(f"/api/voice-models/{model.pk}/versions", form)

    return post


def test_action_makes_the_next_version(alice, old, echo, fish, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(GOOD)
    with LocalFile(path) as file:
        new = references.new_version(by=alice, model=old, file=file, has_consent=True).saved
    old.refresh_from_db()
    assert (new.name, new.description, new.tags, new.visibility) == ("Harbour", "Calm", ["calm"], "shared")
    assert (new.version, new.previous, new.echo, old.echo) == (2, old, echo, None)
    assert new.reference != old.reference
    assert list(VoiceModel.objects.matching(q="harbour").order_by("version")) == [old, new]


def test_api_makes_the_next_version(renew, alice, old, fish):
    answer = renew(alice, old)
    record = answer.json()["database_record"]
    assert (answer.status_code, record["version"], record["audio_file_path"]) == (201, 2, "second.wav")
    assert renew(alice, VoiceModel.objects.get(pk=record["_id"])).json()["database_record"]["version"] == 3


def test_page_makes_the_next_version(page, alice, old, fish):
    shown = page(alice).get(f"/voice-models/new?version_of={old.pk}").content.decode()
    assert "New version of Harbour" in shown
    assert 'name="name"' not in shown
    form = {"audio": SimpleUploadedFile("second.wav", GOOD), "consent": "on"}
    answer = page(alice).post(f"/voice-models/new?version_of={old.pk}", form)
    assert answer.url == f"/voice-models/{VoiceModel.objects.get(version=2).pk}"


def test_a_version_whose_old_one_went_meanwhile_stands_alone(renew, alice, old, fish, monkeypatch):
    ask = references.ask_engine

    def meanwhile(*args, **options):
        VoiceModel.objects.filter(pk=old.pk).delete()
        return ask(*args, **options)

    monkeypatch.setattr(references, "ask_engine", meanwhile)
    assert renew(alice, old).status_code == 201
    assert VoiceModel.objects.get().previous is None


def test_the_recording_is_kept_when_the_engine_fails(renew, alice, old, echo, fish):
    fish.fail(Fault(402))
    assert renew(alice, old).status_code == 503
    old.refresh_from_db()
    assert (AudioFile.objects.get().name, old.echo, VoiceModel.objects.count()) == ("second.wav", echo, 1)


def test_consent_and_a_recording_are_needed(renew, alice, old, fish):
    assert renew(alice, old, consent="false").json()["code"] == "consent_needed"
    assert renew(alice, old, audio="text").status_code == 422
    assert not fish.seen


def test_only_the_owner_makes_versions(renew, page, client, alice, bob, charlie, old, fish, tmp_path):
    mate = join_team_of(alice, "mate")
    assert [renew(user, old).status_code for user in (charlie, bob, mate)] == [404, 404, 403]
    assert [page(user).get(f"/voice-models/new?version_of={old.pk}").status_code for user in (charlie, mate)] == [
        404,
        403,
    ]
    assert client.post(f"/api/voice-models/{old.pk}/versions").status_code == 401
    path = tmp_path / "upload"
    path.write_bytes(GOOD)
    with LocalFile(path) as file, pytest.raises(Forbidden):
        references.new_version(by=mate, model=old, file=file, has_consent=True)
    assert not fish.seen
