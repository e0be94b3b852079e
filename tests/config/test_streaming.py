import pytest
from django.http import StreamingHttpResponse

from config import streaming
from config.errors import Unavailable
from config.streaming import PLACES, Stream


def free():
    return streaming.places._value


def parts(ended):
    try:
        yield b"one"
        yield b"two"
    finally:
        ended.append(True)


@pytest.mark.django_db
def test_a_stream_holds_a_place_until_it_is_closed():
    ended = []
    response = StreamingHttpResponse(Stream(parts(ended)))
    assert free() == PLACES - 1
    assert next(iter(response)) == b"one"
    response.close()
    assert (ended, free()) == ([True], PLACES)


def test_a_stream_that_never_began_gives_its_place_back_too_and_only_once():
    ended = []
    stream = Stream(parts(ended))
    stream.close()
    stream.close()
    assert (ended, free()) == ([], PLACES)


def test_one_that_can_not_be_closed_gives_its_place_back():
    def busy():
        with pytest.raises(ValueError, match="already executing"):
            stream.close()  # as by another thread while this part is made
        yield b"one"

    stream = Stream(busy())
    assert (next(iter(stream)), free()) == (b"one", PLACES)


def test_who_finds_no_place_is_told_so():
    with streaming.place():
        assert free() == PLACES - 1
    streams = [Stream(parts([])) for _ in range(PLACES)]
    with pytest.raises(Unavailable, match="Try again"), streaming.place():
        pass
    with pytest.raises(Unavailable):
        Stream(parts([]))
    for stream in streams:
        stream.close()
    assert free() == PLACES


def test_a_refusal_in_the_middle_ends_it_and_any_other_error_is_a_bug():
    def breaking(error):
        yield b"one"
        raise error

    for error in (Unavailable("Enough."), ZeroDivisionError()):
        stream = Stream(breaking(error))
        given = iter(stream)
        assert next(given) == b"one"
        with pytest.raises(StopIteration if isinstance(error, Unavailable) else ZeroDivisionError):
            next(given)
        stream.close()
    assert free() == PLACES


def test_what_a_place_is_taken_for_ends_with_it_or_without_one():
    ends = []
    held = streaming.Place(lambda: ends.append("given back"))
    held.give_back()
    held.give_back()
    assert ends == ["given back"]
    streams = [Stream(parts([])) for _ in range(PLACES)]
    with pytest.raises(Unavailable):
        streaming.Place(lambda: ends.append("none to be had"))
    assert ends == ["given back", "none to be had"]
    for stream in streams:
        stream.close()
