import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.shortcuts import redirect, resolve_url
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from config import browsers, hooks
from config.errors import DomainError, LengthNeeded, NotTaken, TooLarge, Unavailable
from config.http import BY_ACCEPT, PageRequest, client_address, is_api, is_trusted_proxy
from config.refusals import outage, refuse, unread

UPLOADS_AT_ONCE = 24  # of the 64 threads of a web process
BODIES_AT_ONCE = 32  # of the same; most are read in no time
PLACE_SECONDS = 1.0  # that a body waits for its turn
TOO_MUCH = "Too much is coming in at once. Try again in a few seconds."
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ProxyMiddleware:
    """Believe what a proxy says of the client's connection only from a proxy of ours."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_trusted_proxy(request.META.get("REMOTE_ADDR", "")):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)


class BrowserMiddleware:
    """Let actions know that somebody does this on a page, and in which browser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with browsers.acting(browsers.name_of(request)):
            return self.get_response(request)


class BodyLimitMiddleware:
    """Refuse a body that has no length or too much of it before anything reads it.

    A slow body holds a thread until it is in, and the web server has no time limit for it: only some of the threads
    read bodies, so that the rest answer everybody else.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.uploads = Places(UPLOADS_AT_ONCE)
        self.bodies = threading.BoundedSemaphore(BODIES_AT_ONCE)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            return refuse(request, LengthNeeded("Send the length of the body: chunked uploads are not taken."))
        door = upload_door(request)
        limit = door.max_bytes if door else body_limit(request.path)
        length = request.headers.get("Content-Length") or "0"
        if is_longer(length, limit):
            return refuse(request, TooLarge(f"The request is too large: at most {limit // 1024**2} MB are taken here."))
        try:
            return self.upload(request) if door else self.small(request, length)
        except Unavailable as error:
            return refuse(request, error)

    def small(self, request: HttpRequest, length: str) -> HttpResponseBase:
        """Read the body here, where its place is counted; Django's own reading finds it read."""
        if int(length):
            if not self.bodies.acquire(timeout=PLACE_SECONDS):
                raise Unavailable(TOO_MUCH)
            try:
                request.body  # noqa: B018
            except UnreadablePostError as error:
                return refuse(request, unread(error))
            finally:
                self.bodies.release()
        return self.get_response(request)

    def upload(self, request: HttpRequest) -> HttpResponseBase:
        with self.uploads.taken(client_address(request)):
            try:
                return self.get_response(request)
            finally:
                for handler in request.upload_handlers:
                    handler.upload_interrupted()  # a client that went away leaves a file half written


class Places:
    """So many at once in this process; of one client's address at most half of them."""

    def __init__(self, number: int) -> None:
        self.number, self.lock = number, threading.Lock()
        self.addresses: Counter[str] = Counter()

    @contextmanager
    def taken(self, address: str) -> Iterator[None]:
        """A place for as long as the block lasts. Unavailable when there is none."""
        with self.lock:
            if self.addresses.total() >= self.number or self.addresses[address] >= self.number // 2:
                raise Unavailable(TOO_MUCH)
            self.addresses[address] += 1
        try:
            yield
        finally:
            with self.lock:
                self.addresses[address] -= 1
                self.addresses += Counter()  # forgets who has none


def upload_door(request: HttpRequest) -> hooks.UploadDoor | None:
    """The door that takes this request's files; None for all other requests."""
    if request.method != "POST" or request.content_type != "multipart/form-data":
        return None
    path = PurePosixPath(request.path)
    return next((door for door in hooks.upload_doors if path.match(door.path)), None)


def body_limit(path: str) -> int:
    """Bytes that a body without files may have at this address."""
    own = next((each.max_bytes for each in hooks.body_limits if each.path == path), None)
    return own or settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def is_longer(length: str, limit: int) -> bool:
    """Whether a Content-Length says more than `limit` bytes; Python refuses to read thousands of digits."""
    return not length.isdecimal() or len(length) > 18 or int(length) > limit


class JsonDoorsMiddleware:
    """What all doors of the API share: the `/voices` of JSON clients, and HEAD wherever there is GET."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path in BY_ACCEPT:
            return self.by_accept(request)
        return self.api(request) if is_api(request) else self.get_response(request)

    def by_accept(self, request: HttpRequest) -> HttpResponseBase:
        if is_api(request):
            request.urlconf = "config.api_urls"
        response = self.api(request) if is_api(request) else self.get_response(request)
        patch_vary_headers(response, ["Accept"])
        return response

    def api(self, request: HttpRequest) -> HttpResponseBase:
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = self.get_response(request)
        return without_body(response) if is_head else response


def without_body(response: HttpResponseBase) -> HttpResponseBase:
    if response.streaming:
        response.streaming_content = ()
    else:
        response.content = b""
    return response


class PagesNeedSignInMiddleware(LoginRequiredMiddleware):
    """Every page needs a signed-in person unless its view says otherwise; the API has its own authenticator."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        # Django's own asks the database who it is first, also where nobody needs to be anybody.
        is_open = is_api(request) or not getattr(view, "login_required", True)
        return None if is_open else super().process_view(request, view, args, kwargs)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What a signed-in person saw must not come back by the Back button after they have signed out."""
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    def handle_no_permission(self, request: PageRequest, view: Callable[..., Any]) -> HttpResponse:
        if request.htmx:  # a fragment's place is no place for the sign-in page
            return HttpResponseClientRedirect(sign_in_then(request.htmx.current_url_abs_path))
        return redirect(sign_in_then(request.get_full_path() if request.method == "GET" else None))


def sign_in_then(page: str | None) -> str:
    """The address of the sign-in page, from which the person goes on to `page`."""
    return redirect_to_login(page).url if page else resolve_url(settings.LOGIN_URL)


class RefusalMiddleware:
    """A page's refusal that no form or fragment showed, a store that is away, and a method that a door doesn't take."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        return not_allowed(request, response.headers["Allow"]) if response.status_code == 405 else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refused = error if isinstance(error, DomainError) else outage(error) or unread(error)
        return refuse(request, refused) if refused else None


def not_allowed(request: HttpRequest, methods: str) -> HttpResponse:
    if not is_api(request):
        return refuse(request, NotTaken("This address is not a page to open."), Allow=methods)
    methods = methods.replace("GET", "GET, HEAD")  # JsonDoorsMiddleware answers HEAD wherever there is GET
    return refuse(request, NotTaken(f"Use {methods} here."), Allow=methods)
