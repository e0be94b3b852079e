"""When the engine fails, or we do: no recording is lost, and nothing is left half done."""

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from accounts.actions import audit, users
from accounts.models import AuditEntry, Event, UsageDay, User
from config import storage_quota
from config.errors import QuotaReached
from tests.voices.fish_wire import Fault
from tests.voices.recordings import GOOD
from tests.voices.sounds import sound
from voices.actions import engine_deletions, references
from voices.models import AudioFile, EngineDeletion, UnsavedModel, VoiceModel

KEPT = "Your recording is kept in your files: clone it from there later."
HTML = "<html><h1>502 Bad Gateway</h1></html>"
REFUSED = [{"loc": ["voices"], "type": "value_error", "msg": "Too noisy", "ctx": {}, "in": "body"}]
NONE = Fault(200, {"total": 0, "items": []})
FAILURES = {
    "no credit": ([Fault(402, {"message": "No credit"})], 503, "engine_no_credit", "3600", "no credit left"),
    "too many": ([Fault(429), NONE] * 3, 503, "engine_busy", "30", "busy with other requests"),
    "a page": ([Fault(502, HTML), NONE] * 3, 503, "engine_away", "60", "can't be reached"),
    "refused": ([Fault(422, REFUSED)], 422, "engine_refused", None, "Fish Audio refused this: Too noisy."),
    "garbage": ([Fault(201, b"\0garbage")], 503, "engine_garbled", "60", "can't be used"),
    "silence": ([Fault(how="silent"), NONE] * 3, 503, "engine_away", "60", "can't be reached"),
    "broken off": ([Fault(201, {"_id": "x" * 500}, how="cut"), NONE] * 3, 503, "engine_away", "60", "can't be reached"),
    "a bad key": ([Fault(401, {"message": "Invalid Token"})], 503, "engine_off", "3600", "check FISH_API_KEY"),
}


def only_a_file():
    """The kept recording; there is no model of it, and nothing to be deleted."""
    assert not (VoiceModel.objects.exists() or UnsavedModel.objects.exists() or EngineDeletion.objects.exists())
    assert not AuditEntry.objects.filter(event=Event.MODEL_MADE).exists()
    return AudioFile.objects.get()


@pytest.mark.parametrize("save", ["true", "false"])
@pytest.mark.parametrize("name", FAILURES)
def test_the_recording_is_kept_whatever_goes_wrong_at_the_engine(send, alice, fish, name, save):
    faults, status, code, wait, words = FAILURES[name]
    fish.fail(*faults)
    answer = send(alice, save=save)
    told = answer.json()
    assert (answer.status_code, told["code"], answer.get("Retry-After")) == (status, code, wait)
    assert words in told["detail"]
    assert told["detail"].endswith(KEPT)
    file = only_a_file()
    assert (file.user, file.name, file.content_type, file.duration) == (alice, "harbour.wav", "audio/wav", 12.0)
    assert file.clone_tag == fish.seen[0].form()[0]["tags"][0]
    with default_storage.open(file.s3_key) as kept:
        assert kept.read() == GOOD
    assert UsageDay.objects.get(user=alice).uploads == 1


def test_an_engine_that_is_off_is_not_asked(send, alice, fish, settings):
    settings.FISH_API_KEY = ""
    answer = send(alice, user_id=alice.pk)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "engine_off", "3600")
    assert answer.json()["detail"].startswith("Voice cloning is off here.")
    assert answer.json()["detail"].endswith(KEPT)
    assert only_a_file().clone_tag
    assert not fish.seen


def test_of_a_video_the_sound_track_is_kept(send, alice, fish, settings):
    settings.FISH_API_KEY = ""
    send(alice, sound("webm", 2.0, with_video=True), "party.webm", "video/webm")
    file = only_a_file()
    assert (file.content_type, file.is_playable, file.download_name) == ("audio/wav", True, "party.wav")
    with default_storage.open(file.s3_key) as kept:
        assert len(kept.read()) == file.file_size


def test_a_call_that_hangs_may_have_made_the_model(send, alice, fish):
    fish.fail(Fault(how="silent", done=True))
    answer = send(alice, user_id=alice.pk)
    assert (answer.status_code, fish.doors()) == (201, ["POST /model", "GET /model"])
    assert VoiceModel.objects.get().model_id == next(iter(fish.models))
    assert not AudioFile.objects.exists()


def test_the_quota_holds_for_what_is_kept(send, alice, settings, untouched, monkeypatch):
    settings.FISH_API_KEY = ""
    check = storage_quota.check

    def meanwhile(user, **more):
        if not more:  # the second look, with the row
            raise QuotaReached("Your storage is full.")
        check(user, **more)

    monkeypatch.setattr(storage_quota, "check", meanwhile)
    assert send(alice).status_code == 413
    assert EngineDeletion.objects.get().tag
    EngineDeletion.objects.all().delete()
    assert untouched()


@pytest.mark.parametrize("save", ["true", "false"])
def test_an_account_that_was_closed_meanwhile_keeps_nothing(send, alice, fish, nothing_left, monkeypatch, save):
    def close(*args):
        User.objects.filter(pk=alice.pk).update(is_active=False)
        return real(*args)

    real = users.check_open
    monkeypatch.setattr(users, "check_open", close)
    answer = send(alice, save=save)
    assert (answer.status_code, answer.json()["detail"]) == (401, "This account was closed in the meantime.")
    assert EngineDeletion.objects.exclude(model_id="").get().model_id == next(iter(fish.models))
    assert not (VoiceModel.objects.exists() or UnsavedModel.objects.exists())
    assert nothing_left()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OperationalError("away")])
def test_a_model_that_cannot_be_saved_is_deleted_at_the_engine(send, alice, fish, nothing_left, monkeypatch, error):
    def fail(row, **options):
        raise error

    monkeypatch.setattr(VoiceModel, "save", fail)
    assert send(alice, user_id=alice.pk).status_code == 503
    assert EngineDeletion.objects.exclude(model_id="").get().model_id == next(iter(fish.models))
    assert not VoiceModel.objects.exists()
    assert nothing_left()


def test_a_database_that_is_away_altogether_is_told(send, alice, fish, nothing_left, monkeypatch):
    def fail(*args, **options):
        raise OperationalError("away")

    monkeypatch.setattr(VoiceModel, "save", fail)
    monkeypatch.setattr(engine_deletions, "delete_later", fail)
    assert send(alice, user_id=alice.pk).status_code == 503
    assert nothing_left()
    assert finish_deletions() == []
    assert not fish.models


class Killed(BaseException):
    """The end of a process, which nothing of ours can catch."""


@pytest.mark.parametrize("when", ["ask_engine", "finish"])
def test_what_a_process_leaves_at_the_engine_when_it_is_killed_is_deleted(alice, send, fish, monkeypatch, when):
    def die(*args, **options):
        done(*args, **options)
        raise Killed

    place = references if when == "ask_engine" else references.making
    done = getattr(place, when)
    monkeypatch.setattr(place, when, die)
    with pytest.raises(Killed):
        send(alice, user_id=alice.pk)
    assert not EngineDeletion.objects.due().exists()
    assert finish_deletions() == []
    assert len(fish.models) == VoiceModel.objects.count() == (when == "finish")


def finish_deletions():
    """Do all that is to be deleted at the engine; what is left of it then."""
    for deletion in EngineDeletion.objects.all():
        engine_deletions.run_deletion(deletion=deletion)
    return list(EngineDeletion.objects.all())


@pytest.mark.django_db(transaction=True)
def test_a_model_that_somebody_has_already_is_left_to_them(send, alice, fish):
    send(alice, user_id=alice.pk)
    taken = VoiceModel.objects.get().model_id
    fish.fail(Fault(201, fish.models[taken]))
    answer = send(alice, user_id=alice.pk)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert VoiceModel.objects.count() == 1
    assert not EngineDeletion.objects.exclude(model_id="").exists()


def test_an_echo_that_went_meanwhile_costs_only_the_link(send, alice, echo, fish, monkeypatch):
    record = audit.record

    def meanwhile(**entry):
        record(**entry)
        type(echo).objects.filter(pk=echo.pk).delete()

    monkeypatch.setattr(audit, "record", meanwhile)
    answer = send(alice, user_id=alice.pk, echo_id=echo.pk)
    assert answer.status_code == 201
    assert answer.json()["message"].endswith("The echo that was to speak with it is gone.")
    assert answer.json()["database_record"]["echo_id"] is None
