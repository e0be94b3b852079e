"""A document is uploaded, read by a worker, and waits to be looked at."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config import child
from config.leases import Lease
from jobs.actions import audiobooks
from jobs.actions.audiobooks import opening, reading
from jobs.documents import bounds
from jobs.models import Audiobook, Chapter, Job
from tests.jobs.documents.books import TEXT, make_draft, states, work
from tests.jobs.documents.makers import make_epub, make_pdf


@pytest.fixture
def send(api, alice, demo):
    """Alice sends a document."""

    def send(content=TEXT, name="harbour.md", **fields):
        data = content.encode() if isinstance(content, str) else content
        return api(alice).post("/api/audiobooks", {"file": ContentFile(data, name), **fields})

    return send


def kept_files():
    folder = Path(default_storage.location) / opening.FOLDER
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_it_is_read_and_waits(send, api, alice):
    answer = send()
    made = answer.json()
    assert (answer.status_code, answer["Location"]) == (202, f"/api/audiobooks/{made['_id']}")
    assert (made["status"], made["step"], made["source_name"], made["title"]) == ("queued", "read", "harbour.md", "")
    assert len(kept_files()) == 1
    work()
    read = api(alice).get(answer["Location"]).json()
    told = ("status", "step", "title", "chapters", "progress", "characters")
    assert [read[name] for name in told] == ["review", "bind", "harbour", {"waiting": 3}, 0, 71]
    assert kept_files() == []
    found = api(alice).get(f"{answer['Location']}/chapters").json()["chapters"]
    assert [(each["number"], each["title"], each["text"], each["state"]) for each in found] == [
        (1, "Dawn", "# Dawn\n\nRopes creak.", "waiting"),
        (2, "Noon", "# Noon\n\nA *gull* complains.", "waiting"),
        (3, "Dusk", "# Dusk\n\nNets are mended.", "waiting"),
    ]
    listed = api(alice).get("/api/audiobooks").json()
    assert listed == {"items": [read], "next": None}
    assert not Job.objects.exists()


def test_what_is_given_comes_before_what_the_document_says(send):
    for content, name, fields in (
        (make_epub({"a.xhtml": "Ropes."}), "x.epub", {"title": "  My  book ", "author": "Me"}),
        (make_epub({"a.xhtml": "Ropes."}), "y.bin", {}),
        (make_pdf(["Ropes."]), "../../C:\\papers\\a paper.pdf", {}),
    ):
        assert send(content, name, **fields).status_code == 202
    work()
    rows = Audiobook.objects.order_by("pk").values_list("title", "author", "source_name", "language")
    assert list(rows) == [
        ("My book", "Me", "x.epub", "en-GB"),
        ("Harbour", "Ada Quay", "y.bin", "en-GB"),
        ("a paper", "", "a paper.pdf", ""),
    ]


def test_it_is_spoken_at_once_if_asked(send):
    send(start="true", voice_id="demo", speed="1.5", keep="false")
    book = Audiobook.objects.get()
    assert (book.voice_id, book.speed, book.is_kept) == ("en_US-demo-low", 1.5, False)
    audiobooks.work_on_audiobook(audiobook=book)
    assert (Audiobook.objects.get().status, states(book)) == ("speaking", ["making"] * 3)
    assert set(Job.objects.values_list("title", "queue", "format", "speed", "is_kept")) == {
        (f"harbour: {title}", "bulk", "mp3", 1.5, True) for title in ("Dawn", "Noon", "Dusk")
    }


def test_what_is_refused_at_once_leaves_nothing(send, api, alice, monkeypatch):
    client = api(alice)
    monkeypatch.setattr(opening, "DRAFTS_MAX", 0)
    assert send().json()["code"] == "conflict"
    monkeypatch.setattr(opening, "DRAFTS_MAX", 20)
    monkeypatch.setattr(opening, "FILE_MAX_BYTES", 1_000)
    answers = {
        "an empty one": (send(b"", "a.txt"), 415, "not_a_document"),
        "a picture": (send(b"\x89PNG\r\n\x1a\n" + bytes(90), "a.txt"), 415, "not_a_document"),
        "a large one": (send("x" * 1_001), 413, "too_large"),
        "an unknown voice": (send(voice_id="nobody"), 422, "invalid"),
        "two voices": (send(voice_id="demo", echo_id="0" * 24), 422, "invalid"),
        "a speed": (send(speed="9"), 422, "invalid"),
        "a long title": (send(title="x" * 201), 422, "invalid"),
        "no file": (client.post("/api/audiobooks", {"title": "x"}), 422, "invalid"),
        "JSON": (client.post("/api/audiobooks", {}, "application/json"), 415, "wrong_type"),
        "two files": (
            client.post("/api/audiobooks", {"file": [ContentFile(b"a", "a"), ContentFile(b"b", "b")]}),
            422,
            "",
        ),
    }
    seen = {kind: (answer.status_code, answer.json()["code"]) for kind, (answer, _, _) in answers.items()}
    assert seen == {kind: (status, code or "invalid") for kind, (_, status, code) in answers.items()}
    assert not Audiobook.objects.exists()
    assert kept_files() == []


def test_so_many_documents_of_one_person_may_wait_to_be_spoken(send, alice, monkeypatch):
    monkeypatch.setattr(opening, "DRAFTS_MAX", 2)
    make_draft(alice)
    assert [send().status_code for _ in range(2)] == [202, 409]
    work()
    assert (send().status_code, Audiobook.objects.filter(status="review").count()) == (409, 2)


def test_a_process_that_reads_leaves_signals_to_whoever_waits_for_it(tmp_path):
    program = "import os, signal; from config import child_limits as limits; "
    program += "limits.limit(memory_bytes=2**30, cpu_seconds=5); "
    program += "[os.kill(os.getpid(), each) for each in (signal.SIGTERM, signal.SIGINT)]; print('{}')"
    assert child.ask(["-c", program], seconds=30) == {}


def test_an_upload_is_counted(send, settings):
    settings.RATES = settings.RATES | {"upload": "1/h"}
    assert [send().status_code for _ in range(2)] == [202, 429]


def test_a_document_that_cannot_be_read_says_why_and_goes(send, api, alice, monkeypatch):
    scan = send(make_pdf([], []), "scan.pdf")["Location"]
    work()
    failed = api(alice).get(scan).json()
    assert (failed["status"], "OCR" in failed["error"], failed["chapters"]) == ("failed", True, {})
    assert kept_files() == []
    assert api(alice).post(f"{scan}/retry", {}, "application/json").status_code == 409
    cases = (("import os; os.abort()", 50, reading.DIED), ("import time; time.sleep(60)", 0.1, reading.SLOW))
    for program, seconds, sentence in cases:
        monkeypatch.setattr(reading, "PROGRAM", ["-c", program])
        monkeypatch.setattr(bounds, "SECONDS", seconds)
        hostile = send()["Location"]
        work()
        failed = api(alice).get(hostile).json()
        assert (failed["status"], failed["error"]) == ("failed", sentence)
    assert (Chapter.objects.count(), kept_files()) == (0, [])


def test_a_worker_that_is_asked_to_stop_ends_the_process_and_hands_it_back(send, monkeypatch):
    send()
    monkeypatch.setattr(reading, "PROGRAM", ["-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(child, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr("config.work.queue.stopping.is_set", lambda: True)
    book = Audiobook.objects.get()
    audiobooks.work_on_audiobook(audiobook=book)
    book.refresh_from_db()
    assert (book.status, book.attempts, len(kept_files())) == ("queued", 0, 1)


def test_chapters_are_written_whole_or_not_at_all(send, alice, monkeypatch):
    """Something breaks as they are written; then the book is cancelled just as they are."""
    send()
    book, create, end = Audiobook.objects.get(), Chapter.objects.bulk_create, Lease.end
    with monkeypatch.context() as patch:
        patch.setattr(Chapter.objects, "bulk_create", lambda rows: create(rows[:1]) and 1 / 0)
        with pytest.raises(ZeroDivisionError):
            audiobooks.work_on_audiobook(audiobook=book)
    book.refresh_from_db()
    assert (book.status, book.cause, len(kept_files())) == ("failed", "crashed", 1)

    def end_late(lease, status, **fields):
        Audiobook.objects.filter(pk=book.pk).update(status="cancelled", lease_token="")
        end(lease, status, **fields)

    audiobooks.retry_audiobook(by=alice, audiobook=book)
    with monkeypatch.context() as patch:
        patch.setattr(Lease, "end", end_late)
        audiobooks.work_on_audiobook(audiobook=book)
    assert Chapter.objects.count() == 0
    book.refresh_from_db()
    audiobooks.cancel_audiobook(by=alice, audiobook=book)
    audiobooks.retry_audiobook(by=alice, audiobook=book)
    work()
    book.refresh_from_db()
    assert (book.status, Chapter.objects.count(), kept_files()) == ("review", 3, [])


def test_drafts_go_after_a_week(alice, demo, send):
    old = make_draft(alice)
    send()
    Audiobook.objects.filter(pk=old.pk).update(created_at="2020-01-01T00:00:00Z")
    audiobooks.purge()
    assert [book.source_name for book in Audiobook.objects.all()] == ["harbour.md"]
    assert not Chapter.objects.filter(audiobook_id=old.pk).exists()
