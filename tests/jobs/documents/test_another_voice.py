"""A book that is ready, has failed or is cancelled is spoken anew, by another voice or at another speed."""

import pytest

from config.errors import Conflict, QuotaReached
from jobs import actions
from jobs.actions import audiobooks
from jobs.actions.audiobooks import progress, starting
from jobs.models import Audiobook, Chapter, Job
from tests.jobs.documents.books import make_draft, states, work
from tests.voices.models import make_echo

TITLES = tuple("ABCDEF")


@pytest.fixture
def book(alice, demo):
    """Six chapters, of which the last one is left out."""
    draft = make_draft(alice, titles=TITLES)
    audiobooks.start_audiobook(by=alice, audiobook=draft, chapters=[1, 2, 3, 4, 5])
    return draft


@pytest.fixture
def ready(book):
    work()
    book.refresh_from_db()
    return book


@pytest.fixture
def post(api, alice, book):
    def post(what, **body):
        return api(alice).post(f"/api/audiobooks/{book.pk}/{what}", body, "application/json")

    return post


def spoken_at(speed):
    return Job.objects.filter(speed=speed).count()


def test_each_chapter_keeps_its_sound_until_it_is_spoken_anew(ready, post, alice, api):
    earlier, file = dict(Chapter.objects.values_list("number", "job")), ready.path
    answer = post("voice", speed=2)
    told = answer.json()
    assert (answer.status_code, told["status"], told["speed"], told["error"]) == (202, "speaking", 2.0, None)
    assert (told["chapters"], told["progress"]) == ({"out": 1, "anew": 1, "making": 4}, 0)
    assert (states(ready), spoken_at(1), spoken_at(2)) == ([*["making"] * 4, "anew", "out"], 1, 4)
    last = api(alice).get(f"/api/audiobooks/{ready.pk}/chapters").json()["chapters"][4]
    assert (last["state"], bool(last["duration"])) == ("anew", True)
    assert api(alice).get(f"/api/audiobooks/{ready.pk}/download?format=zip").status_code == 409
    work()
    ready.refresh_from_db()
    assert (ready.status, ready.path != file, Job.objects.count(), spoken_at(2)) == ("completed", True, 5, 5)
    assert not set(filter(None, earlier.values())) & {*Job.objects.values_list("pk", flat=True)}
    assert len(b"".join(api(alice).get(f"/api/audiobooks/{ready.pk}/download"))) == ready.size_bytes


def test_a_book_whose_voice_has_gone_gets_another_one(book, post, alice, demo):
    echo = make_echo(alice)
    actions.run_job(job=Job.objects.order_by("pk").first())
    audiobooks.cancel_audiobook(by=alice, audiobook=Audiobook.objects.get())
    Audiobook.objects.update(status="failed", voice_id="gone", error="There is no voice gone.")
    assert post("voice").status_code == 422
    assert (Audiobook.objects.get().status, states(book)[0]) == ("failed", "making")
    assert post("voice", echo_id=echo.pk).status_code == 202
    work()
    made = Audiobook.objects.get()
    assert (made.status, made.voice_id, made.echo_id, made.error) == ("completed", "en_US-demo-low", echo.pk, "")
    assert set(Job.objects.values_list("echo_id", "status")) == {(echo.pk, "completed")}
    assert states(book) == [*["ready"] * 5, "out"]


def test_what_is_not_reached_is_still_spoken_anew_after_a_break(ready, post):
    post("voice", speed=2)
    assert post("cancel").json()["status"] == "cancelled"
    assert post("retry").status_code == 202
    assert states(ready)[4] == "anew"
    work()
    assert (Audiobook.objects.get().status, spoken_at(2), Job.objects.count()) == ("completed", 5, 5)


def test_one_that_is_killed_in_the_middle_goes_on(ready, post, monkeypatch):
    def killed(**named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(progress.end, "delete_job", killed)
        post("voice", speed=2)
    assert (Audiobook.objects.get().status, states(ready)) == ("speaking", [*["anew"] * 5, "out"])
    work()
    assert (Audiobook.objects.get().status, spoken_at(2), Job.objects.count()) == ("completed", 5, 5)


def test_what_is_refused_changes_nothing(book, post, settings):
    assert post("voice", speed=2).status_code == 409  # it is being spoken
    work()
    before = list(Chapter.objects.values()), list(Audiobook.objects.values())
    for body in ({"voice_id": "nobody"}, {"speed": 99}, {"speaker": "Ann"}, {"echo_id": "x", "voice_id": "demo"}):
        assert post("voice", **body).status_code == 422, body
    settings.STORAGE_QUOTA_MB = 0
    assert post("voice", speed=2).status_code == QuotaReached.status
    assert (list(Chapter.objects.values()), list(Audiobook.objects.values())) == before


def test_on_its_page(ready, page, alice):
    client, address = page(alice), f"/audiobooks/{ready.pk}"
    assert f'href="{address}/voice"' in client.get(address).text
    form = client.get(f"{address}/voice").text
    assert ("All of its chapters are spoken anew" in form, 'value="en_US-demo-low" selected' in form) == (True, True)
    assert "Choose one of the list" in client.post(f"{address}/voice", {"voice_id": "nobody"}).text
    answer = client.post(f"{address}/voice", {"voice_id": "en_US-demo-low", "speed": "1.5"}, follow=True)
    assert (answer.redirect_chain, "With another voice" in answer.text) == ([(address, 302)], False)
    assert Audiobook.objects.get().speed == 1.5
    assert "once it is ready" in client.get(f"{address}/voice", follow=True).text


def test_who_comes_second_stops_nothing(ready, post, alice):
    seen_before = Audiobook.objects.get()
    assert post("voice", speed=2).status_code == 202
    with pytest.raises(Conflict, match="in the meantime"):
        audiobooks.change_voice(by=alice, audiobook=seen_before, speed=3)
    assert {*Job.objects.filter(speed=2).values_list("status", flat=True)} == {"queued"}
    work()
    assert (Audiobook.objects.get().status, Job.objects.count(), spoken_at(2)) == ("completed", 5, 5)


def test_another_try_at_once_brings_no_earlier_sound_back(ready, post, monkeypatch):
    has_sound = starting.has_sound

    def meanwhile(job):
        monkeypatch.setattr(starting, "has_sound", has_sound)
        assert post("voice", speed=2).status_code == 202
        return has_sound(job)

    Audiobook.objects.update(status="cancelled")
    monkeypatch.setattr(starting, "has_sound", meanwhile)
    assert post("retry").status_code == 409
    work()
    assert (Audiobook.objects.get().status, Job.objects.count(), spoken_at(2)) == ("completed", 5, 5)


def test_a_job_that_comes_too_late_goes(ready, post, monkeypatch):
    """Meanwhile the book was cancelled and given another speed again: no chapter knows that job any more."""
    begin = progress.start.begin

    def late(by, jobs):
        monkeypatch.setattr(progress.start, "begin", begin)
        Audiobook.objects.update(status="cancelled")
        assert post("voice", speed=3).status_code == 202
        begin(by, jobs)

    monkeypatch.setattr(progress.start, "begin", late)
    post("voice", speed=2)
    work()
    known = {*Chapter.objects.exclude(job="").values_list("job", flat=True)}
    assert {*Job.objects.values_list("pk", flat=True)} == known
    assert (Audiobook.objects.get().status, spoken_at(3)) == ("completed", 5)


def test_who_is_late_forgets_no_job_of_the_next_change(ready, alice):
    Chapter.objects.update(state="anew")
    seen, other = Chapter.objects.get(number=1), Chapter.objects.get(number=2).job
    Chapter.objects.filter(number=1).update(job=other)
    progress.drop_earlier(alice, seen)
    assert Chapter.objects.get(number=1).job == other
