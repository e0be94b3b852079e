"""What signing in costs: the share of Argon2, whether the time tells a known e-mail, and the memory of many at once."""

import http.client
import json
import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.hashers import HASHES_AT_ONCE
from accounts.models import User
from config import guard
from tests.conftest import PASSWORD
from tests.installation import mark, new_place, running

ROUNDS = 60
AT_ONCE = 32
OFF = {"RATE_SIGN_IN": "off", "RATE_SIGN_IN_ADDRESS": "off"}
ADMIN = {"ADMIN_EMAIL": "bench@example.com", "ADMIN_PASSWORD": PASSWORD}


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.PASSWORD_HASHERS = ["accounts.hashers.Argon2id"]
    settings.RATES = dict.fromkeys(settings.RATES, "off")


@pytest.fixture
def known(alice):
    User.objects.filter(pk=alice.pk).update(password=make_password(PASSWORD))
    return alice


def milliseconds(step):
    started = time.perf_counter()
    step()
    return (time.perf_counter() - started) * 1000


def sign_in(email, password, status):
    answer = Client().post("/api/login", {"email": email, "password": password}, "application/json")
    assert answer.status_code == status


def test_share_of_argon2(known):
    hashes, whole = [], []
    for _ in range(ROUNDS):
        known.refresh_from_db()
        hashes.append(milliseconds(lambda: known.check_password(PASSWORD)))
        whole.append(milliseconds(lambda: sign_in(known.email, PASSWORD, 200)))
    argon2, total = statistics.median(hashes), statistics.median(whole)
    print(f"\n\n| sign-in, median of {ROUNDS} | Argon2 | share |\n|---|---|---|")
    print(f"| {total:.1f} ms | {argon2:.1f} ms | {argon2 / total:.0%} |")


def test_wrong_email_against_wrong_password(known):
    unknown, wrong = [], []
    for turn in range(ROUNDS):
        unknown.append(milliseconds(lambda turn=turn: sign_in(f"nobody{turn}@example.com", "wrong", 401)))
        wrong.append(milliseconds(lambda: sign_in(known.email, "wrong", 401)))
    first, second = statistics.median(unknown), statistics.median(wrong)
    print(f"\n\n| wrong e-mail, median of {ROUNDS} | wrong password | ratio |\n|---|---|---|")
    print(f"| {first:.1f} ms | {second:.1f} ms | {first / second:.3f} |")


def sign_in_over_http(place):
    connection = http.client.HTTPConnection("127.0.0.1", int(place["PORT"]), timeout=60)
    body = json.dumps({"email": ADMIN["ADMIN_EMAIL"], "password": PASSWORD})
    connection.request("POST", "/api/login", body, {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def peaks_megabytes(place):
    """The peak of each process of the web server, its parent too."""
    found = [Path(f"/proc/{pid}") for pid in guard.marked(mark(place))]
    web = [process for process in found if b"granian" in (process / "cmdline").read_bytes()]
    return [int(re.search(r"VmHWM:\s+(\d+)", (process / "status").read_text())[1]) // 1024 for process in web]


def test_memory_of_many_at_once(tmp_path):
    with new_place(tmp_path) as place:
        place |= OFF | ADMIN
        with running(place):
            assert sign_in_over_http(place) == 200
            before = max(peaks_megabytes(place))
            with ThreadPoolExecutor(AT_ONCE) as pool:
                assert list(pool.map(sign_in_over_http, [place] * AT_ONCE * 4)) == [200] * AT_ONCE * 4
            peak = max(peaks_megabytes(place))
    print(f"\n\n| {AT_ONCE} sign-ins at once, {HASHES_AT_ONCE} hashes of them | after one | peak |\n|---|---|---|")
    print(f"| one web process | {before} MB | {peak} MB |")
