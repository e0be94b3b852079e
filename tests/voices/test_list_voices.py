import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from voices.models import Voice

VOICE_KEYS = {"voice_id", "name", "language", "quality", "engine", "speakers", "sample_rate", "available"}
VOICE_KEYS |= {"size_bytes", "license", "sample_url"}
OLD_KEYS = {"id", "display_name", "language", "gender", "engine", "available"}


def add(voice_id, name, **fields):
    language, _, quality = voice_id.split("-")
    first = {"language": language, "quality": quality, "engine": "piper", "sample_rate": 22_050}
    return Voice.objects.create(voice_id=voice_id, name=name, **first | fields)


@pytest.fixture
def three(demo):
    """Two more voices, one of which has no files."""
    add("de_DE-thorsten-low", "Thorsten (low)")
    add("en_GB-alba-medium", "Alba (medium)", available=False, version="was here")


@pytest.fixture
def many(demo):
    def make(start, stop):
        for number in range(start, stop):
            add(f"en_US-v{number:02}-low", f"Voice {number}", sample="samples/a.wav")

    return make


def ids(answer):
    assert answer.status_code == 200
    return [voice["voice_id"] for voice in answer.json()["voices"]]


def count_queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_api_shows_the_whole_voice(api, alice, demo):
    answer = api(alice).get("/api/voices").json()
    [voice] = answer["voices"]
    assert (set(answer), answer["count"], answer["next"]) == ({"voices", "count", "next"}, 1, None)
    assert set(voice) == VOICE_KEYS
    assert (voice["voice_id"], voice["language"], voice["engine"]) == ("en_US-demo-low", "en_US", "piper")
    assert (voice["speakers"], voice["sample_rate"]) == (["low", "mid", "high"], 22_050)
    assert (voice["available"], voice["quality"], voice["size_bytes"] > 100_000) == (True, "low", True)
    assert voice["sample_url"] == "/api/voices/en_US-demo-low/sample"


def test_what_could_be_downloaded_is_listed_only_when_asked_for(api, alice, demo):
    add("en_US-amy-medium", "Amy (medium)", available=False)
    assert ids(api(alice).get("/api/voices")) == ids(api(alice).get("/api/voices?available=true")) == ["en_US-demo-low"]
    assert ids(api(alice).get("/api/voices?available=false")) == ["en_US-amy-medium"]
    assert [voice["id"] for voice in api(alice).get("/voices").json()] == ["en_US-demo-low"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["de_DE-thorsten-low", "en_GB-alba-medium", "en_US-demo-low"]),
        ("available=true", ["de_DE-thorsten-low", "en_US-demo-low"]),
        ("available=false", ["en_GB-alba-medium"]),
        ("language=en", ["en_GB-alba-medium", "en_US-demo-low"]),
        ("language=en_GB", ["en_GB-alba-medium"]),
        ("language=fr", []),
        ("q=ALBA", ["en_GB-alba-medium"]),
        ("q=de_DE", ["de_DE-thorsten-low"]),
        ("q=.*", []),
        ("q=(low)", ["de_DE-thorsten-low", "en_US-demo-low"]),
        ("q=low&language=en&available=true", ["en_US-demo-low"]),
        ("quality=medium", ["en_GB-alba-medium"]),
        ("quality=med", []),
        ("engine=piper&quality=low&language=de", ["de_DE-thorsten-low"]),
        ("engine=fish", []),
    ],
)
def test_api_filters(api, alice, three, query, found):
    answer = api(alice).get(f"/api/voices?{query}")
    assert (ids(answer), answer.json()["count"]) == (found, len(found))


@pytest.mark.parametrize(
    "query", ["available=perhaps", "limit=0", "limit=1001", f"q={'a' * 201}", "language=" + "a" * 201]
)
def test_api_refuses_a_malformed_query(api, alice, query):
    answer = api(alice).get(f"/api/voices?{query}")
    assert (answer.status_code, set(answer.json())) == (422, {"detail", "code", "errors"})


@pytest.mark.parametrize("query", ["q=%00", "language=%00", "cursor=%00", "q=a%00b"])
def test_a_nul_in_a_filter_breaks_nothing(api, page, alice, demo, query):
    assert api(alice).get(f"/api/voices?{query}").status_code in (200, 422)
    assert page(alice).get(f"/voices?{query}").status_code in (200, 422)


def test_api_walks_all_voices_by_cursor(api, alice, many):
    many(0, 7)
    seen, cursor = [], ""
    while cursor is not None:
        answer = api(alice).get("/api/voices", {"limit": 3, "cursor": cursor})
        assert answer.json()["count"] == 8
        seen.append(ids(answer))
        cursor = answer.json()["next"]
    assert [len(page) for page in seen] == [3, 3, 2]
    assert sum(seen, []) == sorted(Voice.objects.values_list("voice_id", flat=True))


@pytest.mark.parametrize("name", ["en_US-demo-low", "demo", "alloy"])
def test_api_shows_one_voice_by_id_or_alias(api, alice, demo, settings, name):
    settings.VOICE_ALIASES = settings.VOICE_ALIASES | {"alloy": "en_US-demo-low"}
    voice = api(alice).get(f"/api/voices/{name}").json()
    assert (set(voice), voice["voice_id"]) == (VOICE_KEYS, "en_US-demo-low")


@pytest.mark.parametrize("name", ["nobody", "..", "a%00b", "%20", "x" * 500, "en_us-demo-low"])
def test_api_knows_no_such_voice(api, alice, demo, name):
    answer = api(alice).get(f"/api/voices/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_api_needs_a_credential(client, demo):
    for address in ("/api/voices", "/api/voices/demo", "/voices"):
        answer = client.get(address, headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("accept", ["application/json", "*/*", ""])
def test_the_older_list_is_bare_and_by_language_and_name(api, alice, three, accept):
    add("de_DE-anna-low", "Anna (low)")
    voices = api(alice).get("/voices", headers={"accept": accept}).json()
    names = ["Anna (low)", "Thorsten (low)", "Alba (medium)", "Demo (low)"]
    assert [voice["display_name"] for voice in voices] == names
    assert all(set(voice) == OLD_KEYS for voice in voices)
    demo = {"id": "en_US-demo-low", "display_name": "Demo (low)", "language": "en_US", "gender": None}
    assert voices[3] == demo | {"engine": "piper", "available": True}
    assert voices[2]["available"] is False


def test_page_shows_a_voice_with_its_sample(page, alice, three):
    body = page(alice).get("/voices").content.decode()
    assert 'src="/api/voices/en_US-demo-low/sample"' in body
    assert "English (US) · low · 3 speakers" in body
    assert 'href="/speak?voice=en_US-demo-low"' in body
    assert body.count('<li class="card voice') == 3
    assert body.count("<audio") == 1, "the others have no sample"
    assert "Its files are not on this machine." in body
    assert "/speak?voice=en_GB-alba-medium" not in body


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=thorsten", ["Thorsten"]),
        ("language=en_GB", ["Alba"]),
        ("language=en_US&q=demo", ["Demo"]),
        ("quality=low", ["Demo", "Thorsten"]),
        ("engine=piper&quality=medium", ["Alba"]),
        ("engine=fish", []),
        ("tag=calm", []),
        ("part=catalogue", ["Alba", "Demo", "Thorsten"]),
        ("part=nonsense", ["Alba", "Demo", "Thorsten"]),
        ("part=mine", []),
    ],
)
def test_page_filters(page, alice, three, query, names):
    body = page(alice).get(f"/voices?{query}").content.decode()
    assert [
        name
        for name in ("Alba", "Demo", "Thorsten")
        if f">{name} (low)</a></h3>" in body or f">{name} (medium)</a></h3>" in body
    ] == names


def test_page_says_when_nothing_fits_and_when_there_is_nothing(page, alice, demo):
    assert b"No voice fits this filter." in page(alice).get("/voices?q=zebra").content
    assert b"No voice fits this filter." in page(alice).get("/voices?language=xx").content
    Voice.objects.all().delete()
    body = page(alice).get("/voices").content
    assert b"Voices will be here" in body
    assert b"sync_piper_models" in body


def test_page_needs_sign_in_and_takes_get_only(client, page, alice, demo):
    assert client.get("/voices", headers={"accept": "text/html"}).url == "/login?next=/voices"
    assert page(alice).post("/voices").status_code == 405


@pytest.mark.parametrize(
    ("door", "address", "count"), [("api", "/api/voices", 3), ("api", "/voices", 2), ("page", "/voices", 9)]
)
def test_one_voice_and_thirty_take_the_same_questions(request, alice, many, door, address, count):
    client = request.getfixturevalue(door)(alice)
    one = count_queries(client, address)
    many(0, 29)
    assert (one, count_queries(client, address)) == (count, count)
