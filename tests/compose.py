"""compose.yaml as Compose reads it: with the values of an environment in it."""

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<text>[^}]*))?\}")
Service = dict[str, Any]


def services(name: str = "compose.yaml", **environ: str) -> dict[str, Service]:
    text = (ROOT / name).read_text()
    return yaml.safe_load(VARIABLE.sub(lambda found: value(found, environ), text))["services"]


def value(found: re.Match[str], environ: dict[str, str]) -> str:
    given = environ.get(found["name"], "")
    assert given or found["how"] == "-", f"{found['name']}: {found['text']}"
    return given or found["text"]


def environment(service: Service) -> dict[str, str]:
    return {name: str(value) for name, value in service["environment"].items()}


def health_command(service: Service) -> list[str]:
    how, *words = service["healthcheck"]["test"]
    return ["sh", "-c", *words] if how == "CMD-SHELL" else words


def dockerfile() -> dict[str, list[str]]:
    """The instructions of the last stage."""
    last = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    found: dict[str, list[str]] = {}
    for line in last.splitlines()[1:]:
        name, _, words = line.partition(" ")
        found.setdefault(name, []).append(words)
    return found


def assigned(words: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(words))
