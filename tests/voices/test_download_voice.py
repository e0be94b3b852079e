"""Fetching a voice: the action, the task of a worker, and the page's button."""

import shutil

import pytest

from config import queue, work
from config.errors import Conflict, Forbidden, NotFound
from config.leases import Lease, LeaseLost
from tests.voices.piper_catalogue_stub import CARD, CONFIG, MODEL, VOICE, damaged, redirect, slow, status, truncated
from voices import tasks
from voices.actions import catalogue, downloads, voices
from voices.engines import piper_install, transfer
from voices.models import Voice, VoiceDownload

LIST_PATH = "voices.json"


@pytest.fixture
def listed(db, piper):
    """The stub's voice is in the catalogue, and not on this machine."""
    downloads.refresh_now(source=piper.list, write=lambda line: None)
    piper.asked.clear()


def fetch(bob):
    """As Bob asks and a worker does it."""
    download = downloads.start_download(by=bob, voice_id=VOICE)
    tasks.run_download(download.pk)
    download.refresh_from_db()
    return download


def files(var_dir):
    return sorted(path.name for path in var_dir.glob("voices/**/*") if path.is_file())


def is_offered():
    return Voice.objects.available().filter(voice_id=VOICE).exists()


def test_a_voice_comes_and_can_speak(bob, demo, listed, piper, var_dir):
    download = fetch(bob)
    total = sum(len(data) for data in piper.files.values())
    assert (download.status, download.error, download.progress) == ("completed", "", 100)
    assert (download.received_bytes, download.size_bytes) == (total, total)
    assert files(var_dir) == [f"{VOICE}.MODEL_CARD", f"{VOICE}.onnx", f"{VOICE}.onnx.json"]
    voice = Voice.objects.get(voice_id=VOICE)
    assert (voice.available, voice.license, voice.speakers) == (True, "GPL-3.0-or-later", ["low", "mid", "high"])
    assert voice.sample
    assert voices.sync_voices(lambda line: pytest.fail(line)) is None


def test_a_voice_without_a_licence_of_its_own_has_that_of_its_card(bob, listed, piper):
    piper.files[CONFIG] = piper.files[CONFIG].replace(b'"license"', b'"old"')
    piper.catalogue[VOICE] = piper.facts()
    assert fetch(bob).status == "completed"
    assert Voice.objects.get(voice_id=VOICE).license == "CC0"


def test_only_staff_may_ask(alice, listed, piper):
    with pytest.raises(Forbidden):
        downloads.start_download(by=alice, voice_id=VOICE)
    assert not VoiceDownload.objects.exists()


def test_a_voice_that_is_here_is_not_fetched(bob, listed, demo):
    with pytest.raises(Conflict, match="is on this machine already"):
        downloads.start_download(by=bob, voice_id=demo.voice_id)


@pytest.mark.parametrize("voice_id", ["../evil", "a\0b", "x" * 300, "", "a/b"])
def test_a_name_that_no_voice_has_is_refused(bob, voice_id):
    with pytest.raises(NotFound, match="No voice can have the name"):
        downloads.start_download(by=bob, voice_id=voice_id)


def test_asked_twice_it_is_one_download(bob, listed, redis):
    first = downloads.start_download(by=bob, voice_id=VOICE)
    assert downloads.start_download(by=bob, voice_id=VOICE).pk == first.pk
    assert queue.queue_of("bulk").job_ids == [queue.task_id("voices.tasks.run_download", first.pk)]
    lease = Lease.claim(first)
    assert downloads.start_download(by=bob, voice_id=VOICE).status == "processing"
    assert len(queue.queue_of("bulk").job_ids) == 1
    lease.check()


def test_two_workers_fetch_it_once(bob, listed, piper):
    download = downloads.start_download(by=bob, voice_id=VOICE)
    Lease.claim(VoiceDownload.objects.get())
    tasks.run_download(download.pk)
    assert piper.asked == []
    tasks.run_download("0" * 24)  # a row that has gone


FAULTS = {
    "404": (status(404), "answered with the status 404"),
    "500": (status(500), "answered with the status 500"),
    "truncated": (truncated, "Check the network, then try again."),
    "damaged": (damaged, "its checksum is wrong"),
    "slow": (slow, "did not answer in time"),
    "elsewhere": (redirect("file:///etc/passwd"), "can't be followed"),
}


CASES = [*((fault, MODEL) for fault in FAULTS), ("404", CONFIG), ("damaged", CONFIG), ("truncated", CARD)]
CASES += [("500", LIST_PATH), ("slow", LIST_PATH)]


@pytest.mark.parametrize(("fault", "path"), CASES)
def test_what_goes_wrong_is_told_nothing_is_offered_and_it_can_be_tried_again(
    bob, listed, piper, monkeypatch, var_dir, fault, path
):
    monkeypatch.setattr(transfer, "READ_SECONDS", 0.1 if fault == "slow" else 5.0)
    answer, words = FAULTS[fault]
    piper.fail(path, answer)
    download = fetch(bob)
    assert download.status == "failed"
    assert words in download.error
    assert not is_offered()
    assert not {f"{VOICE}.onnx", f"{VOICE}.onnx.json"} & set(files(var_dir))
    piper.faults.clear()
    monkeypatch.setattr(transfer, "READ_SECONDS", 5.0)
    assert fetch(bob).status == "completed"
    assert is_offered()


def test_a_half_download_is_reported_and_gone_on_with(bob, listed, piper, var_dir):
    piper.fail(MODEL, truncated)
    fetch(bob)
    lines = []
    voices.sync_voices(lines.append)
    assert any(f"{VOICE} has not arrived whole. Download it again" in line for line in lines)
    piper.faults.clear()
    piper.asked.clear()
    assert fetch(bob).status == "completed"
    assert dict(piper.asked)[MODEL].startswith("bytes=")


def test_damaged_files_are_replaced_where_they_lie_and_whole_ones_kept(bob, listed, piper, var_dir):
    folder = var_dir / "voices" / "mine"
    folder.mkdir(parents=True)
    (folder / f"{VOICE}.onnx").write_bytes(b"half")
    (folder / f"{VOICE}.onnx.json").write_bytes(piper.files[CONFIG])
    assert fetch(bob).status == "completed"
    assert (folder / f"{VOICE}.onnx").read_bytes() == piper.files[MODEL]
    assert CONFIG not in dict(piper.asked)
    assert {path.parent for path in var_dir.glob("voices/**/*.onnx*")} == {folder}


def test_a_voice_that_came_but_cannot_speak_is_told_and_not_offered(bob, listed, piper):
    piper.files[MODEL] = b"no model at all"
    piper.catalogue[VOICE] = piper.facts()
    download = fetch(bob)
    assert download.status == "failed"
    assert "It has arrived, but can't speak. " in download.error
    assert not is_offered()


def test_a_full_disk_is_seen_before_anything_is_fetched(bob, listed, piper, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))
    download = fetch(bob)
    assert (download.status, download.error.startswith("The disk is full.")) == ("failed", True)
    assert MODEL not in dict(piper.asked)


def test_a_folder_that_is_a_file_is_told(bob, listed, var_dir):
    (var_dir / "voices").write_text("")
    download = fetch(bob)
    assert "can't be written" in download.error


def test_a_voice_that_left_the_list_is_told(bob, listed, piper):
    piper.catalogue = {VOICE: piper.facts(quality=None)}
    assert "no usable voice en_GB-stub-low. It was left out" in fetch(bob).error
    piper.catalogue = {}
    assert fetch(bob).error == "Piper's list has no usable voice en_GB-stub-low."


def test_a_worker_that_stops_hands_it_back_and_the_next_goes_on(bob, listed, piper, monkeypatch, var_dir):
    install = piper_install.fetch

    def stop_at_the_card(file, *rest):
        if file.path == CARD:
            queue.stopping.set()
        install(file, *rest)

    monkeypatch.setattr(piper_install, "fetch", stop_at_the_card)
    try:
        download = fetch(bob)
    finally:
        queue.stopping.clear()
    assert (download.status, download.attempts, is_offered()) == ("queued", 0, False)
    assert f"{VOICE}.onnx.part" in files(var_dir)
    monkeypatch.setattr(piper_install, "fetch", install)
    piper.asked.clear()
    tasks.run_download(download.pk)
    assert is_offered()
    assert MODEL not in dict(piper.asked)


def test_one_that_lost_its_worker_is_queued_again(bob, listed, redis, monkeypatch):
    download = downloads.start_download(by=bob, voice_id=VOICE)
    lease = Lease.claim(download)
    queue.queue_of("bulk").empty()
    VoiceDownload.objects.update(heartbeat_at="2020-01-01T00:00Z")
    downloads.requeue_lost()
    assert len(queue.queue_of("bulk").job_ids) == 1
    with pytest.raises(LeaseLost):
        lease.complete()
    queue.queue_of("bulk").empty()
    monkeypatch.setattr(work, "WAITING_SECONDS", -1)
    downloads.enqueue_waiting()
    assert len(queue.queue_of("bulk").job_ids) == 1


def test_progress_is_written_as_it_comes(bob, listed, monkeypatch):
    monkeypatch.setattr(work, "PROGRESS_SECONDS", 0)
    seen, step = [], Lease.step
    monkeypatch.setattr(Lease, "step", lambda lease, **fields: (step(lease, **fields), seen.append(fields)))
    fetch(bob)
    percents = [fields["progress"] for fields in seen if "progress" in fields]
    assert (percents, percents[-1]) == (sorted(percents), 99)
    assert len(set(percents)) > 5


def test_a_voice_of_this_machine_is_never_overwritten_by_the_list(demo, piper):
    piper.catalogue[demo.voice_id] = piper.facts(demo.voice_id, name="other")
    downloads.refresh_now(source=piper.list, write=lambda line: None)
    Voice.objects.filter(pk=demo.pk).update(available=False)
    catalogue.save_catalogue(entries=piper_install.read_catalogue(piper.list).entries.values())
    again = Voice.objects.get(pk=demo.pk)
    assert (again.name, again.version, again.sample_rate) == (demo.name, demo.version, 22_050)
