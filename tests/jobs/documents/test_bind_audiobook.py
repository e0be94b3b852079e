"""The chapters become one M4B and one zip, which are kept or expire, and go with the book."""

import datetime as dt
import io
from functools import partial
from pathlib import Path
from zipfile import ZipFile

import av
import numpy as np
import pytest
from django.core.files.storage import default_storage

from accounts.actions import deletion
from accounts.models import User
from config import storage_audit, storage_quota, times
from jobs import m4b
from jobs.actions import audiobooks
from jobs.actions.audiobooks import ending
from jobs.models import Audiobook, Chapter, Job, TempAudio
from tests.conftest import PASSWORD
from tests.jobs.documents.books import make_draft, work


@pytest.fixture
def book(alice, demo):
    """Spoken and bound."""
    draft = make_draft(alice, titles=("Dawn", "Noon / 12:00"), author="Ada")
    return spoken(draft, alice)


def spoken(draft, by, **fields):
    audiobooks.start_audiobook(by=by, audiobook=draft, **fields)
    work()
    draft.refresh_from_db()
    return draft


def files():
    """The names of all that is stored, but for the samples of voices and for what is cached."""
    folder = Path(default_storage.location)
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if path.parts[0] not in ("samples", "speech"))


def body(answer):
    return b"".join(answer.streaming_content)


def statuses(client, book):
    """Of the downloads of the M4B and the zip, which are taken to their ends."""
    found = []
    for kind in ("m4b", "zip"):
        answer = client.get(f"/api/audiobooks/{book.pk}/download?format={kind}")
        found.append(answer.status_code)
        if answer.streaming:
            assert body(answer)
    return found


def test_one_file_with_a_mark_for_each_chapter(book, api, alice):
    answer = api(alice).get(f"/api/audiobooks/{book.pk}/download")
    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/mp4")
    assert answer["Content-Disposition"] == 'inline; filename="Harbour.m4b"'
    durations = list(Job.objects.order_by("pk").values_list("duration", flat=True))
    second = round(1000 * (durations[0] + 1))
    with av.open(io.BytesIO(body(answer))) as made:
        marks = [(mark["start"] * mark["time_base"], mark["metadata"]["title"]) for mark in made.chapters()]
        assert [(float(start), title) for start, title in marks] == [
            (0, "Dawn"),
            (pytest.approx(second / 1000, abs=0.002), "Noon / 12:00"),
        ]
        tags = [made.metadata[name] for name in ("title", "artist", "album", "media_type", "genre")]
        assert tags == ["Harbour", "Ada", "Harbour", "2", "Audiobook"]
        rate, frames = made.streams.audio[0].rate, list(made.decode(audio=0))
    sound = np.abs(np.concatenate([frame.to_ndarray()[0] for frame in frames]))
    assert len(sound) / rate == pytest.approx(book.duration, abs=0.05)
    assert book.duration == pytest.approx(sum(durations) + 1, abs=0.002)
    quiet = sound[round((durations[0] + 0.1) * rate) : round((durations[0] + 0.9) * rate)]
    assert quiet.max() < 0.01 < sound[round(rate * second / 1000) : round(rate * (second / 1000 + 0.5))].max()
    assert api(alice).get(f"/api/audiobooks/{book.pk}").json()["progress"] == 100


def test_sounds_of_different_rates_are_bound(tmp_path):
    names = []
    for rate, seconds in ((22_050, 1.5), (48_000, 0.7), (22_050, 0.5)):
        names.append(tmp_path / f"{len(names)}.flac")
        with av.open(str(names[-1]), "w") as file:
            stream = file.add_stream("flac", rate=rate, layout="mono")
            samples = np.full((1, int(rate * seconds)), 8_000, dtype=np.int16)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = rate
            file.mux([*stream.encode(frame), *stream.encode(None)])
    parts = [
        m4b.Part(str(n), name, seconds) for n, (name, seconds) in enumerate(zip(names, (1.5, 0.7, 0.5), strict=True))
    ]
    told = []
    made = m4b.write(
        parts,
        tmp_path / "a.m4b",
        open_sound=partial(Path.open, mode="rb"),
        title="",
        author="",
        report=lambda done, total: told.append((done, total)),
    )
    assert made.duration == 4.7
    assert told[-1] == (4_700, 4_700)
    with av.open(str(tmp_path / "a.m4b")) as file:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    at = {second: abs(sound[int(22_050 * second)]) > 0.1 for second in (0.7, 2.0, 2.9, 3.7, 4.5)}
    assert at == {0.7: True, 2.0: False, 2.9: True, 3.7: False, 4.5: True}


def test_one_zip_with_a_file_for_each_chapter_kept_until_the_book_is_deleted(book, api, alice):
    answer = api(alice).get(f"/api/audiobooks/{book.pk}/download?format=zip")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/zip",
        'attachment; filename="Harbour.zip"',
    )
    with ZipFile(io.BytesIO(body(answer))) as made:
        assert made.namelist() == ["01 Dawn.mp3", "02 Noon 12 00.mp3"]
        with av.open(made.open("01 Dawn.mp3")) as sound:
            assert sound.metadata["title"] == "Harbour: Dawn"
    assert api(alice).get(f"/api/audiobooks/{book.pk}/download?format=rar").status_code == 422
    kept = [book.path, *Job.objects.values_list("kept_path", flat=True)]
    assert files() == sorted(kept)
    sizes = Job.objects.values_list("size_bytes", flat=True)
    assert storage_quota.used_bytes(alice) == book.size_bytes + sum(sizes)
    assert list(storage_audit.Audit(lambda audit: None).findings()) == []
    assert api(alice).delete(f"/api/audiobooks/{book.pk}").status_code == 204
    assert (files(), Audiobook.objects.count(), Chapter.objects.count(), Job.objects.count()) == ([], 0, 0, 0)


def test_one_that_was_bound_just_before_it_is_deleted_leaves_no_file(alice, demo):
    draft = make_draft(alice)
    seen = Audiobook.objects.get(pk=draft.pk)
    assert spoken(draft, alice).path
    for _ in range(2):
        audiobooks.delete_audiobook(by=alice, audiobook=seen)
    assert (files(), Audiobook.objects.count()) == ([], 0)


def test_a_long_one_is_deleted_bit_by_bit(book, api, alice, monkeypatch):
    monkeypatch.setattr(ending, "JOBS_AT_ONCE", 1)
    api(alice).delete(f"/api/audiobooks/{book.pk}")
    assert Job.objects.count() == 1
    assert api(alice).get(f"/api/audiobooks/{book.pk}").status_code == 404
    assert api(alice).get("/api/audiobooks").json()["items"] == []
    audiobooks.sweep()
    assert (files(), Audiobook.objects.count(), Job.objects.count()) == ([], 0, 0)


def test_one_that_is_not_kept_goes_after_a_day_and_is_spoken_again(alice, demo, api):
    book = spoken(make_draft(alice), alice, keep=False)
    assert (storage_quota.used_bytes(alice), book.path, TempAudio.objects.count()) == (0, "", 3)
    assert dt.timedelta(hours=23) < book.expires_at - times.now() < dt.timedelta(hours=25)
    assert statuses(api(alice), book) == [200, 200]
    past = times.now() - dt.timedelta(hours=1)
    Audiobook.objects.update(expires_at=past)
    Job.objects.update(expires_at=past)
    assert statuses(api(alice), book) == [410, 410]
    answer = api(alice).post(f"/api/audiobooks/{book.pk}/retry", {}, "application/json")
    assert answer.status_code == 202
    work()
    assert statuses(api(alice), book) == [200, 200]
    api(alice).delete(f"/api/audiobooks/{book.pk}")
    assert (TempAudio.objects.count(), files()) == (0, [])


def test_before_it_is_bound_there_is_nothing_to_be_had(alice, demo, api, settings):
    draft = make_draft(alice)
    assert statuses(api(alice), draft) == [409, 409]
    audiobooks.start_audiobook(by=alice, audiobook=draft)
    assert statuses(api(alice), draft) == [409, 409]


def test_without_room_or_a_sound_it_fails_and_goes_on(alice, demo, api, monkeypatch):
    draft = make_draft(alice)
    with monkeypatch.context() as patch:
        patch.setattr(m4b, "write", lambda parts, path, **more: path.write_bytes(b"x") and m4b.Bound(1.0, 2**40))
        spoken(draft, alice)
    assert (draft.status, draft.cause, draft.path) == ("failed", "quota_reached", "")
    assert statuses(api(alice), draft) == [409, 200]
    default_storage.delete(Job.objects.order_by("pk").first().kept_path)
    assert statuses(api(alice), draft) == [409, 410]
    audiobooks.retry_audiobook(by=alice, audiobook=draft)
    work()
    draft.refresh_from_db()
    assert (draft.status, Job.objects.count(), len(files())) == ("completed", 2, 3)


def test_it_goes_with_its_account(book, alice, bob, demo):
    spoken(make_draft(alice), alice, keep=False)
    make_draft(alice)
    deletion.close_account(by=alice, password=PASSWORD)
    deletion.delete_account(user=User.objects.get(pk=alice.pk))
    rows = [model.objects.count() for model in (Audiobook, Chapter, Job, TempAudio)]
    assert (rows, files(), User.objects.count()) == ([0, 0, 0, 0], [], 1)
