"""MongoDB is stopped under 50 events a second, then the web processes are killed, then both come back.

Every event that was acknowledged is stored once, in order within its session, and no answer takes longer than 2.5 s.
The server is one of its own: MONGO_START names a script that starts it (`start.sh`, prints the URI) and stops it
(`start.sh stop`), in the folder MONGO_HOME.
"""

import http.client
import json
import os
import signal
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.benchmarks.conftest import Caller, furnished
from tests.installation import Place, page, pid, running, soon

SENDERS, EVENTS_A_SECOND = 25, 50
ANSWER_SECONDS = 2.5
CALM_SECONDS, AWAY_SECONDS, BACK_SECONDS = 5, 10, 5
START_SECONDS = 60
CATCH_UP_SECONDS = 300
START, HOME = os.environ.get("MONGO_START", ""), os.environ.get("MONGO_HOME", "")
pytestmark = pytest.mark.skipif(not (START and HOME), reason="MONGO_START and MONGO_HOME name no server to stop")


def mongo(*words: str) -> str:
    return subprocess.run([START, *words], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    uri = mongo()
    with furnished(tmp_path_factory, WEB_PROCESSES="2", WORKERS="0", MONGODB_URI=uri) as place:
        yield place | {"SECRET_KEY": uuid.uuid4().hex * 2}
        mongo()
        with MongoClient(uri) as client:
            client.drop_database(place["MONGODB_DB_NAME"])
    mongo("stop")


class Stage:
    """What is going on, and the slowest answer while it was."""

    def __init__(self) -> None:
        self.name, self.over, self.slowest = "calm", threading.Event(), Counter[str]()

    def note(self, name: str, seconds: float) -> None:
        self.slowest[name] = max(self.slowest[name], seconds)


@dataclass
class Sender:
    """One conversation, event after event; what gets no answer is sent again, as a client does."""

    place: Place
    key: str
    number: int
    acknowledged: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0

    @property
    def session_id(self) -> str:
        return f"talk-{self.number}"

    def talk(self, stage: Stage) -> None:
        pause = SENDERS / EVENTS_A_SECOND
        due = time.monotonic() + pause * self.number / SENDERS
        while not stage.over.wait(max(0.0, due - time.monotonic())):
            self.say(f"{self.number}-{len(self.acknowledged)}", stage)
            due += pause

    def say(self, event_id: str, stage: Stage) -> None:
        body = {"session_id": self.session_id, "role": "user", "content": f"Word {event_id}", "event_id": event_id}
        while (status := self.send(body, stage)) not in (201, 202):
            self.unanswered += not status
            time.sleep(0.1)
        self.acknowledged.append(event_id)

    def send(self, body: dict[str, str], stage: Stage) -> int:
        """The status of the answer; 0 when there was none."""
        connection = http.client.HTTPConnection("127.0.0.1", int(self.place["PORT"]), timeout=30)
        headers = {"X-API-Key": self.key, "Content-Type": "application/json"}
        start, name = time.perf_counter(), stage.name
        try:
            connection.request("POST", "/api/transcripts/events", json.dumps(body), headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        stage.note(name, time.perf_counter() - start)
        self.answers[status] += 1
        return status


def kill_web(place: Place) -> None:
    """The server and its processes, with no time to finish anything."""
    parent = pid(place, "web-1")
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for process in (parent, *map(int, children)):
        os.kill(process, signal.SIGKILL)


def stored(caller: Caller, session_id: str) -> list[str]:
    """The events of a session in the order in which its transcript has them."""
    found, cursor = [], ""
    while cursor is not None:
        part = caller.json("GET", f"/api/transcripts/{session_id}?limit=100&cursor={cursor}")
        found += [event["event_id"] for event in part["items"]]
        cursor = part["next"]
    return found


def count(caller: Caller) -> int:
    time.sleep(0.2)
    return caller.json("GET", "/api/analytics/transcripts")["total_events"]


def trouble(place: Place, stage: Stage) -> float:
    """All that happens to the installation; when MongoDB was back."""
    time.sleep(CALM_SECONDS)
    stage.name = "MongoDB stopped"
    mongo("stop")
    time.sleep(AWAY_SECONDS)
    stage.name = "web killed"
    kill_web(place)
    soon(lambda: page(place, "/api/nothing")[0], START_SECONDS)
    time.sleep(AWAY_SECONDS)
    stage.name = "MongoDB back"
    mongo()
    back = time.monotonic()
    time.sleep(BACK_SECONDS)
    stage.over.set()
    return back


def test_events_while_mongodb_and_the_web_processes_go(place: Place) -> None:
    with running(place) as up:
        log = threading.Thread(target=up.stdout.read, daemon=True)  # nobody waits for a full pipe
        log.start()
        caller, stage = Caller(place), Stage()
        key = caller.json("POST", "/api/keys", {"name": "Desk", "scopes": ["desk"]})["key"]
        senders = [Sender(place, key, number) for number in range(SENDERS)]
        with ThreadPoolExecutor(SENDERS) as pool:
            talks = [pool.submit(sender.talk, stage) for sender in senders]
            back = trouble(place, stage)
        for talk in talks:
            talk.result()
        soon(lambda: count(caller) >= sum(len(sender.acknowledged) for sender in senders), CATCH_UP_SECONDS)
        caught_up = time.monotonic() - back
        transcripts = {sender.session_id: stored(caller, sender.session_id) for sender in senders}
        caller.connection.close()
        up.terminate()
        log.join()
    report(senders, transcripts, stage, caught_up)
    for sender in senders:
        assert transcripts[sender.session_id] == sender.acknowledged
    assert max(stage.slowest.values()) < ANSWER_SECONDS


def report(senders: list[Sender], transcripts: dict[str, list[str]], stage: Stage, caught_up: float) -> None:
    answers = sum((sender.answers for sender in senders), Counter[int]())
    told = [event for sender in senders for event in sender.acknowledged]
    found = Counter(event for events in transcripts.values() for event in events)
    rows = {
        "acknowledged": len(told),
        "201": answers[201],
        "202": answers[202],
        "refused": answers.total() - answers[201] - answers[202],
        "tries without an answer": sum(sender.unanswered for sender in senders),
        "lost": len({*told} - {*found}),
        "twice": sum(number > 1 for number in found.values()),
        "out of order": sum(transcripts[sender.session_id] != sender.acknowledged for sender in senders),
        **{f"slowest, {name}": f"{seconds:.2f} s" for name, seconds in stage.slowest.items()},
        "caught up after": f"{caught_up:.0f} s",
    }
    print(f"\n\n| {' | '.join(rows)} |\n{'|---' * len(rows)}|\n| {' | '.join(map(str, rows.values()))} |")
