"""`manage.py sync_piper_models` with a list and with downloads."""

import io

import pytest
from django.core.management import CommandError, call_command

from config.leases import Lease
from tests.voices.piper_catalogue_stub import LIST, MODEL, VOICE, status
from voices.actions import downloads
from voices.models import Voice, VoiceDownload

pytestmark = pytest.mark.django_db


@pytest.fixture
def sync():
    def sync(*options, terminal=False):
        """What it wrote, and its errors and progress."""
        out, errors = io.StringIO(), io.StringIO()
        errors.isatty = lambda: terminal
        call_command("sync_piper_models", *options, stdout=out, stderr=errors)
        return out.getvalue(), errors.getvalue()

    return sync


@pytest.mark.parametrize("given", [[], ["of the stub"], ["a file"]])
def test_it_lists_what_can_be_had(sync, piper, tmp_path, given):
    options = {"of the stub": piper.list, "a file": str(piper.write(tmp_path / "mirror"))}
    out, _ = sync("--catalogue", *(options[name] for name in given))
    [voice, summary] = out.splitlines()
    assert voice.split()[0] == VOICE
    assert "en_GB, 1 MB, 3 speakers" in voice
    assert summary == "1 voices can be had, 0 of them are on this machine."
    row = Voice.objects.get()
    assert (row.voice_id, row.available, row.quality, len(row.speakers)) == (VOICE, False, "low", 3)
    assert piper.asked == ([] if given == ["a file"] else [(LIST.removeprefix("main/"), "")])


def test_without_options_nothing_is_fetched(sync, piper):
    out, _ = sync()
    assert "The catalogue is up to date." in out
    assert piper.asked == []


def test_it_downloads_with_lines_where_there_is_no_terminal(sync, piper):
    out, errors = sync("--download", VOICE)
    assert f"{VOICE}: downloaded." in out
    assert "The catalogue is up to date." in out
    lines = errors.splitlines()
    total = sum(len(data) for data in piper.files.values())
    assert lines[-1] == f"{VOICE}: 100 % of {total:,} bytes"
    assert 8 <= len(lines) <= 12
    assert "\r" not in errors
    assert Voice.objects.available().filter(voice_id=VOICE).exists()
    assert VoiceDownload.objects.get().status == "completed"


def test_it_draws_a_bar_on_a_terminal(sync, piper):
    _, errors = sync("--download", VOICE, terminal=True)
    assert f"\r{VOICE} [{'#' * 30}] 100 %" in errors
    assert errors.endswith("\n")


def test_it_downloads_from_a_copy_on_disk(sync, piper, tmp_path, monkeypatch):
    piper.write(tmp_path / "mirror")
    monkeypatch.chdir(tmp_path / "mirror")
    sync("--catalogue", "main/voices.json", "--download", VOICE)
    assert Voice.objects.available().filter(voice_id=VOICE).exists()
    assert piper.asked == []
    assert VoiceDownload.objects.get().catalogue == str(tmp_path / "mirror" / LIST)


def test_one_that_fails_is_told_and_the_others_come(sync, piper):
    other = "en_GB-other-low"
    piper.catalogue[other] = piper.facts(other)
    with pytest.raises(CommandError, match=f"^Not downloaded: {other}, xx-none-low.$"):
        sync("--download", other, VOICE, "xx-none-low")
    assert sorted(Voice.objects.available().values_list("voice_id", flat=True)) == [VOICE, "en_US-demo-low"]
    assert "status 404" in VoiceDownload.objects.get(voice_id=other).error
    with pytest.raises(CommandError):
        sync("--download", VOICE)  # it is here already


def test_what_a_worker_fetches_is_left_to_it(sync, piper, bob):
    Lease.claim(downloads.start_download(by=bob, voice_id=VOICE))
    with pytest.raises(CommandError):
        sync("--download", VOICE)
    assert MODEL not in dict(piper.asked)


def test_ctrl_c_leaves_it_to_be_gone_on_with(sync, piper, monkeypatch):
    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("voices.engines.piper_install.install", stop)
    with pytest.raises(KeyboardInterrupt):
        sync("--download", VOICE)
    download = VoiceDownload.objects.get()
    assert (download.status, download.error) == ("failed", downloads.STOPPED)
    monkeypatch.undo()
    sync("--catalogue", piper.list, "--download", VOICE)
    assert Voice.objects.available().filter(voice_id=VOICE).exists()


@pytest.mark.parametrize("source", ["ftp://a.example/x", "/nowhere/voices.json", "http://127.0.0.1:9/voices.json"])
def test_a_list_that_cannot_be_had_is_a_sentence(sync, source):
    with pytest.raises(CommandError, match="\\.$|\\?$"):
        sync("--catalogue", source)


def test_a_server_that_fails_is_a_sentence(sync, piper):
    piper.fail("voices.json", status(500))
    with pytest.raises(CommandError, match="answered with the status 500"):
        sync("--catalogue")
