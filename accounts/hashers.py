import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

HASHES_AT_ONCE = 8  # 19 MiB each
slots = threading.BoundedSemaphore(HASHES_AT_ONCE)


class Argon2id(Argon2PasswordHasher):
    """Argon2id with the parameters OWASP recommends; a bounded number run at once in a process."""

    time_cost = 2  # passes
    memory_cost = 19 * 1024  # KiB
    parallelism = 1  # lanes

    def encode(self, password: str, salt: str) -> str:
        with slots:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with slots:
            return super().verify(password, encoded)
