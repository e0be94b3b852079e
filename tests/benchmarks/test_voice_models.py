"""A library of 10,000 voice models: the cost of its pages and of its search, and how the database finds the rows."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import times
from config.paging import encode
from tests.benchmarks.turns import in_turns
from voices.models import State, VoiceModel

MODELS = 10_000
ROUNDS = 40
LISTS = {
    "GET /api/voice-models?limit=20": ("/api/voice-models", {"limit": 20}),
    "GET /voices?part=mine": ("/voices", {"part": "mine"}),
}
SEARCHES = {
    "nothing": {},
    "`q`, in every model": {"q": "harbour"},
    "`q`, in one in a hundred": {"q": "quay 7 "},
    "`q`, in none": {"q": "lighthouse"},
    "`tag`, on one in fifty": {"tag": "tag 7"},
}


@pytest.fixture
def many(alice, charlie):
    """As many of another account, which nobody should have to walk past."""
    start = times.now() - dt.timedelta(days=1)
    models = [make(user, number, start) for number in range(MODELS) for user in (alice, charlie)]
    VoiceModel.objects.bulk_create(models, batch_size=500)
    return [model for model in models if model.user_id == alice.pk]


def make(user, number, start):
    model = VoiceModel(
        user=user,
        model_id=f"{user.pk}-{number}",
        name=f"Harbour {number}, quay {number % 100} ",
        description="A calm voice for announcements in the evening. " * 4,
        tags=["calm", f"tag {number % 50}"],
        state=State.TRAINED,
        peaks=[50] * 100,
        created_at=start + dt.timedelta(seconds=number),
    )
    model.search = model.words()
    return model


def questions(client, path, query):
    """How often the table of voice models is asked for one answer."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path, query).status_code == 200
    return len([entry for entry in asked if re.search(r"\bvoice_models\b", entry["sql"])])


def test_first_and_last_page_of_10_000_models(api, page, alice, many):
    last = {"cursor": encode(many[20])}
    print(f"\n\n{MODELS:,} voice models, median of {ROUNDS} rounds, turn by turn\n")
    print("| door | first page | last page | last / first | questions to the table |\n|---|---|---|---|---|")
    for name, (path, query) in LISTS.items():
        client = (api if path.startswith("/api") else page)(alice)
        asked = questions(client, path, query | last)
        first, end = in_turns(ROUNDS, (client.get, path, query), (client.get, path, query | last))
        print(f"| `{name}` | {first:.1f} ms | {end:.1f} ms | {end / first:.2f} | {asked} |")


def test_searching_10_000_models(api, page, alice, many):
    print(f"\n\nThe first page of what is found among {MODELS:,} voice models, median of {ROUNDS} rounds\n")
    print(f"| search | {' | '.join(f'`{name}`' for name in LISTS)} | found by |\n|---|---|---|---|")
    for words, search in SEARCHES.items():
        clients = [((api if path.startswith("/api") else page)(alice), path, query) for path, query in LISTS.values()]
        taken = in_turns(ROUNDS, *((client.get, path, query | search) for client, path, query in clients))
        cells = " | ".join(f"{each:.1f} ms" for each in taken)
        print(f"| {words} | {cells} | {how_found(VoiceModel.objects.owned_by(alice).matching(**search))} |")


def how_found(rows):
    """The index that the database names for a page of these rows; it says when it has to sort them first."""
    plan = rows.order_by("-created_at", "-pk")[:21].explain()
    index = re.search(r"voice_models_\w+", plan)
    return f"{index[0] if index else 'no index'}{', sorted' if re.search('TEMP B-TREE|SORT', plan) else ''}"
