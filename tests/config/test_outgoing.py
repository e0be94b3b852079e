"""Posts to addresses that people have given."""

import functools
import hashlib
import hmac
import socket
import ssl
import time

import pytest

from config import VERSION, addresses, calls, outgoing
from config.addresses import AddressRefused, NameUnknown
from config.outgoing import CallFailed, post, sign
from tests.receiver import receiving, self_signed

BODY = b'{"a": 1}'


@pytest.fixture
def receiver(settings):
    settings.CALLBACK_ALLOW_PRIVATE = True
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def dialled(monkeypatch):
    """The addresses that were connected to, in order."""
    found, connect = [], socket.create_connection

    def note(address, *arguments, **options):
        found.append(address[0])
        return connect(address, *arguments, **options)

    monkeypatch.setattr(socket, "create_connection", note)
    return found


def stands_for(monkeypatch, *answers):
    """What the resolver says of a name, each time it is asked; the last answer stays."""
    resolve, rest = socket.getaddrinfo, list(answers)

    def find(host, port, *arguments, **options):
        if not host.endswith(".example"):
            return resolve(host, port, *arguments, **options)
        ips = rest.pop(0) if len(rest) > 1 else rest[0]
        return [row for ip in ips for row in resolve(ip, port, *arguments, **options)]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", find)


def test_it_arrives_as_it_was_sent(receiver):
    assert post(receiver.url, BODY, {"Content-Type": "application/json", "X-Echodesk-Event": "job.failed"}) == 204
    (seen,) = receiver.seen
    assert (seen.path, seen.body) == ("/done?key=a%20b", BODY)
    assert seen.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "user-agent": f"Echodesk/{VERSION}",
        "connection": "close",
        "content-type": "application/json",
        "content-length": "8",
        "x-echodesk-event": "job.failed",
    }


def test_the_signature_is_of_time_and_body():
    digest = hmac.new(b"sec_a", b'1700000000.{"a": 1}', hashlib.sha256).hexdigest()
    assert sign("sec_a", BODY, 1_700_000_000) == f"t=1700000000,v1={digest}"
    assert sign("sec_b", BODY, 1_700_000_000) != sign("sec_a", BODY, 1_700_000_000)


@pytest.mark.parametrize("status", [200, 299, 400, 404, 410, 429, 500, 503])
def test_the_status_is_what_it_gives(receiver, status):
    receiver.next.append(status)
    assert post(receiver.url, BODY, {}) == status


def test_no_cookie_is_kept(receiver):
    for _ in range(2):
        post(receiver.url, BODY, {})
    assert "cookie" not in receiver.seen[1].headers


def test_a_redirect_is_not_followed(receiver):
    receiver.next.append(f"http://127.0.0.1:{receiver.port}/secret")
    assert post(receiver.url, BODY, {}) == 302
    assert [seen.path for seen in receiver.seen] == ["/done?key=a%20b"]


@pytest.mark.parametrize(
    ("what", "words"),
    [("hang", "did not answer in time"), ("drip", "did not answer in time"), ("garbage", "did not answer in HTTP")],
)
def test_no_answer(receiver, what, words):
    receiver.next.append(what)
    begun = time.monotonic()
    with pytest.raises(CallFailed, match=words) as failed:
        post(receiver.url, BODY, {}, seconds=0.5)
    assert failed.value.message.startswith("127.0.0.1 ")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("what", ["drip body", "huge"])
def test_the_status_is_enough(receiver, what, monkeypatch):
    monkeypatch.setattr(outgoing, "ANSWER_SECONDS", 0.2)
    receiver.next.append(what)
    begun = time.monotonic()
    assert post(receiver.url, BODY, {}) == 200
    assert time.monotonic() - begun < 5


def test_a_receiver_that_reads_nothing(settings):
    settings.CALLBACK_ALLOW_PRIVATE = True
    with socket.create_server(("127.0.0.1", 0)) as server:
        begun = time.monotonic()
        with pytest.raises(CallFailed, match="in time"):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"a" * 20_000_000, {}, seconds=0.5)
    assert time.monotonic() - begun < 5


def test_a_closed_port(settings):
    settings.CALLBACK_ALLOW_PRIVATE = True
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(CallFailed, match="can't be reached"):
        post(f"http://127.0.0.1:{port}/", BODY, {})


def test_private_addresses_are_not_called(receiver, settings, dialled):
    settings.CALLBACK_ALLOW_PRIVATE = False
    with pytest.raises(AddressRefused):
        post(receiver.url, BODY, {})
    assert (receiver.seen, dialled) == ([], [])


@pytest.mark.parametrize(
    "answers",
    [[["93.184.215.14"], ["127.0.0.1"]], [["93.184.215.14"], ["93.184.215.14", "127.0.0.1"]]],
    ids=["another", "one of two"],
)
def test_a_name_that_turns_private_is_not_called(receiver, settings, dialled, monkeypatch, answers):
    settings.CALLBACK_ALLOW_PRIVATE = False
    stands_for(monkeypatch, *answers)
    url = f"http://here.example:{receiver.port}/"
    addresses.check_url(url)
    with pytest.raises(AddressRefused):
        post(url, BODY, {})
    assert (receiver.seen, dialled) == ([], [])


def test_the_address_that_was_checked_is_called(receiver, settings, dialled, monkeypatch):
    """Looked up once: what the name stands for a moment later is not asked."""
    settings.CALLBACK_ALLOW_PRIVATE = False
    monkeypatch.setattr(addresses, "is_public", lambda ip: ip == "127.0.0.2")
    stands_for(monkeypatch, ["127.0.0.2"], ["127.0.0.1"])
    with pytest.raises(CallFailed):  # the receiver listens at 127.0.0.1 alone
        post(f"http://here.example:{receiver.port}/", BODY, {})
    assert (receiver.seen, dialled) == ([], ["127.0.0.2"])


def test_the_next_address_is_tried_when_one_is_closed(receiver, dialled, monkeypatch):
    stands_for(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    assert post(f"http://here.example:{receiver.port}/", BODY, {}) == 204
    assert dialled == ["127.0.0.2", "127.0.0.1"]
    assert receiver.seen[0].headers["host"] == f"here.example:{receiver.port}"


def test_a_name_that_is_not_found(settings, monkeypatch):
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: [])
    with pytest.raises(NameUnknown, match="gone.example can't be found"):
        post("http://gone.example/", BODY, {})


def test_no_proxy_of_the_environment_is_asked(receiver, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(receiver.url, BODY, {}) == 204


@pytest.fixture
def secure(settings, tmp_path):
    settings.CALLBACK_ALLOW_PRIVATE = True
    context, certificate = self_signed(tmp_path)
    with receiving(context) as receiver:
        receiver.certificate = certificate
        yield receiver


def test_a_certificate_that_nobody_has_signed_is_refused(secure):
    with pytest.raises(CallFailed, match="The certificate of 127.0.0.1 is not trusted"):
        post(secure.url, BODY, {})
    assert secure.seen == []


@pytest.mark.parametrize(("host", "is_right"), [("here.example", True), ("there.example", False)])
def test_a_trusted_certificate_must_be_of_the_name(secure, monkeypatch, host, is_right):
    trusting = ssl.create_default_context(cafile=str(secure.certificate))
    monkeypatch.setattr(calls, "tls", functools.cache(lambda: trusting))
    stands_for(monkeypatch, ["127.0.0.1"])
    if is_right:
        assert post(f"https://{host}:{secure.port}/", BODY, {}) == 204
    else:
        with pytest.raises(CallFailed, match="is not trusted"):
            post(f"https://{host}:{secure.port}/", BODY, {})


def test_a_server_without_tls(receiver):
    with pytest.raises(CallFailed, match="does not speak TLS"):
        post(receiver.url.replace("http:", "https:"), BODY, {}, seconds=5)
