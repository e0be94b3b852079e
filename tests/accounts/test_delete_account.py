import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from accounts import tasks
from accounts.actions import deletion, exports, invitations, keys
from accounts.models import ApiKey, AuditEntry, DataExport, Invitation, Role, Team, User
from config import hooks, queue, times
from config.errors import Conflict, Unprocessable
from jobs import actions as jobs
from jobs.actions import temp_audio
from jobs.models import Job, TempAudio
from tests.conftest import PASSWORD


def close(user):
    deletion.close_account(by=user, password=PASSWORD)
    user.refresh_from_db()


def delete(user):
    close(user)
    tasks.delete_account(user.pk)


def put_in_team(user, of, role=Role.MEMBER):
    User.objects.filter(pk=user.pk).update(team=of.team, role=role)
    user.refresh_from_db()


def files(var_dir):
    """All but the samples of the voices, which belong to nobody."""
    return [path for path in var_dir.glob("media/**/*") if path.is_file() and path.parent.name != "samples"]


def test_at_once_nobody_comes_in_any_more(page, api, client, alice, job):
    browser, program, (_, key) = page(alice), api(alice), keys.create_key(by=alice, name="Robot")
    answer = browser.post("/settings/delete", {"password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/login", 302)]
    assert "Your account is closed" in answer.text
    assert browser.get("/settings").url.startswith("/login")
    assert program.get("/api/user").status_code == client.get("/api/user", HTTP_X_API_KEY=key).status_code == 401
    assert client.post("/login", {"email": "alice@example.com", "password": PASSWORD}).status_code == 200
    row = User.objects.get()
    assert (row.email, row.name, row.is_active, row.token_version) == (f"deleted-{row.pk}@invalid", "", False, 2)
    assert row.deleted_at
    assert not row.has_usable_password()
    job.refresh_from_db()
    assert (job.status, ApiKey.objects.count()) == ("cancelled", 0)


def test_the_email_is_free_at_once(client, alice):
    close(alice)
    fields = {"email": "alice@example.com", "password": PASSWORD}
    assert client.post("/register", fields).status_code == 302


@pytest.mark.parametrize(("password", "words"), [("not it at all", "This is not your password."), ("", "required")])
def test_it_asks_for_the_password(page, alice, password, words):
    answer = page(alice).post("/settings/delete", {"password": password})
    assert (answer.status_code, words in answer.text) == (200, True)
    assert User.objects.get().is_active


def test_guesses_are_counted(alice):
    for _ in range(5):
        with pytest.raises(Unprocessable):
            deletion.close_account(by=alice, password="not it at all")
    with pytest.raises(deletion.passwords.limits.TooMany):
        deletion.close_account(by=alice, password=PASSWORD)


def test_a_worker_deletes_all_that_is_left(alice, bob, finished, var_dir):
    team = alice.team
    exports.run_export(export=exports.start_export(by=alice))
    invitations.invite(by=alice)
    assert len(files(var_dir)) == 4  # a sound, its two sentences, an export
    delete(alice)
    assert list(User.objects.all()) == [bob]
    assert not Team.objects.filter(pk=team.pk).exists()
    rows = (Job, TempAudio, DataExport, ApiKey, Invitation)
    assert [model.__name__ for model in rows if model.objects.exists()] == []
    assert files(var_dir) == []
    assert [(entry.user, entry.event) for entry in AuditEntry.objects.all()] == [(None, "account_deleted")]


def test_while_redis_is_away_the_deletion_waits(redis, alice, monkeypatch):
    redis.stop()
    close(alice)
    monkeypatch.setattr(deletion, "WAITING", times.now() - times.now())
    deletion.enqueue_waiting()
    redis.start()
    for _ in range(2):
        deletion.enqueue_waiting()
    assert queue.queue_of("bulk").job_ids == [queue.task_id(deletion.TASK, alice.pk)]


def test_with_redis_it_is_enqueued_at_once_and_the_sweeper_waits_a_minute(redis, alice):
    close(alice)
    assert queue.queue_of("bulk").job_ids == [queue.task_id(deletion.TASK, alice.pk)]
    queue.connection().flushall()
    deletion.enqueue_waiting()
    assert queue.queue_of("bulk").job_ids == []


def test_one_that_was_cut_off_is_finished_by_the_next(alice, finished, var_dir, monkeypatch):
    close(alice)
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", lambda name: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.delete_account(alice.pk)
    assert User.objects.exists()
    assert TempAudio.objects.exists()
    for _ in range(2):
        tasks.delete_account(alice.pk)
    assert not User.objects.exists()
    assert AuditEntry.objects.filter(event="account_deleted").count() == 1
    assert files(var_dir) == []


def test_an_account_that_is_open_is_not_deleted(alice):
    tasks.delete_account(alice.pk)
    assert User.objects.get() == alice


def test_a_running_job_and_export_leave_nothing_behind(alice, job, var_dir, monkeypatch):
    put, export = temp_audio.put, exports.start_export(by=alice)

    def close_and_put(*args):
        delete(alice)
        return put(*args)

    monkeypatch.setattr(temp_audio, "put", close_and_put)
    jobs.run_job(job=job)
    exports.run_export(export=export)
    assert not User.objects.exists()
    assert files(var_dir) == []


def test_the_team_stays_while_anybody_is_in_it(alice, charlie):
    put_in_team(charlie, alice)
    invitations.invite(by=alice)
    delete(charlie)
    assert (Team.objects.count(), Invitation.objects.count()) == (2, 1)
    delete(alice)
    assert not Team.objects.filter(pk=alice.team_id).exists()


def test_two_who_leave_at_the_same_time_take_the_team_along(alice, charlie):
    put_in_team(charlie, alice)
    deletion.close_account(by=charlie, password=PASSWORD)
    deletion.close_account(by=alice, password=PASSWORD)
    for user in (alice, charlie):
        tasks.delete_account(user.pk)
    assert not Team.objects.filter(pk=alice.team_id).exists()


def test_an_invitation_ends_with_who_made_it(alice, charlie):
    put_in_team(charlie, alice, Role.ADMIN)
    _, url = invitations.invite(by=alice)
    close(alice)
    with pytest.raises(invitations.NotFound):
        invitations.find(url)


def test_the_last_administrator_of_a_team_stays(page, alice, charlie):
    put_in_team(charlie, alice)
    answer = page(alice).post("/settings/delete", {"password": PASSWORD})
    assert (answer.status_code, "A team needs an administrator." in answer.text) == (200, True)
    User.objects.filter(pk=charlie.pk).update(role=Role.ADMIN)
    close(alice)
    charlie.refresh_from_db()
    put_in_team(alice, charlie)
    close(charlie)  # alice is no member any more


def test_the_only_administrator_of_the_installation_stays(bob, charlie):
    with pytest.raises(Conflict, match="only administrator of this installation"):
        close(bob)
    User.objects.filter(pk=charlie.pk).update(is_superuser=True)
    close(bob)
    assert not bob.is_superuser


def test_the_deletion_goes_from_the_highest_app_down():
    models = [entry.model for entry in hooks.owned_data]
    assert models[:2] == [Team, User]
    assert models.index(DataExport) < models.index(TempAudio) < models.index(Job)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_at_once_leave_one(alice, bob, charlie):
    for user in (alice, charlie):
        put_in_team(user, bob, Role.ADMIN)
    User.objects.filter(pk=bob.pk).update(role=Role.MEMBER)
    barrier, ended = threading.Barrier(2), []

    def close_at_once(user):
        barrier.wait()
        try:
            deletion.close_account(by=user, password=PASSWORD)
        except Conflict:
            ended.append("refused")
        else:
            ended.append("closed")
        connection.close()

    threads = [threading.Thread(target=close_at_once, args=(user,)) for user in (alice, charlie)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["closed", "refused"]
    assert User.objects.in_team_of(bob).running_a_team().count() == 1
