"""compose.yaml and the Dockerfile fit the product; `make lint` checks that they are well-formed."""

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from config import alive
from config.management.commands.up import NETWORK_WORKERS
from tests import compose
from tests.compose import ROOT, Service
from tests.config.test_env_example import LISTED

ENV = {"SITE_URL": "https://voice.example.com", "SECRET_KEY": "k" * 32}
SERVICES = compose.services(**ENV)
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "echodesk"}
LISTED_NAMES = set(LISTED.findall((ROOT / ".env.example").read_text()))
COMPOSE_ONLY = {"PUBLISH", "MEMORY", "MONGO_CACHE_GB"}  # not read by Echodesk; docs/deploy.md says what they are
each = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
each_of_ours = pytest.mark.parametrize("service", OURS.values(), ids=OURS)


def test_all_parts_are_there() -> None:
    commands = {name: service["command"][2:] for name, service in OURS.items()}
    assert commands == {
        "prepare": ["prepare"],
        "web": ["web"],
        "worker": ["worker"],
        "network-worker": ["worker", NETWORK_WORKERS[0]],
        "errands-worker": ["worker", NETWORK_WORKERS[1]],
        "sweeper": ["sweep"],
    }
    assert {words[0] for words in commands.values()} <= set(get_commands())
    assert SERVICES["worker"]["deploy"]["replicas"] == 2


@each
def test_each_comes_back_and_says_how_it_is(service: Service) -> None:
    is_one_shot = service.get("command") == ["python", "manage.py", "prepare"]
    assert service["restart"] == ("no" if is_one_shot else "unless-stopped")
    check = service["healthcheck"]
    assert check == {"disable": True} if is_one_shot else check["test"][0] in ("CMD", "CMD-SHELL")
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
    assert service["stop_grace_period"] in ("10s", "30s")
    assert "no-new-privileges:true" in service["security_opt"]


def test_health_checks_ask_about_the_part_itself() -> None:
    asked = {
        name: compose.health_command(service)[-1] for name, service in OURS.items() if "test" in service["healthcheck"]
    }
    assert asked == {
        "web": "web",
        "worker": "speech",
        "network-worker": "network",
        "errands-worker": "errands",
        "sweeper": "sweeper",
    }
    assert set(asked.values()) == set(alive.PARTS)


@each_of_ours
def test_ours_can_do_little(service: Service) -> None:
    assert (service["cap_drop"], service["read_only"], service["tmpfs"]) == (["ALL"], True, ["/tmp"])  # noqa: S108
    assert service["init"] is True
    assert service["volumes"] == ["data:/data"]
    assert compose.environment(service)["VAR_DIR"] == "/data"


def test_others_wait_for_what_they_need() -> None:
    assert {name: each["condition"] for name, each in OURS["prepare"]["depends_on"].items()} == {
        "mongo": "service_healthy",
        "redis": "service_healthy",
    }
    for name, service in OURS.items():
        if name != "prepare":
            waits = {part: each["condition"] for part, each in service["depends_on"].items()}
            assert waits == {"prepare": "service_completed_successfully", "redis": "service_healthy"}


def test_mongodb_and_redis_are_reachable_inside_only() -> None:
    networks = yaml.safe_load((ROOT / "compose.yaml").read_text())["networks"]
    assert networks["inside"] == {"internal": True}
    published = [name for name, service in SERVICES.items() if "ports" in service]
    assert published == ["web"]
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert {name: service["networks"] for name, service in SERVICES.items() if name not in OURS} == {
        "mongo": ["inside"],
        "redis": ["inside"],
    }


def test_redis_loses_nothing() -> None:
    words = " ".join(SERVICES["redis"]["command"])
    assert words == "redis-server --appendonly yes --save  --maxmemory-policy noeviction"


@each_of_ours
def test_settings_are_ones_that_exist(service: Service) -> None:
    assert set(service["environment"]) <= LISTED_NAMES
    assert service["env_file"] == ".env"


def test_variables_are_known_and_explained() -> None:
    names = {found["name"] for found in compose.VARIABLE.finditer((ROOT / "compose.yaml").read_text())}
    assert names - LISTED_NAMES == COMPOSE_ONLY
    guide = (ROOT / "docs/deploy.md").read_text()
    assert [name for name in names if f"`{name}`" not in guide and f"{name}=" not in guide] == []


@pytest.mark.parametrize("name", ENV)
def test_what_must_be_set(name: str) -> None:
    with pytest.raises(AssertionError, match=f"set {name} in .env"):
        compose.services(**(ENV | {name: ""}))


def test_a_mongodb_elsewhere() -> None:
    uri = "mongodb+srv://user:pass@desk.a1b2c.mongodb.net"
    assert {compose.environment(each)["MONGODB_URI"] for each in compose.services(**ENV, MONGODB_URI=uri).values() if
            each["image"] == "echodesk"} == {uri}  # fmt: skip
    assert compose.services("compose.external.yaml") == {"mongo": {"profiles": ["with-mongo"]}}
    assert SERVICES["prepare"]["depends_on"]["mongo"]["required"] is False
    assert [name for name, each in SERVICES.items() if "mongo" in each.get("depends_on", {})] == ["prepare"]


def test_images_are_of_one_major_version() -> None:
    images = [service["image"] for service in SERVICES.values() if service["image"] != "echodesk"]
    images += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert all(re.search(r":\d", image) for image in images), images


def test_the_image() -> None:
    said = compose.dockerfile()
    assert said["USER"] == ["10001"]
    assert said["CMD"] == ['["python", "manage.py", "web"]']
    assert '"config.alive", "web"' in said["HEALTHCHECK"][0]
    (settings,) = (compose.assigned(words) for words in said["ENV"])
    assert set(settings) - LISTED_NAMES == {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
    assert settings["VAR_DIR"] == said["VOLUME"][0] == "/data"


def test_what_stays_out_of_the_image() -> None:
    ignored = set((ROOT / ".dockerignore").read_text().split())
    assert {".env", ".env.*", ".git", "var", "tests", ".venv"} <= ignored
    needed = {"pyproject.toml", "README.md", "LICENSE", "manage.py", "config", "templates", "static"}
    assert not needed & ignored
    assert all(Path(ROOT, name).exists() for name in needed)
