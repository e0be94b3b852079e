"""The queues, and who takes from which."""

from unittest.mock import Mock

import pytest
from django.conf import settings as project_settings
from django.core.management import call_command
from django.db import OperationalError

from config import hooks, queue, workers

SPEECH_QUEUES = ["interactive", "default", "bulk"]
NETWORK_QUEUES = ["network", "network-answers", "network-upkeep", "network-long"]  # what somebody waits for comes first
ERRANDS_QUEUES = ["network", "network-upkeep"]


@pytest.fixture
def warm_up(monkeypatch):
    """The only thing that workers load."""
    hook = hooks.Hook()
    monkeypatch.setattr(hooks, "worker_starts", hook)
    return hook.register(Mock())


@pytest.fixture
def working(redis, monkeypatch):
    """The workers that would run now: the names of their queues, and their own. The tests do not step back for them."""
    started = []
    monkeypatch.setattr("os.nice", Mock())
    monkeypatch.setattr(
        queue.Worker, "work", lambda worker, **options: started.append((worker.queue_names(), worker.name))
    )
    return started


def test_every_queue_is_known_to_django_rq_and_taken_by_one_kind_of_worker():
    assert list(queue.QUEUES) == [*SPEECH_QUEUES, *NETWORK_QUEUES]
    assert set(project_settings.RQ_QUEUES) == set(queue.QUEUES)


def test_a_worker_takes_everything_but_network_tasks_and_loads_voices(working, warm_up):
    call_command("worker")
    ((queues, name),) = working
    assert (queues, name.partition("-")[0]) == (SPEECH_QUEUES, "speech")
    warm_up.assert_called_once_with()


def test_a_network_worker_takes_nothing_else_and_loads_nothing(working, warm_up):
    call_command("worker", "--network")
    ((queues, name),) = working
    assert (queues, name.partition("-")[0]) == (NETWORK_QUEUES, "network")
    warm_up.assert_not_called()


def test_an_errands_worker_takes_no_long_texts(working, warm_up):
    call_command("worker", "--errands")
    ((queues, name),) = working
    assert (queues, name.partition("-")[0]) == (ERRANDS_QUEUES, "errands")
    warm_up.assert_not_called()


def test_a_worker_starts_cold_while_the_database_is_away(working, warm_up, caplog):
    warm_up.side_effect = OperationalError("no server")
    call_command("worker")
    assert len(working) == 1
    assert "the worker starts cold: no server" in caplog.text


def test_live_workers_are_counted_by_kind(redis):
    assert queue.live_workers() == {}
    for name in ("speech-a-host-1", "network-a-host-2", "network-a-host-3"):
        queue.connection().set(queue.WORKER_KEYS + name, 1)
    assert queue.live_workers() == {"speech": 1, "network": 2}


@pytest.mark.parametrize(
    ("kind", "taken"), [("speech", SPEECH_QUEUES), ("network", NETWORK_QUEUES), ("errands", ERRANDS_QUEUES)]
)
def test_which_queues_have_a_worker(redis, kind, taken):
    assert not any(queue.has_worker(name) for name in queue.QUEUES)
    queue.connection().set(f"{queue.WORKER_KEYS}{kind}-a-host-1", 1)
    assert [name for name in queue.QUEUES if queue.has_worker(name)] == taken


def test_the_help_says_what_network_workers_are(capsys):
    with pytest.raises(SystemExit):
        call_command("worker", "--help")
    assert "--network" in capsys.readouterr().out


taken = []


def note(name):
    """A task that writes down which queue it lay in."""
    taken.append(name)


def be_ended_elsewhere(task_id):
    """A task that lay in the queue twice: another worker has taken it as well, and RQ has cleaned up after that one."""
    queue.queue_of("default").fetch_job(task_id).delete()


@pytest.fixture
def run_all(redis, monkeypatch):
    """Have a worker in this process take all tasks of the speech queues."""
    monkeypatch.setattr(queue, "_beat", lambda name: None)
    monkeypatch.setattr(queue, "close_old_connections", lambda: None)
    monkeypatch.setattr(queue.Worker, "_install_signal_handlers", lambda worker: None)
    queues = [queue.queue_of(name) for name in queue.QUEUES_OF["speech"]]
    worker = queue.Worker(queues, name="speech-test-1", connection=queue.connection())
    return lambda: worker.work(burst=True, logging_level="ERROR")


def test_a_task_that_another_worker_ended_first_is_no_crash(run_all, caplog):
    lane = queue.queue_of("default")
    lane.enqueue("tests.config.test_queue.be_ended_elsewhere", "a-task", job_id="a-task", result_ttl=0)
    crashes = workers.diary.entry()["crashes"]
    run_all()
    assert workers.diary.entry()["crashes"] == crashes
    assert "exception" not in caplog.text
    assert not queue.connection().exists("rq:job:a-task")
    assert (len(lane), lane.started_job_registry.count, lane.failed_job_registry.count) == (0, 0, 0)


def test_a_full_queue_does_not_keep_the_later_ones_waiting_for_ever(run_all):
    taken.clear()
    for name, count in (("interactive", 40), ("default", 3), ("bulk", 3)):
        for number in range(count):
            queue.queue_of(name).enqueue("tests.config.test_queue.note", name, job_id=f"{name}-{number}")
    run_all()
    later = {at: name for at, name in enumerate(taken, 1) if name != "interactive"}
    assert later == {9: "default", 17: "bulk", 25: "default", 33: "bulk", 41: "default", 46: "bulk"}
    assert len(taken) == 46
