"""`python -m config.alive PART` ends with 0 when that part of this host or container is well: for health checks.

It loads no Django and takes a fraction of a second, because it is asked again and again.
"""

import http.client
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import redis

from config.redis import CLIENT_OPTIONS, SWEEPER_KEYS, WORKER_KEYS, own_name

PARTS = ("web", "sweeper", "speech", "network", "errands")  # the last three: kinds of workers
WEB_SECONDS = 5


def is_alive(part: str) -> bool:
    """OSError, HTTPException or RedisError when what tells is away."""
    return answers() if part == "web" else beats(part)


def answers() -> bool:
    """Whether the web server of this host can serve, asked for under its own name, which it insists on."""
    port = os.environ.get("PORT") or "8000"
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=WEB_SECONDS)
    name = urlsplit(os.environ.get("SITE_URL", "")).netloc or f"127.0.0.1:{port}"
    connection.request("GET", "/health", headers={"Host": name})
    return connection.getresponse().status == http.HTTPStatus.OK


def beats(part: str) -> bool:
    """Whether a process of this host has said lately that it is this part, and is there."""
    client = redis.Redis.from_url(os.environ["REDIS_URL"], **CLIENT_OPTIONS)
    named = (SWEEPER_KEYS if part == "sweeper" else WORKER_KEYS) + own_name(part, "*")
    keys = client.scan_iter(named, count=1000)
    return any(Path("/proc", key.decode().rpartition("-")[2]).exists() for key in keys)


def main(words: list[str]) -> int:
    if len(words) != 1 or words[0] not in PARTS:
        print(f"Name one of {', '.join(PARTS)}.", file=sys.stderr)  # noqa: T201
        return 2
    part = words[0]
    try:
        if is_alive(part):
            return 0
        reason = "no sign of life"
    except (OSError, http.client.HTTPException, redis.RedisError) as error:
        reason = str(error)
    print(f"{part}: {reason}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
