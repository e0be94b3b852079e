"""`manage.py prepare` in a process of its own, on SQLite."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(bool(os.environ.get("MONGODB_URI")), reason="the same again: it knows SQLite alone")
Manage = Callable[..., str]


@pytest.fixture
def manage(tmp_path: Path) -> Manage:
    env = {name: value for name, value in os.environ.items() if name != "MONGODB_URI"}
    env |= {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}

    def manage(*words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout

    return manage


def test_the_first_run_does_all_and_the_next_ones_only_what_is_due(manage: Manage, tmp_path: Path) -> None:
    first = manage("prepare")
    assert "Applying sessions.0001_initial... OK" in first
    assert "password:" in first
    assert (tmp_path / "static" / "staticfiles.json").exists()
    assert not (tmp_path / "backups").exists()

    assert manage("prepare") == ""

    (tmp_path / "static" / "staticfiles.json").unlink()
    assert manage("prepare") == "Collecting static files.\n"

    manage("migrate", "sessions", "zero")
    later = manage("prepare")
    assert [f"The database was copied to {copy}." for copy in (tmp_path / "backups").iterdir()] == later.splitlines()[
        :1
    ]
    assert "Applying sessions.0001_initial... OK" in later
