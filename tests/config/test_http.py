import json
from ipaddress import ip_network

import pytest
from django.test import Client, RequestFactory

from config.http import client_address
from config.serving import asked_range

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,application/xhtml+xml"}


# Who calls


def address(forwarded="", direct="10.0.0.9"):
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=direct))


def test_without_trusted_proxies_the_header_is_ignored(settings):
    settings.TRUSTED_PROXIES = []
    assert address("1.2.3.4") == "10.0.0.9"


@pytest.mark.parametrize(
    ("forwarded", "direct", "expected"),
    [
        ("", "10.0.0.9", "10.0.0.9"),
        ("1.2.3.4", "10.0.0.9", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4", "10.0.0.9", "1.2.3.4"),  # the client wrote the first one itself
        ("6.6.6.6, 1.2.3.4, 10.0.0.7", "10.0.0.9", "1.2.3.4"),
        ("10.0.0.1, 10.0.0.7", "10.0.0.9", "10.0.0.1"),
        ("1.2.3.4", "5.5.5.5", "5.5.5.5"),  # not our proxy
        (" , ,1.2.3.4,", "10.0.0.9", "1.2.3.4"),
        ("2001:db8::7", "fd00::1", "2001:db8::7"),
        ("6.6.6.6, nonsense", "10.0.0.9", "10.0.0.9"),
        ("1.2.3.4", "", ""),  # a socket without an address
    ],
)
def test_behind_trusted_proxies_only_their_word_counts(settings, forwarded, direct, expected):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::1")]
    assert address(forwarded, direct) == expected


# What may come in


def test_a_body_without_a_length_is_refused(client):
    answer = client.post("/api/login", headers={"transfer-encoding": "chunked"})
    assert (answer.status_code, answer.json()["code"]) == (411, "length_needed")
    answer = client.post("/login", headers=BROWSER | {"transfer-encoding": "gzip, Chunked"})
    assert answer.status_code == 411
    assert b"chunked uploads are not taken" in answer.content
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("length", ["4194305", "-1", "nonsense", "9" * 30])
def test_a_body_of_too_many_bytes_is_refused(client, length):
    answer = client.post("/api/login", CONTENT_LENGTH=length)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.json()["detail"] == "The request is too large: at most 4 MB are taken here."
    answer = client.post("/login", CONTENT_LENGTH=length)
    assert answer.status_code == 413
    assert b"at most 4 MB are taken here" in answer.content


def test_a_body_of_just_the_limit_is_read(client):
    body = json.dumps({"email": "ann@example.com", "password": ""})
    answer = client.post("/api/login", body.ljust(4 * 1024 * 1024), content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize("body", [b"\xff", b"{", b"[" * 100_000, b'{"email": ' + b"9" * 5000 + b"}"])
def test_a_body_that_is_no_json_is_refused(client, body):
    answer = client.post("/api/login", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "refused")


def test_a_foreign_host_is_refused(client):
    headers = {"host": "evil.example"}
    assert client.get("/api/jobs", headers=headers).json() == {
        "detail": "This installation is not known under this name. ALLOWED_HOSTS lists its names.",
        "code": "refused",
    }
    assert client.get("/", headers=headers).status_code == 400


@pytest.mark.parametrize("q", ["%00", "%ff", "%ED%A0%80", "(", "[", "*", "\\", "%25", "_", "$where", "x" * 200])
def test_no_search_breaks_anything(api, page, alice, job, q):
    for path in (
        "/api/jobs?q=",
        "/api/jobs?voice_id=",
        "/api/voices?q=",
        "/api/voices?language=",
        "/api/voices?cursor=",
    ):
        assert api(alice).get(path + q).status_code in (200, 422)
    for path in ("/jobs?q=", "/jobs?status=", "/voices?q=", "/voices?language="):
        assert page(alice).get(path + q).status_code == 200


@pytest.mark.parametrize("name", ["%00", "%ff", "nonsense", "a" * 24, "9" * 18, "9" * 19, "..%2f..", "%D9%A3"])
def test_a_malformed_id_is_404(api, page, alice, name):
    for path in ("/api/jobs/", "/api/voices/"):
        assert api(alice).get(path + name).status_code == 404
    assert page(alice).get(f"/jobs/{name}").status_code == 404


# What every answer carries


def test_pages_forbid_what_is_not_theirs(client, page, alice):
    for answer in (client.get("/register"), page(alice).get("/"), client.get("/nothing"), client.get("/api/health")):
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        for directive in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert directive in policy.split("; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_other_origins_get_no_permission(client):
    answer = client.get("/api/health", headers={"origin": "https://other.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


# Two doors at one address


def test_voices_is_a_page_for_browsers(client, page, alice, demo):
    assert client.get("/voices", headers=BROWSER).url.startswith("/login")
    assert page(alice).get("/voices", headers=BROWSER).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("accept", ["application/json", "*/*", None])
def test_voices_is_a_list_for_everyone_else(api, alice, demo, accept):
    headers = {"authorization": api(alice).defaults["HTTP_AUTHORIZATION"]} | ({"accept": accept} if accept else {})
    assert isinstance(Client(headers=headers).get("/voices").json(), list)
    refused = Client(headers={"accept": accept} if accept else {}).get("/voices")
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")


# Files


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=5-", (5, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=0-999999", (0, 100)),
        ("bytes=99-", (99, 100)),
        (" bytes=10-19 ", (10, 20)),
        ("bytes=100-", None),
        ("bytes=100-200", None),
        ("bytes=-0", None),
        ("bytes=0-1,5-6", (0, 100)),
        ("bytes=-", (0, 100)),
        ("bytes=a-b", (0, 100)),
        ("lines=0-1", (0, 100)),
        ("bytes=1.5-2", (0, 100)),
        ("bytes=--5", (0, 100)),
        (f"bytes=0-{'9' * 5000}", (0, 100)),
        (f"bytes={'9' * 5000}-", None),
    ],
)
def test_the_bytes_that_a_range_asks_for(header, expected):
    assert asked_range(header, 100) == (expected and range(*expected))


def test_an_empty_file_has_no_range():
    assert asked_range("", 0) == range(0)
    assert asked_range("bytes=0-", 0) is None
