"""Accounts that end while a file of theirs comes in."""

import pytest

from accounts.actions import deletion
from accounts.models import UsageDay, User
from config.errors import Unauthorized
from tests.conftest import PASSWORD
from voices.actions import audio_files
from voices.models import AudioFile


@pytest.fixture(params=["closed", "gone"])
def ended(request, monkeypatch, alice):
    """Alice's account ends after her file was read, and before it is kept."""
    describe = audio_files.describe

    def end(*args):
        describe(*args)
        deletion.close_account(by=User.objects.get(pk=alice.pk), password=PASSWORD)
        if request.param == "gone":
            deletion.delete_account(user=User.objects.get(pk=alice.pk))

    monkeypatch.setattr(audio_files, "describe", end)


def test_the_file_is_refused_and_nothing_stays(ended, upload, alice, var_dir):
    answer = upload(alice)
    assert (answer.status_code, answer.json()["code"]) == (Unauthorized.status, "not_signed_in")
    assert not AudioFile.objects.exists()
    assert not UsageDay.objects.filter(uploads__gt=0).exists()
    assert [path for path in var_dir.rglob("*") if path.is_file() and "audio" in path.parts] == []
