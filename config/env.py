"""The environment as settings.py reads it: `.env` beside it, old names taken over, empty values as if absent."""

import contextlib
import os
import re
import secrets
import sys
import tempfile
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

import dj_email_url
from dotenv import load_dotenv
from environs import Env, EnvError

OLD_NAMES = {
    "MONGODB_URL": "MONGODB_URI",
    "MONGO_URI": "MONGODB_URI",
    "MONGODB_DATABASE": "MONGODB_DB_NAME",
    "AWS_ACCESS_KEY_ID": "S3_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY": "S3_SECRET_ACCESS_KEY",
    "REGION_NAME": "S3_REGION",
}
MONGODB, COSMOS_VCORE, COSMOS_RU = "mongodb", "cosmos-vcore", "cosmos-ru"
FLAVOURS = {  # of what speaks MongoDB's language, by what the names of such servers have in them
    ".mongocluster.cosmos.azure.": COSMOS_VCORE,
    ".mongo.cosmos.azure.": COSMOS_RU,
    ".documents.azure.": COSMOS_RU,
}
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where this machine reaches what listens everywhere
SECRET_MIN_CHARACTERS = 32
DAYS_MAX = 36_500  # a century: further back there are no dates in time
ORIGIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", re.IGNORECASE)
PLACEHOLDERS = ("change", "secret-key", "secret_key", "your-", "your_", "example", "placeholder", "insecure", "xxxx")


def stop(sentence: str) -> NoReturn:
    sys.exit(f"Echodesk can't start: {sentence}")


def load(dotenv: Path) -> Env:
    load_dotenv(dotenv)
    for name in [name for name, value in os.environ.items() if not value.strip()]:
        del os.environ[name]
    for old, new in OLD_NAMES.items():
        take_over(old, new)
    env = Env()
    if not switch(env, "USE_MONGODB", True):
        os.environ.pop("MONGODB_URI", None)
    return env


def take_over(old: str, new: str) -> None:
    """Read the old name of a setting as its new one; both with different values is a mistake to settle first."""
    if old not in os.environ:
        return
    if os.environ.setdefault(new, os.environ[old]) != os.environ[old]:
        stop(f"{old} and {new} have different values. {old} is the old name; keep {new} alone.")


def database_in(uri: str) -> str:
    """The database that a MongoDB address names in its path, or ''."""
    return urlsplit(uri).path.strip("/") if uri else ""


def flavour(env: Env, uri: str) -> str:
    """MONGODB_FLAVOUR, else what the names of the servers tell: MongoDB, or a kind of Azure Cosmos DB."""
    servers = urlsplit(uri).netloc.rpartition("@")[2].lower()
    known = next((kind for name, kind in FLAVOURS.items() if name in servers), MONGODB)
    value = env.str("MONGODB_FLAVOUR", known)
    if value not in (MONGODB, COSMOS_VCORE, COSMOS_RU):
        stop(f"MONGODB_FLAVOUR is {value!r}. Write {MONGODB}, {COSMOS_VCORE} or {COSMOS_RU}.")
    return value if uri else MONGODB


def mongodb(uri: str, flavour: str, timeout: int) -> dict[str, Any]:
    """Django's settings of a MongoDB server or of what stands in for one; `timeout` in milliseconds."""
    named = {name.lower() for name, _ in parse_qsl(urlsplit(uri).query)}
    options: dict[str, Any] = {"serverSelectionTimeoutMS": timeout, "connectTimeoutMS": timeout}
    if flavour != MONGODB and "retrywrites" not in named:
        options["retryWrites"] = False
    if flavour != MONGODB and not named & {"tls", "ssl"}:
        options["tls"] = True
    engine = "config.cosmos" if flavour == COSMOS_RU else "config.mongodb"
    return {"ENGINE": engine, "HOST": uri, "OPTIONS": options}


def secret_key(env: Env, kept_in: Path | None) -> str:
    """The SECRET_KEY of the environment, else the one made once in `kept_in`."""
    key = env.str("SECRET_KEY", "") or (made_once(kept_in) if kept_in else "")
    if not key:
        stop("SECRET_KEY is not set. Set it to a long random value, the same for every process and machine.")
    check_secret("SECRET_KEY", key)
    return key


def check_secret(name: str, value: str) -> None:
    if len(value) < SECRET_MIN_CHARACTERS:
        stop(f"{name} is shorter than {SECRET_MIN_CHARACTERS} characters. Set a long random value.")
    if len(set(value)) < 8 or any(word in value.lower() for word in PLACEHOLDERS):
        stop(f"{name} is a placeholder that others know. Set a long random value.")


def made_once(path: Path) -> str:
    """Whoever creates the file first decides; a process that lost the race reads the winner's."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            with tempfile.NamedTemporaryFile("w", dir=path.parent) as aside, contextlib.suppress(FileExistsError):
                aside.write(secrets.token_urlsafe(48))
                aside.flush()
                path.hardlink_to(aside.name)
        return path.read_text().strip()
    except OSError as error:
        stop(f"{path} can't be written ({error.strerror}). Make its folder writable, or set VAR_DIR to one that is.")


def pairs(text: str) -> dict[str, str]:
    """`a=b,c=d` as a dict."""
    parts = (part.split("=", 1) for part in text.split(",") if "=" in part)
    return {name.strip(): value.strip() for name, value in parts}


def networks(env: Env, name: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(text.strip(), strict=False) for text in env.list(name, [])]
    except ValueError as error:
        stop(f"{name}: {error}. Write addresses or networks, such as 10.0.0.0/8, with commas between them.")


def origins(env: Env, name: str) -> list[str]:
    """Web sites as browsers name them: scheme, host and port, nothing after them."""
    found = [text.strip() for text in env.list(name, [])]
    for text in found:
        if not ORIGIN.fullmatch(text):
            stop(f"{name} has {text!r}. Write origins such as https://app.example.com, with commas between them.")
    return found


def integer(env: Env, name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    try:
        value = env.int(name, default)
    except EnvError:
        value = low - 1
    if not low <= value <= high:
        stop(f"{name} is {os.environ.get(name)!r}. Write a whole number from {low} to {high}, such as {default}.")
    return value


def days(env: Env, name: str) -> int | None:
    """For how many days something is kept; None for ever."""
    if name not in os.environ:
        return None
    try:
        value = env.int(name)
    except EnvError:
        value = 0
    if not 1 <= value <= DAYS_MAX:
        stop(
            f"{name} is {os.environ[name]!r}. Write a whole number of days, 1 or more, or nothing to keep it for ever."
        )
    return value


def switch(env: Env, name: str, default: bool) -> bool:
    try:
        return env.bool(name, default)
    except EnvError:
        stop(f"{name} is {os.environ.get(name)!r}. Write true or false.")


def choice(env: Env, name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env.str(name, default).upper()
    if value not in choices:
        stop(f"{name} is {value!r}. Write one of {', '.join(choices)}.")
    return value


def url(env: Env, name: str, default: str, schemes: tuple[str, ...]) -> str:
    value = env.str(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        is_whole = parts.scheme in schemes and bool(parts.hostname or parts.path)
    except ValueError:
        is_whole = False
    if not is_whole:
        starts = " or ".join(f"{scheme}://" for scheme in schemes)
        stop(f"{name} is {value!r}. Write an address that begins with {starts}.")
    return value


def api_key(env: Env, name: str) -> str:
    """A provider's key, or ''. It travels in a header, which takes nothing but visible ASCII; it is not shown."""
    value = env.str(name, "").strip()
    if not re.fullmatch(r"[!-~]*", value):
        stop(
            f"{name} has characters that no key has. Copy it again from the provider's page, without spaces around it."
        )
    return value


def site(host: str, port: int) -> str:
    """The address at which a browser on this machine finds the page."""
    name = EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def hosts(host: str, site_url: str) -> list[str]:
    """The names that requests may come under when ALLOWED_HOSTS lists none; IPv6 in brackets, as in a request."""
    names = ("127.0.0.1", "localhost", host, urlsplit(site_url).hostname or "")
    return [f"[{name}]" if ":" in name else name for name in names]


def rate(env: Env, name: str, default: str) -> str:
    """A rate limit: `n/s`, `n/m`, `n/h`, `n/d`, or `off`."""
    value = env.str(name, default)
    if not re.fullmatch(r"[1-9][0-9]*/[smhd]|off", value):
        stop(f"{name} is {value!r}. Write a number and s, m, h or d, such as {default}, or off.")
    return value


def mail(url: str) -> dict[str, Any]:
    """Django's mail settings from an address such as `submission://user:password@mail.example.com`."""
    sentence = (
        "EMAIL_URL is not a mail server's address. Write submission://user:password@mail.example.com, or smtp://."
    )
    try:
        settings = dj_email_url.parse(url)
    except ValueError:
        stop(sentence)
    return settings if "EMAIL_BACKEND" in settings else stop(sentence)


def mail_host(site_url: str) -> str:
    """The name that mails of this site come from."""
    return urlsplit(site_url).hostname or "localhost"


def storage(env: Env, bucket: str, endpoint_url: str) -> dict[str, Any]:
    """Where files lie, as Django's STORAGES has it: on the disk, or in a bucket of S3 or what speaks its language."""
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    from botocore.config import Config

    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint_url or None,
        "access_key": env.str("S3_ACCESS_KEY_ID", "") or None,
        "secret_key": env.str("S3_SECRET_ACCESS_KEY", "") or None,
        "region_name": env.str("S3_REGION", "") or None,
        "client_config": Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if endpoint_url else "auto"},
            connect_timeout=3,  # seconds
            read_timeout=20,
            retries={"mode": "standard", "total_max_attempts": 2},
            request_checksum_calculation="when_required",  # servers other than Amazon's know no newer ones
            response_checksum_validation="when_required",
        ),
        "file_overwrite": False,
        "querystring_expire": 3600,  # seconds that a signed link works
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def media_origins(env: Env, bucket: str, endpoint_url: str) -> list[str]:
    """Where signed links to the bucket lead a browser, for the Content-Security-Policy."""
    if not bucket:
        return []
    if endpoint_url:
        parts = urlsplit(endpoint_url)
        return [f"{parts.scheme}://{parts.netloc}"]
    hosts = ("s3.amazonaws.com", f"s3.{env.str('S3_REGION', 'us-east-1')}.amazonaws.com")
    return [f"https://{host}" if "." in bucket else f"https://{bucket}.{host}" for host in hosts]
