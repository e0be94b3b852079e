from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import Argon2PasswordHasher

HASHES_AT_ONCE = 8  # 19 MiB each
# Threads of its own: the allocator keeps the memory of a hash for the thread that ran it, and a web process has many.
pool = ThreadPoolExecutor(HASHES_AT_ONCE, thread_name_prefix="hash")


class Argon2id(Argon2PasswordHasher):
    """Argon2id with the parameters OWASP recommends; a bounded number run at once in a process."""

    time_cost = 2  # passes
    memory_cost = 19 * 1024  # KiB
    parallelism = 1  # lanes

    def encode(self, password: str, salt: str) -> str:
        return pool.submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        return pool.submit(super().verify, password, encoded).result()
