"""Requests that the pages and the API share: who calls, what a page's frame needs."""

import ipaddress
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxDetails

from config import VERSION, hooks

if TYPE_CHECKING:
    from accounts.models import User

OPENAI_PREFIX = "/v1/"  # what clients of OpenAI's API call
API_PREFIXES = ("/api/", OPENAI_PREFIX, "/tts/", "/auth/", "/webhook/")
BY_ACCEPT = ("/voices",)  # a page for browsers, JSON for everyone else
THEMES = ("light", "dark", "system")
SEARCH_MAX_CHARACTERS = 200


class PageRequest(HttpRequest):
    """What a signed-in page gets."""

    user: "User"
    htmx: HtmxDetails


def is_api(request: HttpRequest) -> bool:
    if request.path in ("/health", "/metrics"):
        return True
    if request.path in BY_ACCEPT:
        return "html" not in request.headers.get("Accept", "").lower()
    return f"{request.path}/".startswith(API_PREFIXES)


def is_openai(request: HttpRequest) -> bool:
    return f"{request.path}/".startswith(OPENAI_PREFIX)


def client_address(request: HttpRequest) -> str:
    """The address of the client; of a proxy's header only the part that our own proxies wrote."""
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    address = request.META.get("REMOTE_ADDR", "")
    while chain and is_trusted_proxy(address) and is_address(chain[-1]):
        address = chain.pop()
    return address


def next_link(request: HttpRequest, cursor: str) -> str:
    """The `Link` header of a bare list that goes on after this page."""
    asked = request.GET.copy()
    asked["cursor"] = cursor
    return f'<{request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")}>; rel="next"'


def list_address(request: HttpRequest, name: str, **changes: str) -> str:
    """Of the list with this URL name, from its beginning, filtered as the request is but for the changes."""
    return reverse(name) + list_query(request, **changes)


def list_query(request: HttpRequest, **changes: str) -> str:
    """What stands behind its address; a change that is empty is left out."""
    kept = request.GET.copy()
    for field in ("cursor", *changes):
        kept.pop(field, None)
    kept.update({field: value for field, value in changes.items() if value})
    return f"?{kept.urlencode()}" if kept else ""


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_trusted_proxy(address: str) -> bool:
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(client in network for network in settings.TRUSTED_PROXIES)


def frame(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs. Counts are made when a template shows them: an error page asks no database."""
    theme = request.COOKIES.get("theme")
    counts = {count.name: SimpleLazyObject(partial(count_for, request, count)) for count in hooks.counts}
    return {"theme": theme if theme in THEMES else "system", "version": VERSION, **counts}


def asked_words(request: HttpRequest, name: str = "q") -> str:
    """What a page's search field or filter asks for, fit for a query."""
    return request.GET.get(name, "").replace("\0", "").strip()[:SEARCH_MAX_CHARACTERS]


def count_for(request: HttpRequest, count: hooks.Count) -> int:
    return count.count(request.user) if request.user.is_authenticated else 0
