import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config import middleware
from config.errors import Unavailable

make = RequestFactory()


class BrokenOff:
    """What a client sends that goes away in the middle."""

    def read(self, *size: int) -> bytes:
        raise OSError("reset")

    def close(self) -> None:
        pass


@pytest.fixture
def limit(monkeypatch):
    """The middleware with one place for bodies, before a view that always answers."""
    monkeypatch.setattr(middleware, "BODIES_AT_ONCE", 1)
    monkeypatch.setattr(middleware, "PLACE_SECONDS", 0)
    return middleware.BodyLimitMiddleware(lambda request: HttpResponse(request.body))


def test_bodies_that_do_not_come_in_leave_threads_for_everybody_else(limit):
    limit.bodies.acquire()
    refused = limit(make.post("/api/login", "{}", "application/json"))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert limit(make.get("/health")).status_code == 200
    assert limit(make.generic("POST", "/logout")).status_code == 200


def test_a_place_is_given_back(limit):
    for _ in range(3):
        assert limit(make.post("/api/login", "{}", "application/json")).content == b"{}"


def test_a_body_that_breaks_off_is_refused_and_gives_its_place_back(limit):
    request = make.post("/api/login", "{}", "application/json")
    request._stream = BrokenOff()
    assert limit(request).status_code == 400
    assert limit.bodies.acquire(blocking=False)


def test_one_address_takes_half_of_the_places_at_most():
    places = middleware.Places(4)
    with places.taken("a"), places.taken("a"), places.taken("b"):
        with pytest.raises(Unavailable), places.taken("a"):
            pass
        with places.taken("c"), pytest.raises(Unavailable), places.taken("d"):
            pass
    assert not places.addresses
