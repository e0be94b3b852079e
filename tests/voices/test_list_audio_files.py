import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import times
from config.ids import from_uuid
from tests.jobs.test_list_jobs import BAD_CURSORS
from tests.voices.test_upload_audio_file import KEYS
from voices.models import AudioFile

ADDRESS = "/api/user/audio-files"
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def many(alice):
    """Makes Alice's files, one second apart, the last one the newest."""

    def make(count, **fields):
        start = times.now()
        for number in range(1, count + 1):
            row = {"name": f"number {number}.wav", "s3_key": f"key {number}", "file_size": number} | fields
            AudioFile.objects.create(user=alice, uploaded_at=start + dt.timedelta(seconds=number), **row)

    return make


def sizes(answer):
    return [row["file_size"] for row in answer.json()]


def next_link(answer):
    found = re.fullmatch(r'<(http://testserver/[^>]*)>; rel="next"', answer.headers.get("Link", ""))
    return found and found[1]


def count_queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_api_lists_the_newest_first_and_links_to_the_next_page(api, alice, many):
    many(7)
    first = api(alice).get(f"{ADDRESS}?limit=3")
    assert (first.headers["X-Total-Count"], set(first.json()[0])) == ("7", KEYS)
    second = api(alice).get(next_link(first))
    third = api(alice).get(next_link(second))
    assert [sizes(answer) for answer in (first, second, third)] == [[7, 6, 5], [4, 3, 2], [1]]
    assert next_link(third) is None


def test_api_loses_no_file_of_the_same_millisecond(api, alice, many):
    many(5)
    AudioFile.objects.update(uploaded_at=times.now())
    seen, address = [], f"{ADDRESS}?limit=2"
    while address:
        answer = api(alice).get(address)
        seen += sizes(answer)
        address = next_link(answer)
    assert seen == [5, 4, 3, 2, 1]


def test_api_gives_fifty_at_first(api, alice, many):
    many(51)
    assert len(api(alice).get(ADDRESS).json()) == 50
    assert len(api(alice).get(f"{ADDRESS}?limit=1000").json()) == 51


def test_api_searches_names_and_keys_and_keeps_the_words_in_the_link(api, alice, many):
    many(12)
    answer = api(alice).get(ADDRESS, {"q": "Number 1", "limit": 2})
    assert (sizes(answer), answer.headers["X-Total-Count"]) == ([12, 11], "4")
    assert sizes(api(alice).get(next_link(answer))) == [10, 1]
    assert sizes(api(alice).get(ADDRESS, {"q": "KEY 7"})) == [7]
    assert sizes(api(alice).get(ADDRESS, {"q": ".*"})) == []


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=many", f"q={'a' * 201}", "q=%00"])
def test_api_refuses_a_malformed_query(api, alice, query):
    answer = api(alice).get(f"{ADDRESS}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][-1] == query.partition("=")[0]


@pytest.mark.parametrize("cursor", BAD_CURSORS)
def test_malformed_cursors_are_refused(api, page, alice, cursor):
    assert api(alice).get(ADDRESS, {"cursor": cursor}).status_code == 422
    assert page(alice).get("/files", {"cursor": cursor}).status_code == 422


def test_api_hides_other_peoples_files_and_needs_a_credential(api, client, bob, charlie, audio_file):
    for user in (bob, charlie):
        answer = api(user).get(ADDRESS)
        assert (answer.json(), answer.headers["X-Total-Count"]) == ([], "0")
    assert client.get(ADDRESS).status_code == 401


def test_api_shows_one_file(api, alice, bob, charlie, audio_file, client):
    address = f"/api/audio-file/{audio_file.pk}"
    told = api(alice).get(address).json()
    assert (set(told), told["file_id"], told["file_size"]) == (KEYS, audio_file.pk, audio_file.file_size)
    for user in (bob, charlie):
        assert api(user).get(address).status_code == 403
    assert client.get(address).status_code == 401


@pytest.mark.parametrize("file_id", ["a" * 24, UUID, "5", "a%00b", "x" * 300, "a" * 23])
@pytest.mark.parametrize("rest", ["", "/content"])
def test_api_knows_no_such_file(api, alice, file_id, rest):
    assert api(alice).get(f"/api/audio-file/{file_id}{rest}").status_code == 404


def test_api_knows_old_ids(api, alice):
    AudioFile.objects.create(pk=from_uuid(UUID), user=alice, s3_key="old")
    assert api(alice).get(f"/api/audio-file/{UUID}").json()["s3_key"] == "old"


def test_both_lists_ask_as_often_for_one_file_as_for_thirty(api, page, alice, many):
    many(1)
    one = count_queries(api(alice), ADDRESS), count_queries(page(alice), "/files")
    many(18)
    assert (count_queries(api(alice), ADDRESS), count_queries(page(alice), "/files")) == one == (3, 10)


def names(answer):
    return re.findall(r'aria-label="Tick ([^"]*)"', answer.content.decode())


def test_page_shows_more(page, alice, many):
    many(25)
    first = page(alice).get("/files?q=number")
    link = re.search(r'href="(/files\?[^"]*)" hx-get="([^"]*)"', first.content.decode())
    assert (len(names(first)), link[1]) == (20, link[2])
    address = link[1].replace("&amp;", "&")
    assert "q=number" in address
    assert names(page(alice).get(address)) == [f"number {number}.wav" for number in (5, 4, 3, 2, 1)]


def test_page_gives_htmx_the_rows_or_the_whole_list(page, alice, many):
    many(1)
    rows = page(alice).get("/files", headers={"hx-request": "true"}).content.decode().strip()
    assert rows.startswith("<li")
    kept = page(alice).get("/files", headers={"hx-request": "true", "hx-target": "kept"}).content.decode().strip()
    assert kept.startswith("<section")
    assert "number 1.wav" in kept


def test_page_says_what_each_file_is(page, alice, upload, audio_file, record):
    upload(alice, b"opaque", "diary.enc", encrypted="true")
    AudioFile.objects.create(user=alice, s3_key="old/one", name="old.html", is_stored=True, content_type="text/html")
    body = page(alice).get("/files").content.decode()
    assert body.count("<echo-player") == 1
    for words in (
        "Encrypted: only you",
        "A note only",
        "Not a sound that can be played",
        "Morning tone.wav",
        "her/own",
    ):
        assert words in body
    assert "of 1.0" in re.search(r'id="used">([^<]*)<', body)[1]


def test_page_escapes_names(page, alice, many):
    many(1, name="<script>alert(1)</script>")
    assert b"<script>alert" not in page(alice).get("/files").content


def test_page_without_files_says_what_will_be_here(page, alice, many):
    assert b"Your files will be here" in page(alice).get("/files").content
    many(1)
    assert b"Nothing fits" in page(alice).get("/files?q=zebra").content
    assert page(alice).get("/files?q=%00").status_code == 200


def test_page_needs_sign_in_and_hides_other_peoples_files(page, client, charlie, audio_file):
    assert client.get("/files").url == "/login?next=/files"
    assert names(page(charlie).get("/files")) == []


def test_admin_shows_files(page, bob, audio_file):
    assert b"Morning tone.wav" in page(bob).get("/admin/voices/audiofile/?q=morning").content
