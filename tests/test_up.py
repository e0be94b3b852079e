"""`manage.py up`, end to end: served, revived, ended."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import guard
from config.management.commands.up import background_parts
from tests.installation import PATIENCE, Place, free_port, mark, new_place, page, pid, running, soon, start

PARTS = ("redis-1", "web-1", "worker-1", "worker-2", "worker-3", "sweeper-1")  # the last two workers: for the network


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with new_place(tmp_path_factory.mktemp("var")) as place:
        yield place


def test_up_serves_revives_and_ends(place: Place) -> None:
    with running(place) as up:
        assert re.search(r"^prepare  \| .*password: \S+", up.head, re.MULTILINE)
        status, html = page(place)
        assert status == 200
        stylesheet = re.search(r'/static/[^"]+\.css', html)[0]
        assert page(place, stylesheet)[0] == 200
        soon(lambda: '"healthy"' in page(place, "/health")[1])
        soon(lambda: '"workers": 3' in page(place, "/health")[1])
        assert {path.stem for path in Path(place["VAR_DIR"], "run").glob("*.pid")} == set(PARTS)

        for name in PARTS:
            first = soon(lambda name=name: pid(place, name))  # a worker may end as Redis does, and come back
            os.kill(first, signal.SIGKILL)
            soon(lambda name=name, first=first: pid(place, name) not in (0, first))
        soon(lambda: '"healthy"' in page(place, "/health")[1])

        up.terminate()
        assert up.wait(timeout=PATIENCE) == 0
        assert not guard.marked(mark(place))
        assert not list(Path(place["VAR_DIR"], "run").glob("*.pid"))


def test_a_second_up_is_refused_and_a_killed_one_leaves_nothing(place: Place) -> None:
    with running(place) as up:
        second = start(place)
        assert f"already runs on {place['VAR_DIR']} (process {up.pid})" in second.communicate(timeout=PATIENCE)[0]
        assert second.returncode == 1

        elsewhere = start(place | {"VAR_DIR": f"{place['VAR_DIR']}/other"})
        assert f"Port {place['PORT']} on 127.0.0.1 can't be used" in elsewhere.communicate(timeout=PATIENCE)[0]
        assert elsewhere.returncode == 1

        up.kill()
        soon(lambda: not guard.marked(mark(place)), guard.GRACE + 2)
        assert page(place)[0] == 0


@pytest.mark.parametrize(("speakers", "names"), [(0, []), (1, ["worker-2", "worker-3"]), (2, ["worker-3", "worker-4"])])
def test_two_network_workers_run_beside_the_workers(
    settings: pytest.FixtureRequest, speakers: int, names: list[str]
) -> None:
    settings.WORKERS = speakers
    parts = [part for part in background_parts() if part.role == "worker"]
    assert [part.name for part in parts] == [f"worker-{number + 1}" for number in range(len(parts))]
    assert [part.name for part in parts if {"--network", "--errands"} & {*part.command}] == names
    assert len(parts) - len(names) == speakers


def test_a_deep_folder_is_refused(place: Place, tmp_path: Path) -> None:
    deep = start(place | {"VAR_DIR": str(tmp_path / ("deep" * 25)), "PORT": str(free_port())})
    assert "VAR_DIR lies too deep" in deep.communicate(timeout=PATIENCE)[0]
    assert deep.returncode == 1
