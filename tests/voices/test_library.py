"""The library: my voice models, those of my team, and the catalogue, on one page or each on its own."""

import datetime as dt
import re

import pytest

from config import times
from tests.accounts.conftest import join_team_of
from tests.voices.models import make_model
from tests.voices.test_list_voices import count_queries
from voices.models import State, Visibility, Voice


@pytest.fixture
def many(alice):
    def make(count, user=alice, **fields):
        start = times.now()
        for number in range(1, count + 1):
            row = {"name": f"number {number}", "created_at": start + dt.timedelta(seconds=number)}
            make_model(user, **row | fields)

    return make


@pytest.fixture
def mate(alice):
    return join_team_of(alice, "mate")


def read(client, query="", **headers):
    answer = client.get(f"/voices{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def parts(body):
    return re.findall(r'<h2 id="part-(\w+)">', body)


def names(body):
    return re.findall(r'class="model-name"><a [^>]*>([^<]*)</a>', body)


def more(body):
    found = re.search(r'<li class="models-more">\s*<a class="button" href="([^"]*)"', body)
    return found and found[1].replace("&amp;", "&")


def test_all_parts_stand_on_one_page(page, alice, mate, demo):
    make_model(alice, name="Mine", tags=["calm"], used_jobs=1, used_seconds=3.0, billed_bytes=1)
    make_model(mate, name="Theirs", visibility=Visibility.SHARED)
    make_model(mate, name="Their own")
    body = read(page(alice))
    assert parts(body) == ["mine", "shared", "catalogue"]
    assert names(body) == ["Mine", "Theirs"]
    assert "by <bdi>Mate</bdi>" in body
    assert '1 job · 3.0 s of speech · <span title="1 byte">1\xa0byte&nbsp;billed</span>' in body
    assert body.count("<audio") == 2, "mine and the voice's sample; a team mate's recording is theirs"


def test_empty_parts_offer_the_first_step(page, alice, demo):
    body = read(page(alice))
    assert parts(body) == ["mine", "catalogue"]
    assert "Your voice models will be here" in body
    assert "What your team shares will be here" in read(page(alice), "?part=shared")


def test_a_few_at_first_and_all_on_their_own_page(page, alice, demo, many):
    many(25)
    body = read(page(alice))
    assert names(body) == [f"number {number}" for number in range(25, 19, -1)]
    assert more(body) == "/voices?part=mine"
    first = read(page(alice), "?part=mine")
    assert (parts(first), len(names(first))) == (["mine"], 20)
    rest = page(alice).get(more(first), headers={"hx-request": "true"}).content.decode()
    assert rest.strip().startswith('<li class="model">')
    assert (names(rest), more(rest)) == ([f"number {number}" for number in range(5, 0, -1)], None)
    assert len(names(page(alice).get(more(first)).content.decode())) == 5


def test_the_teams_have_pages_too(page, alice, mate, many):
    many(23, user=mate, visibility=Visibility.SHARED)
    body = read(page(alice), "?part=shared&q=number")
    assert (len(names(body)), "q=number" in more(body)) == (20, True)
    assert len(names(page(alice).get(more(body)).content.decode())) == 3


@pytest.mark.parametrize(
    ("query", "models", "has_voices"),
    [
        ("q=quay", ["By the quay"], False),
        ("q=demo", [], True),
        ("tag=CALM", ["By the quay"], False),
        ("tag=cal", [], False),
        ("engine=fish", ["Other", "By the quay"], False),
        ("engine=piper", [], True),
        ("language=en_US", [], True),
        ("quality=low", [], True),
        ("q=o&tag=loud", ["Other"], False),
        ("part=mine&q=o", ["Other"], False),
        ("part=catalogue&q=o", [], True),
    ],
)
def test_filters(page, alice, demo, query, models, has_voices):
    make_model(alice, name="By the quay", tags=["calm"])
    make_model(alice, name="Other", tags=["loud"], state=State.FAILED, error="It failed.")
    body = read(page(alice), f"?{query}")
    assert (names(body), "Demo (low)</a></h3>" in body) == (models, has_voices)
    assert ("No voice fits this filter." in body) == (not models and not has_voices)


def test_states_are_words(page, alice):
    make_model(alice, state=State.TRAINING)
    make_model(alice, state=State.FAILED, error="The recording is no speech.")
    body = read(page(alice))
    assert '<span class="state state-training">training</span>' in body
    assert '<span class="state state-failed">failed</span>' in body
    assert "The recording is no speech." in body


def test_while_the_engine_is_off_the_library_says_so_and_shows_all(page, alice, settings):
    assert "Fish Audio is off here" not in read(page(alice)), "nobody here misses it"
    make_model(alice)
    body = read(page(alice))
    assert ("Fish Audio is off here" in body, names(body)) == (True, ["Harbour"])
    settings.FISH_API_KEY = "a-key"
    assert "Fish Audio is off here" not in read(page(alice))


def test_others_see_nothing_of_it(page, bob, charlie, many):
    many(1, visibility=Visibility.SHARED)
    for person in (bob, charlie):
        assert names(read(page(person))) == []
        assert names(read(page(person), "?part=shared")) == []


def test_names_are_escaped(page, alice, many):
    many(1, name="<script>alert(1)</script>", tags=["<b>"], error="<i>", state=State.FAILED)
    assert not re.search("<script>alert|<b>|<i>", read(page(alice)))


@pytest.mark.parametrize("query", ["?part=mine&cursor=nonsense", "?part=shared&cursor=%00"])
def test_a_malformed_cursor_is_refused(page, alice, query):
    assert page(alice).get(f"/voices{query}").status_code == 422


@pytest.mark.parametrize(("query", "count"), [("", 11), ("?part=mine", 6), ("?part=mine&q=number", 6)])
def test_one_model_and_thirty_take_the_same_questions(page, alice, mate, demo, many, query, count):
    make_model(mate, visibility=Visibility.SHARED)
    many(1)
    one = count_queries(page(alice), f"/voices{query}")
    many(15)
    many(14, user=mate, visibility=Visibility.SHARED)
    assert (one, count_queries(page(alice), f"/voices{query}")) == (count, count)


def test_a_voice_has_a_page(page, client, alice, demo):
    body = page(alice).get("/voices/en_US-demo-low").content.decode()
    for part in ("Demo (low)", "English (US) · low", "22,050 Hz", "GPL-3.0-or-later", "3 speakers", "<li>mid</li>"):
        assert part in body
    assert 'href="/speak?voice=en_US-demo-low"' in body
    assert page(alice).get("/voices/demo").status_code == 200, "by another name of it"
    assert page(alice).get("/voices/nobody").status_code == 404
    assert page(alice).post("/voices/demo").status_code == 405
    assert client.get("/voices/demo", headers={"accept": "text/html"}).url == "/login?next=/voices/demo"


def test_a_voice_that_is_not_here_leads_staff_to_the_catalogue(page, alice, bob, demo):
    Voice.objects.create(
        voice_id="en_US-amy-low", name="Amy", language="en_US", engine="piper", sample_rate=16_000, available=False
    )
    body = page(alice).get("/voices/en_US-amy-low").content.decode()
    assert "Ask whoever runs this installation to download it." in body
    assert "/voices/catalogue/en_US-amy-low" not in body
    assert "/speak?voice=" not in body
    assert 'href="/voices/catalogue/en_US-amy-low"' in page(bob).get("/voices/en_US-amy-low").content.decode()
