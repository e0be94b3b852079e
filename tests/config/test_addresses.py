"""Which addresses people may have us call, in every notation."""

import socket
import threading
import time

import pytest

from config import addresses
from config.addresses import AddressRefused, NameUnknown, check_url, parse
from config.errors import Unprocessable

PRIVATE = [
    "http://127.0.0.1",
    "http://127.0.0.1./",
    "http://127.8.8.8:8000/",
    "http://10.0.0.1",
    "http://172.16.0.1",
    "http://172.31.255.255",
    "http://192.168.1.1",
    "http://169.254.169.254/latest/meta-data",
    "http://100.64.0.1",
    "http://0.0.0.0",
    "http://0.1.2.3",
    "http://192.0.0.192",
    "http://192.88.99.1",
    "http://198.18.0.1",
    "http://203.0.113.9",
    "http://224.0.0.1",
    "http://255.255.255.255",
    "http://168.63.129.16",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::]",
    "http://[::127.0.0.1]",
    "http://[::ffff:127.0.0.1]",
    "http://[::ffff:7f00:1]:80",
    "http://[::ffff:a9fe:a9fe]",
    "http://[fe80::1]",
    "http://[fec0::1]",
    "http://[fd00:ec2::254]",
    "http://[ff02::1]",
    "http://[2002:7f00:1::]",
    "http://[2002:a00:1::1]",
    "http://[2001:0:7f00:1::1]",
    "http://[2001:db8::1]",
    "http://[64:ff9b::127.0.0.1]",
    "http://[64:ff9b::a00:1]",
    "http://[64:ff9b:1::808:808]",
    "http://localhost",
    "http://LocalHost.:9/",
    "http://a.localhost",
    "http://①②⑦.0.0.1/",
    "http://127。0。0。1/",
    "http://ⓛocalhost/",
]
MALFORMED = [
    "",
    "x",
    "/done",
    "//example.com/",
    "example.com",
    "ftp://example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "gopher://example.com:70/",
    "http://",
    "http:///done",
    "http://:80/",
    "http://me@example.com/",
    "http://me:secret@example.com/",
    "http://@example.com/",
    "http://example.com\\@127.0.0.1/",
    "http://exam ple.com/",
    "http://example.com/a b",
    "http://example.com/\r\nX-Evil: 1",
    "http://example.com/\t",
    " http://example.com/",
    "http://example.com/\x00",
    "http://example.com/\ud800",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:x/",
    "http://example.com:-1/",
    "http://ex_ample-.com/",
    "http://-a.example.com/",
    "http://a..example.com/",
    "http://.example.com/",
    "http://%31%32%37.0.0.1/",
    "http://*.example.com/",
    f"http://{'a' * 64}.example.com/",
    f"http://{'a.' * 127}example.com/",
    f"http://example.com/{'a' * 2_000}",
    "http://\u202ea.example.com/",
    "http://a\u2100b.example.com/",
    "http://2130706433/",
    "http://0/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.0.0.0x1/",
    "http://127.0.0.1.0/",
    "http://256.0.0.1/",
    "http://8.8.2056/",
    "http://[::1",
    "http://::1/",
    "http://[]/",
    "http://[127.0.0.1]/",
    "http://[v1.fe80]/",
    "http://[fe80::1%eth0]/",
    "http://[fe80::1%25eth0]/",
    "http://[::ffff:127.0.0.1%251]/",
]
PUBLIC = {
    "http://8.8.8.8": "8.8.8.8",
    "http://8.8.8.8./x": "8.8.8.8",
    "https://[2606:4700:4700::1111]:8443/x": "2606:4700:4700::1111",
    "http://[::ffff:8.8.8.8]/": "::ffff:808:808",
    "http://[64:ff9b::8.8.8.8]/": "64:ff9b::808:808",
}


def label(url: str) -> str:
    return url.encode("unicode_escape", "surrogatepass").decode()[:60].replace("[", "(").replace("]", ")")


@pytest.fixture
def names(monkeypatch):
    """What the names of the tests stand for; the resolver is asked nothing."""
    known: dict[str, list[str]] = {}

    def find(host, port, **options):
        if host not in known:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in known[host]]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", find)
    return known


@pytest.mark.parametrize("url", PRIVATE, ids=label)
def test_private_addresses_are_refused(url, names):
    with pytest.raises(AddressRefused) as refused:
        check_url(url, field="callback_url")
    assert (refused.value.status, refused.value.field) == (422, "callback_url")
    assert "private network" in refused.value.message


@pytest.mark.parametrize("url", MALFORMED, ids=label)
def test_what_is_no_address_is_refused_whatever_is_allowed(url, names, settings):
    for settings.CALLBACK_ALLOW_PRIVATE in (False, True):
        with pytest.raises(Unprocessable) as refused:
            check_url(url, field="callback_url")
        assert (refused.value.code, refused.value.field) == ("invalid", "callback_url")


@pytest.mark.parametrize("url", PUBLIC, ids=label)
def test_public_addresses_are_taken(url, names):
    assert check_url(url).host == PUBLIC[url]


@pytest.mark.parametrize("url", PRIVATE[:-3], ids=label)
def test_private_addresses_may_be_allowed(url, names, settings):
    settings.CALLBACK_ALLOW_PRIVATE = True
    check_url(url)


@pytest.mark.parametrize(
    ("ips", "is_taken"),
    [
        (["93.184.215.14"], True),
        (["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"], True),
        (["10.0.0.7"], False),
        (["93.184.215.14", "127.0.0.1"], False),
        (["fe80::1%eth0"], False),
        (["::ffff:127.0.0.1"], False),
        ([], True),
    ],
    ids=["public", "two", "private", "one of two", "link-local", "mapped", "unknown"],
)
def test_a_name_is_looked_up(names, ips, is_taken):
    names["hooks.example.com"] = ips
    if is_taken:
        check_url("https://hooks.example.com/")
    else:
        with pytest.raises(AddressRefused):
            check_url("https://hooks.example.com/")


def test_an_address_is_taken_apart_as_browsers_do():
    address = parse("HTTPS://Straße.Example.:8443/ü ?ä=%20&b#part".replace(" ", ""))
    assert (address.scheme, address.host, address.port) == ("https", "xn--strae-oqa.example", 8443)
    assert (address.target, address.authority) == ("/%C3%BC?%C3%A4=%20&b", "xn--strae-oqa.example:8443")
    assert parse("http://[2606::1]").authority == "[2606::1]"
    assert parse("http://example.com:80").target == "/"


@pytest.fixture
def hanging(monkeypatch):
    """A resolver that hangs until the test is over."""
    released = threading.Event()
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: released.wait(30) and [])
    yield
    released.set()
    for thread in threading.enumerate():
        if thread.name == "look-up":
            thread.join()


def test_a_resolver_that_hangs_holds_nobody_up(hanging):
    begun = time.monotonic()
    with pytest.raises(NameUnknown):
        addresses.public_ips(parse("http://slow.example.com/"), seconds=0.2)
    assert 0.2 <= time.monotonic() - begun < 5
    check_url("http://slow.example.com/", seconds=0)  # taken: a call looks again


def test_look_ups_that_hang_are_limited(monkeypatch, hanging):
    monkeypatch.setattr(addresses, "LOOKUPS", threading.BoundedSemaphore(2))
    before = threading.active_count()
    for number in range(5):
        check_url(f"http://slow-{number}.example.com/", seconds=0.01)
    assert threading.active_count() <= before + 2
