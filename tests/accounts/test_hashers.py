import threading

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher, make_password

from accounts.hashers import HASHES_AT_ONCE, Argon2id
from config import settings as product
from tests.installation import soon


@pytest.fixture(autouse=True)
def real_hasher(settings):
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS


def test_passwords_are_hashed_with_argon2id_and_its_parameters():
    encoded = make_password("sea breeze 42")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert isinstance(identify_hasher(encoded), Argon2id)
    assert check_password("sea breeze 42", encoded)
    assert not check_password("sea breeze 43", encoded)
    assert make_password("sea breeze 42") != encoded


@pytest.mark.parametrize("password", ["\0", "пароль–🐚", " x ", "x" * 1024])
def test_any_password_is_told_from_any_other(password):
    encoded = make_password(password)
    assert check_password(password, encoded)
    assert not check_password(password + " ", encoded)


def test_no_more_than_eight_run_at_once(monkeypatch):
    running, most, done, arrived = set(), [], threading.Event(), []

    def busy(*args):
        running.add(threading.get_ident())
        most.append(len(running))
        done.wait(30)
        running.discard(threading.get_ident())

    monkeypatch.setattr(Argon2PasswordHasher, "encode", busy)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", busy)
    hasher = Argon2id()

    def hash_one(number):
        arrived.append(number)
        hasher.encode("x", "salt") if number % 2 else hasher.verify("x", "encoded")

    threads = [threading.Thread(target=hash_one, args=(number,)) for number in range(HASHES_AT_ONCE + 6)]
    for thread in threads:
        thread.start()
    soon(lambda: len(arrived) == len(threads) and len(running) >= HASHES_AT_ONCE)
    done.wait(0.05)
    done.set()
    for thread in threads:
        thread.join()
    assert (HASHES_AT_ONCE, max(most), len(most)) == (8, 8, 14)
