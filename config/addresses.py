"""Which addresses people may have us call. They are taken apart once, so that what is checked is what is called."""

import contextlib
import re
import socket
import threading
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

from config.errors import Unprocessable
from config.text import forbidden_character

URL_MAX_CHARACTERS = 2_000
HOST_MAX_CHARACTERS = 253
LOOKUP_SECONDS = 2.0
LOOKUPS = threading.BoundedSemaphore(16)  # under way in a process; one that hangs goes on in its thread
PORTS = {"http": 80, "https": 443}
PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
NOT_IN_AN_ADDRESS = re.compile(r"[\x00-\x20\x7f\\]")  # programs differ about what these mean
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # a name that ends so is an IPv4 address in some notation
PUBLIC_IPV6, NAT64 = IPv6Network("2000::/3"), IPv6Network("64:ff9b::/96")
NOT_PUBLIC = [
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),  # the last one is Azure's own
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),  # 2001::/32 and 2002::/16 wrap IPv4 addresses
    )
]


class AddressRefused(Unprocessable):
    code = "address_refused"


class NameUnknown(Unprocessable):
    code = "name_unknown"


@dataclass(frozen=True)
class Address:
    scheme: str
    host: str  # a name in small ASCII letters, or an IP address in its usual notation
    port: int
    target: str  # path and query, in ASCII

    @property
    def authority(self) -> str:
        """As it stands in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(url: str, *, field: str = "url", seconds: float = LOOKUP_SECONDS) -> Address:
    """Refuse an address that is none, or leads into a private network. The name is looked up for so many seconds.

    A name that can't be found now is taken: whoever calls it checks again.
    """
    address = parse(url, field=field)
    try:
        public_ips(address, seconds=seconds)
    except NameUnknown:
        return address
    except AddressRefused as error:
        error.field = field
        raise
    return address


def parse(url: str, *, field: str = "url") -> Address:
    """Unprocessable with a sentence when it is no address of the web that we would call."""
    try:
        return taken_apart(url)
    except ValueError as error:
        raise Unprocessable(str(error), field=field) from error


def taken_apart(url: str) -> Address:
    """ValueError with a sentence."""
    if len(url) > URL_MAX_CHARACTERS:
        raise ValueError(f"The address has {len(url):,} characters; at most {URL_MAX_CHARACTERS:,} are taken.")
    if NOT_IN_AN_ADDRESS.search(url) or forbidden_character(url):
        raise ValueError("The address holds a space, a backslash or a character that can't be seen. Remove it.")
    parts = split(url)
    if parts.scheme not in PORTS or not parts.netloc:
        raise ValueError("Write an address that begins with https:// or http://.")
    if "@" in parts.netloc:
        raise ValueError("Leave name and password out of the address; the signature says who calls.")
    target = quote(parts.path or "/", safe=PRINTABLE) + (
        f"?{quote(parts.query, safe=PRINTABLE)}" if parts.query else ""
    )
    return Address(parts.scheme, host_of(parts), port_of(parts), target)


def split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise ValueError("The host of the address can't be read. Write it as in https://example.com/path.") from error


def port_of(parts: SplitResult) -> int:
    try:
        port = PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("The port of the address is none: write a number from 1 to 65535.")
    return port


def host_of(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if "[" in parts.netloc:
        return ipv6_of(host)
    name = ascii_name(host).removesuffix(".")
    labels = name.split(".")
    if NUMBER.fullmatch(labels[-1]):
        return ipv4_of(name)
    if len(name) > HOST_MAX_CHARACTERS or not all(map(LABEL.fullmatch, labels)):
        raise ValueError("The address has no host that can be called. Write it as in https://example.com/path.")
    return name


def ipv6_of(host: str) -> str:
    try:
        if "%" in host:
            raise ValueError("A zone is known to one machine alone.")
        return str(IPv6Address(host))
    except ValueError as error:
        raise ValueError("What stands in brackets is no IPv6 address.") from error


def ipv4_of(host: str) -> str:
    try:
        return str(IPv4Address(host))
    except ValueError as error:
        raise ValueError("Write an IPv4 address as four decimal numbers, such as 198.51.100.7.") from error


def ascii_name(host: str) -> str:
    """As it is looked up; other scripts as browsers write them."""
    if host.isascii():
        return host.lower()
    import idna  # only such names need its tables

    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode().lower()
    except idna.IDNAError as error:
        raise ValueError("The host's name has letters that no name has.") from error


def public_ips(address: Address, *, seconds: float) -> list[str]:
    """The IP addresses to connect to. AddressRefused when one is private, NameUnknown when there are none in time."""
    found = ips_of(address, seconds)
    if not settings.CALLBACK_ALLOW_PRIVATE and not all(map(is_public, found)):
        raise AddressRefused(f"{address.host} is in a private network. Name a host that everybody can reach.")
    return found


def ips_of(address: Address, seconds: float) -> list[str]:
    if address.host == "localhost" or address.host.endswith(".localhost"):
        return ["127.0.0.1", "::1"]
    try:
        return [str(ip_address(address.host))]
    except ValueError:
        return look_up(address.host, address.port, seconds)


def is_public(text: str) -> bool:
    ip = ip_address(text.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or (IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in NAT64 else None)
        if inner is None and ip not in PUBLIC_IPV6:
            return False
        ip = inner or ip
    return not any(ip in network for network in NOT_PUBLIC)


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """In a thread: the system's resolver knows no time limit of ours."""
    answers: SimpleQueue[list[str]] = SimpleQueue()
    until, found = time.monotonic() + seconds, []
    if LOOKUPS.acquire(timeout=max(0.0, seconds)):
        threading.Thread(target=ask_resolver, args=(host, port, answers), name="look-up", daemon=True).start()
        with contextlib.suppress(Empty):
            found = answers.get(timeout=max(0.0, until - time.monotonic()))
    if not found:
        raise NameUnknown(f"{host} can't be found. Is the name right?")
    return found


def ask_resolver(host: str, port: int, answers: "SimpleQueue[list[str]]") -> None:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answers.put(list(dict.fromkeys(str(row[4][0]) for row in rows)))
    except (OSError, UnicodeError):
        answers.put([])
    finally:
        LOOKUPS.release()
