"""Bytes that arrive, and those that don't, over a real connection."""

import errno

import pytest

from config.errors import Unprocessable
from tests.voices.piper_catalogue_stub import (
    LIST,
    MODEL,
    damaged,
    md5,
    redirect,
    slow,
    status,
    too_long,
    truncated,
    without_range,
)
from voices.engines import transfer
from voices.engines.transfer import Expected, TransferFailed


@pytest.fixture
def part(tmp_path):
    return tmp_path / "model.onnx.part"


@pytest.fixture
def fetch(piper, part):
    def fetch(report=lambda held: None):
        body = piper.files[MODEL]
        transfer.fetch(transfer.beside(piper.list, MODEL), part, Expected(len(body), md5(body)), report)
        assert part.read_bytes() == body

    return fetch


def ranges(piper):
    return [range_ for path, range_ in piper.asked if path == MODEL]


def test_a_file_arrives_and_tells_how_far_it_is(fetch, piper):
    seen = []
    fetch(seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == len(piper.files[MODEL])
    assert ranges(piper) == [""]


def test_it_goes_on_where_it_stopped(fetch, piper, part):
    part.write_bytes(piper.files[MODEL][:1000])
    fetch()
    assert ranges(piper) == ["bytes=1000-"]


def test_what_is_whole_is_not_fetched_again(fetch, piper, part):
    part.write_bytes(piper.files[MODEL])
    fetch()
    assert ranges(piper) == []


def test_a_server_that_knows_no_range_starts_over(fetch, piper, part):
    piper.fail(MODEL, without_range)
    part.write_bytes(piper.files[MODEL][:1000])
    fetch()
    assert ranges(piper) == ["bytes=1000-"]


@pytest.mark.parametrize("held", [b"wrong" * 200, b"x" * 2_000_000], ids=["other bytes", "too many bytes"])
def test_the_start_of_another_file_is_thrown_away(fetch, piper, part, held):
    part.write_bytes(held)
    fetch()
    assert ranges(piper)[-1] == ""


def test_a_broken_connection_is_taken_up_again(fetch, piper):
    piper.fail(MODEL, truncated, times=2)
    fetch()
    asked = ranges(piper)
    assert (len(asked), asked[0]) == (3, "")
    assert asked[1] < asked[2], "each goes on after the one before"


def test_a_connection_that_always_breaks_keeps_what_has_come(fetch, piper, part):
    piper.fail(MODEL, truncated)
    with pytest.raises(TransferFailed, match="Check the network, then try again"):
        fetch()
    assert piper.files[MODEL].startswith(part.read_bytes())
    assert part.stat().st_size > len(piper.files[MODEL]) // 2
    assert len(ranges(piper)) == transfer.TRIES


@pytest.mark.parametrize(("number", "tries"), [(404, 1), (403, 1), (500, transfer.TRIES), (503, transfer.TRIES)])
def test_a_refusal_is_told_and_only_a_passing_one_tried_again(fetch, piper, part, number, tries):
    piper.fail(MODEL, status(number))
    with pytest.raises(TransferFailed, match=f"127.0.0.1 answered with the status {number} instead of the file"):
        fetch()
    assert (len(ranges(piper)), part.exists()) == (tries, False)


def test_a_file_that_became_shorter_is_fetched_anew(fetch, piper, part):
    part.write_bytes(piper.files[MODEL][:1000])
    piper.fail(MODEL, status(416), times=1)
    fetch()
    assert ranges(piper) == ["bytes=1000-", ""]


def test_a_wrong_checksum_leaves_nothing(fetch, piper, part):
    piper.fail(MODEL, damaged)
    with pytest.raises(TransferFailed, match="its checksum is wrong"):
        fetch()
    assert not part.exists()


def test_more_than_was_said_is_cut_off(fetch, piper, part):
    piper.fail(MODEL, too_long)
    with pytest.raises(TransferFailed, match="sends more than its list says"):
        fetch()
    assert not part.exists()


def test_a_silent_server_is_left(fetch, piper, monkeypatch):
    monkeypatch.setattr(transfer, "READ_SECONDS", 0.05)
    piper.fail(MODEL, slow)
    with pytest.raises(TransferFailed, match="did not answer in time"):
        fetch()


def test_a_server_that_takes_for_ever_is_left(fetch, piper, monkeypatch):
    monkeypatch.setattr(transfer, "FILE_SECONDS", -1.0)
    with pytest.raises(TransferFailed, match="too slow"):
        fetch()
    monkeypatch.setattr(transfer, "LIST_SECONDS", -1.0)
    with pytest.raises(TransferFailed, match="too slow"):
        transfer.read(piper.list, limit=10**6)


def test_a_redirect_is_followed(fetch, piper):
    piper.files["moved"] = piper.files[MODEL]
    piper.fail(MODEL, redirect("/main/moved"))
    fetch()


@pytest.mark.parametrize("target", [f"/main/{MODEL}", "file:///etc/passwd", "ftp://127.0.0.1/x", "http://[bad"])
def test_a_redirect_without_end_or_to_elsewhere_is_not(fetch, piper, part, target):
    piper.fail(MODEL, redirect(target))
    with pytest.raises(TransferFailed, match="can't be followed|can't be reached"):
        fetch()
    assert len(ranges(piper)) <= (transfer.MAX_REDIRECTS + 1) * transfer.TRIES
    assert not part.exists()


def test_https_is_not_left_for_http():
    with transfer.client("https://a.example/x") as web:
        [check] = web.event_hooks["request"]
        check(web.build_request("GET", "https://b.example/x"))
        with pytest.raises(Exception, match="less safe"):
            check(web.build_request("GET", "http://b.example/x"))


def test_nobody_listens(part, piper):
    with pytest.raises(TransferFailed, match="127.0.0.1 can't be reached"):
        transfer.fetch("http://127.0.0.1:9/x", part, Expected(1, "a" * 32), lambda held: None)


def test_a_list_that_never_ends_is_cut_off(piper):
    piper.catalogue["padding"] = "x" * 5_000
    with pytest.raises(TransferFailed, match="more than 1,000 bytes"):
        transfer.read(piper.list, limit=1_000)
    piper.fail(LIST.removeprefix("main/"), status(404))
    with pytest.raises(TransferFailed, match="status 404"):
        transfer.read(piper.list, limit=10**6)


def test_a_full_disk_is_told(fetch, piper, part):
    def full(held):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(TransferFailed, match="The disk is full"):
        fetch(full)


def test_a_folder_that_cannot_be_written_is_told(piper, tmp_path):
    part = tmp_path / "missing" / "model.part"
    with pytest.raises(TransferFailed, match="can't be written: No such file"):
        transfer.fetch(transfer.beside(piper.list, MODEL), part, Expected(10, "a" * 32), lambda held: None)


def test_local_files_are_read_and_gone_on_with(piper, part, tmp_path):
    place = str(piper.write(tmp_path / "mirror"))
    body = piper.files[MODEL]
    part.write_bytes(body[:1000])
    transfer.fetch(transfer.beside(place, MODEL), part, Expected(len(body), md5(body)), lambda held: None)
    assert part.read_bytes() == body
    assert transfer.read(f"file://{place}", limit=10**6) == transfer.read(place, limit=10**6)
    assert piper.asked == []


@pytest.mark.parametrize("location", ["ftp://a.example/voices.json", "gopher://x", "javascript://x", "a\0b"])
def test_other_kinds_of_address_are_refused(location):
    with pytest.raises(Unprocessable, match="begins with https://"):
        transfer.read(location, limit=10)


@pytest.mark.parametrize("location", ["/nowhere/voices.json", "file:///nowhere", "/"])
def test_a_path_without_a_file_is_told(location):
    with pytest.raises(TransferFailed, match="can't be read"):
        transfer.read(location, limit=10)
