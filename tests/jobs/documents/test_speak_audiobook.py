"""The chapters of a document are spoken: some or all, a few at a time, and again after something failed."""

import datetime as dt

import pytest

from config import times
from config.errors import Conflict
from jobs import actions
from jobs.actions import audiobooks, end, start
from jobs.actions.audiobooks import progress, starting
from jobs.models import Audiobook, Chapter, Job
from jobs.text import NothingToSay
from tests.jobs.documents.books import make_draft, states, work

TITLES = tuple("ABCDEFG")


@pytest.fixture
def draft(alice, demo):
    return make_draft(alice, titles=TITLES)


@pytest.fixture
def post(api, alice, draft):
    """Alice asks for something to be done with the draft."""

    def post(what, **body):
        return api(alice).post(f"/api/audiobooks/{draft.pk}/{what}", body, "application/json")

    return post


def run(*jobs):
    for job in jobs:
        actions.run_job(job=job)


def oldest(number):
    return list(Job.objects.filter(status="queued").order_by("pk")[:number])


def test_chapters_are_begun_in_order_a_few_at_a_time(post, draft, api, alice):
    answer = post("start", chapters=[1, 2, 3, 5, 6, 7], voice_id="demo", speed=2, keep=False, title="Sea", author="Me")
    made = answer.json()
    told = ("status", "title", "author", "voice_id", "speed", "keep", "characters", "chapters")
    assert (answer.status_code, [made[name] for name in told]) == (
        202,
        ["speaking", "Sea", "Me", "en_US-demo-low", 2.0, False, 90, {"making": 4, "waiting": 2, "out": 1}],
    )
    assert states(draft) == [*["making"] * 3, "out", "making", "waiting", "waiting"]
    run(*oldest(2))
    Job.objects.filter(pk=oldest(1)[0].pk).update(progress=50)
    audiobooks.sweep()
    assert states(draft) == ["ready", "ready", "making", "out", "making", "making", "making"]
    half = api(alice).get(f"/api/audiobooks/{draft.pk}").json()
    assert half["progress"] == 100 * (15 + 15 + 7) // 90
    found = api(alice).get(f"/api/audiobooks/{draft.pk}/chapters").json()["chapters"]
    assert [bool(each["duration"]) for each in found] == [True, True, False, False, False, False, False]
    assert [each["job_id"] for each in found] == [1, 2, 3, None, 4, 5, 6]
    titles = Job.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == [f"Sea: {title}" for title in "ABCEFG"]
    audiobooks.sweep()
    assert Job.objects.count() == 6


def test_what_is_not_named_is_as_it_was(post, draft, echo):
    Audiobook.objects.update(voice_id="", echo_id=echo.pk, speed=1.5)
    for body, expected in (({"speed": 2}, (echo.pk, 2.0)), ({"voice_id": "demo"}, ("", 1.5)), ({}, (echo.pk, 1.5))):
        made = Audiobook.objects.get(pk=draft.pk)
        audiobooks.start_audiobook(by=made.user, audiobook=made, chapters=[1], **body)
        assert (made.echo_id, made.speed) == expected
        assert set(Job.objects.values_list("echo_id", "speed")) == {expected}
        Job.objects.all().delete()
        Chapter.objects.update(state="waiting", job="")
        Audiobook.objects.update(status="review", voice_id="", echo_id=echo.pk, speed=1.5)


def test_what_cannot_be_started(post, draft, settings, api, alice):
    answers = {
        "no chapters": post("start", chapters=[]),
        "an unknown one": post("start", chapters=[1, 8]),
        "an unknown voice": post("start", voice_id="nobody"),
        "a long title": post("start", title="x" * 201),
    }
    assert {kind: answer.status_code for kind, answer in answers.items()} == dict.fromkeys(answers, 422)
    assert "chapter 8" in answers["an unknown one"].json()["detail"]
    settings.STORAGE_QUOTA_MB = -1
    assert post("start").json()["code"] == "quota_reached"
    assert (Audiobook.objects.get().status, Job.objects.count(), set(states(draft))) == ("review", 0, {"waiting"})
    settings.STORAGE_QUOTA_MB = 100
    without_body = ("POST", f"/api/audiobooks/{draft.pk}/start")
    assert [api(alice).generic(*without_body).status_code for _ in range(2)] == [202, 409]
    Audiobook.objects.update(status="queued", step="read")
    assert "still being read" in post("start").json()["detail"]


def test_two_who_go_on_at_once_begin_no_chapter_twice(post, draft, monkeypatch):
    begin = start.begin

    def begin_with_another(by, jobs):
        with monkeypatch.context() as patch:
            patch.setattr(start, "begin", begin)
            progress.go_on(Audiobook.objects.get())
        begin(by, jobs)

    monkeypatch.setattr(start, "begin", begin_with_another)
    post("start")
    monkeypatch.undo()
    audiobooks.sweep()
    titles = list(Job.objects.values_list("title", flat=True))
    assert len(titles) == len(set(titles))
    assert sorted(Chapter.objects.exclude(job="").values_list("job", flat=True)) == sorted(
        Job.objects.values_list("pk", flat=True)
    )


def test_a_chapter_whose_starter_was_killed_is_begun_again(post, draft):
    post("start")
    job = Job.objects.order_by("pk").first()
    long_ago = times.now() - dt.timedelta(minutes=1)
    Chapter.objects.filter(job=job.pk).update(state="starting", begun_at=times.now())
    Job.objects.filter(pk=job.pk).delete()
    audiobooks.sweep()
    assert states(draft)[0] == "starting"
    Chapter.objects.filter(job=job.pk).update(begun_at=long_ago)
    audiobooks.sweep()
    assert (states(draft)[0], Job.objects.count()) == ("making", 4)


def test_it_waits_while_its_owner_may_have_no_more_spoken(post, draft, settings, alice):
    settings.QUEUE_CHARACTERS = 20
    post("start")
    assert states(draft) == ["making", *["waiting"] * 6]
    run(*oldest(1))
    audiobooks.sweep()
    assert states(draft)[:3] == ["ready", "making", "waiting"]
    settings.QUEUE_CHARACTERS = 10
    run(*oldest(1))
    audiobooks.sweep()
    book = Audiobook.objects.get()
    assert (book.status, book.cause, "at most 10" in book.error) == ("failed", "queue_full", True)
    settings.QUEUE_CHARACTERS = 1_000
    alice.is_active = False
    alice.save()
    audiobooks.retry_audiobook(by=alice, audiobook=book)
    assert states(draft)[:3] == ["ready", "ready", "waiting"]


def test_a_voice_that_is_gone_ends_it_with_a_sentence(post, draft, demo):
    post("start", chapters=[1])
    Job.objects.all().delete()
    Chapter.objects.update(state="waiting", job="")
    demo.delete()
    audiobooks.sweep()
    book = Audiobook.objects.get()
    assert (book.status, "There is no voice" in book.error) == ("failed", True)


def test_failed_chapters_are_tried_again_or_left_out(post, draft, api, alice):
    Chapter.objects.filter(number=5).update(text="* * *")
    post("start", chapters=[1, 2, 3, 4, 5])
    first, second, third, fourth = oldest(4)
    run(first)
    Job.objects.filter(pk=second.pk).update(status="failed", error="It broke.")
    end.cancel_job(by=alice, job=third)
    end.delete_job(by=alice, job=fourth)
    for _ in range(2):
        audiobooks.sweep()
    failed = api(alice).get(f"/api/audiobooks/{draft.pk}").json()
    assert (failed["status"], failed["chapters"]) == ("failed", {"out": 2, "ready": 1, "failed": 4})
    assert "4 chapters could not be spoken" in failed["error"]
    errors = [each["error"] for each in api(alice).get(f"/api/audiobooks/{draft.pk}/chapters").json()["chapters"]]
    assert errors == [None, "It broke.", progress.CANCELLED, progress.DELETED, NothingToSay().message, None, None]
    Chapter.objects.filter(number=5).update(state="out")
    assert post("retry").status_code == 202
    assert (states(draft)[:4], Job.objects.count()) == (["ready", "making", "making", "making"], 4)
    run(oldest(1)[0])
    Job.objects.filter(status="queued").update(status="failed")
    audiobooks.sweep()
    assert post("retry", without_failed=True).status_code == 202
    work()
    book = Audiobook.objects.get()
    assert (book.status, states(draft)[:4]) == ("completed", ["ready", "ready", "out", "out"])


def test_a_chapter_whose_job_is_tried_again_by_hand_is_not_missed(post, draft, alice):
    post("start", chapters=[1, 2])
    first, second = oldest(2)
    end.cancel_job(by=alice, job=first)
    audiobooks.sweep()
    assert states(draft)[:2] == ["failed", "making"]
    start.retry_job(by=alice, job=first)
    audiobooks.sweep()
    assert (states(draft)[0], set(Chapter.objects.values_list("error", flat=True))) == ("making", {""})
    work()
    assert (Audiobook.objects.get().status, Job.objects.count()) == ("completed", 2)


def test_who_starts_it_second_changes_no_chapter_that_is_begun(post, draft):
    """Without a transaction, as in a MongoDB that has none, nothing of it is taken back."""
    post("start", chapters=[1, 2])
    with pytest.raises(Conflict):
        starting.begin_speaking.__wrapped__(draft, {2: 15, 3: 15}, {})
    assert states(draft)[:2] == ["making", "making"]


def test_cancel_and_go_on(post, draft):
    assert post("cancel").status_code == 409
    post("start", chapters=[1, 2])
    run(oldest(1)[0])
    assert post("cancel").json()["status"] == "cancelled"
    assert sorted(Job.objects.values_list("status", flat=True)) == ["cancelled", "completed"]
    assert post("cancel").status_code == 409
    audiobooks.sweep()
    assert Job.objects.filter(status="queued").count() == 0
    post("retry")
    work()
    book = Audiobook.objects.get()
    assert (book.status, states(draft)[:3], Job.objects.count()) == ("completed", ["ready", "ready", "out"], 2)


def test_a_chapter_that_is_begun_as_the_book_is_cancelled_goes(draft, alice, monkeypatch):
    begin = start.begin

    def cancel_then_begin(by, jobs):
        if Audiobook.objects.get().status == "speaking":
            audiobooks.cancel_audiobook(by=alice, audiobook=Audiobook.objects.get())
        begin(by, jobs)

    monkeypatch.setattr(start, "begin", cancel_then_begin)
    audiobooks.start_audiobook(by=alice, audiobook=draft)
    assert not Job.objects.open().exists()


def test_others_see_nothing_of_it(draft, api, charlie):
    client = api(charlie)
    paths = ("", "/chapters", "/download")
    assert {client.get(f"/api/audiobooks/{draft.pk}{path}").status_code for path in paths} == {404}
    assert client.get("/api/audiobooks").json()["items"] == []
