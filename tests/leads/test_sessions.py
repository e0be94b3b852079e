"""Starting conversations, by the action and by the API."""

import datetime as dt
import re

import pytest

from config import breaker, times
from leads.actions import sessions
from leads.models import ConversationSession
from tests.accounts.conftest import join_team_of
from tests.leads.leads import make_lead
from voices.actions import audio_files
from voices.models import AudioFile

URL = "/api/sessions"
KEYS = {"session_id", "start_time", "end_time", "items", "total_items", "duration_seconds", "lead_generated", "lead_id"}
KEYS |= {"channel", "audio_file_id", "metadata", "created_at", "updated_at"}
LEAD_ITEM = {"type": "function_call", "name": "create_lead", "arguments": "{}"}
NONE = "6740a1b2c3d4e5f60123abcd"


def post(client, body):
    return client.post(URL, body, content_type="application/json")


@pytest.fixture
def sound(alice):
    return AudioFile.objects.create(user=alice, s3_key="a.wav", name="a.wav")


def test_start(api, alice):
    before = times.now()
    answer = post(api(alice), {})
    session = answer.json()
    assert answer.status_code == 201
    assert session.keys() == KEYS
    assert re.fullmatch(r"session_\d{8}_\d{6}_[0-9a-f]{8}", session["session_id"])
    assert answer["Location"] == f"/api/sessions/{session['session_id']}"
    assert before <= dt.datetime.fromisoformat(session["start_time"]) <= times.now()
    assert (session["channel"], session["items"], session["metadata"], session["duration_seconds"]) == (
        "voice",
        [],
        {},
        0,
    )
    assert (session["end_time"], session["lead_generated"], session["lead_id"]) == (None, False, None)
    assert api(alice).get(answer["Location"]).json() == session


def test_start_with_everything(api, alice, sound):
    told = {"session_id": "a.B_c:1-", "start_time": "2026-11-02T09:00:00.000Z", "channel": "web"}
    told |= {"metadata": {"phone": "+47 22 00 00 00"}, "items": [{"type": "message"}, 1], "audio_file_id": sound.pk}
    answer = post(api(alice), told)
    assert answer.status_code == 201
    assert told.items() <= answer.json().items()
    assert answer.json()["total_items"] == 2
    assert ConversationSession.objects.get().country == "NO"


def test_a_known_one_takes_what_is_given(api, alice):
    client = api(alice)
    first = {"session_id": "call", "channel": "web", "metadata": {"a": 1, "b": 1}, "items": [1, 2]}
    made = post(client, first | {"start_time": "2026-11-02T09:00:00Z"}).json()
    answer = post(client, {"session_id": "call", "metadata": {"b": 2, "c": 2}})
    assert answer.status_code == 200
    assert answer.json() == made | {"metadata": {"a": 1, "b": 2, "c": 2}, "updated_at": answer.json()["updated_at"]}
    assert post(client, {"session_id": "call", "items": [3], "channel": "voice"}).json()["items"] == [3]
    assert (
        post(client, {"session_id": "call", "start_time": "2026-11-02T08:00:00Z"})
        .json()["start_time"]
        .startswith("2026-11-02T08")
    )
    assert ConversationSession.objects.count() == 1


def test_one_that_events_have_made_starts_with_them(api, alice):
    event = {"session_id": "call", "role": "user", "content": "Hello.", "timestamp": "2026-11-02T09:00:00Z"}
    api(alice).post("/api/transcripts/events", event, content_type="application/json")
    answer = post(api(alice), {"session_id": "call"})
    assert (answer.status_code, answer.json()["start_time"]) == (200, "2026-11-02T09:00:00.000Z")


def test_an_item_that_makes_a_lead(api, alice):
    client = api(alice)
    assert post(client, {"session_id": "call", "items": [1, "x", None, LEAD_ITEM]}).json()["lead_generated"]
    assert not post(client, {"session_id": "call", "items": [LEAD_ITEM | {"name": "send_mail"}]}).json()[
        "lead_generated"
    ]


def test_it_finds_the_lead_that_names_it(api, alice, charlie):
    make_lead(charlie, session_id="call")
    lead = make_lead(alice, session_id="call")
    answer = post(api(alice), {"session_id": "call"})
    assert (answer.json()["lead_id"], answer.json()["lead_generated"]) == (lead.pk, True)


def test_each_team_has_its_own(api, alice, charlie):
    statuses = [post(api(person), {"session_id": "call"}).status_code for person in (alice, charlie)]
    assert statuses == [201, 201]
    assert post(api(join_team_of(alice, "mate")), {"session_id": "call"}).status_code == 200


NESTED: list[object] = []
for _ in range(60):
    NESTED = [NESTED]
BAD = {
    "slash": ({"session_id": "a/b"}, "session_id"),
    "empty": ({"session_id": ""}, "session_id"),
    "long": ({"session_id": "x" * 129}, "session_id"),
    "search": ({"session_id": "search"}, "session_id"),
    "channel": ({"channel": "fax"}, "channel"),
    "far ahead": ({"start_time": "2999-01-01T00:00:00Z"}, "start_time"),
    "before 1970": ({"start_time": "1900-01-01T00:00:00Z"}, "start_time"),
    "no time": ({"start_time": "soon"}, "start_time"),
    "metadata is a list": ({"metadata": []}, "metadata"),
    "NUL in metadata": ({"metadata": {"a": {"b\0": 1}}}, "metadata"),
    "65 KB of metadata": ({"metadata": {"a": "x" * 66_000}}, "metadata"),
    "items are an object": ({"items": {}}, "items"),
    "half a pair in items": ({"items": [{"a": "\ud800"}]}, "items"),
    "items too deep": ({"items": NESTED}, "items"),
    "long number in items": ({"items": [10**20]}, "items"),
    "no id of a file": ({"audio_file_id": "x"}, "audio_file_id"),
    "no such file": ({"audio_file_id": NONE}, "audio_file_id"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad(api, alice, name):
    body, field = BAD[name]
    answer = post(api(alice), body)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", field])
    assert not ConversationSession.objects.exists()


def test_a_sound_of_somebody_else(api, charlie, sound):
    assert post(api(charlie), {"audio_file_id": sound.pk}).status_code == 422


def test_items_up_to_2_mb(api, alice):
    statuses = [post(api(alice), {"items": ["x" * size]}).status_code for size in (2**21 - 4, 2**21 - 3, 10 * 2**20)]
    assert statuses == [201, 413, 413]
    assert ConversationSession.objects.count() == 1


def test_metadata_does_not_grow_without_end(api, alice):
    client = api(alice)
    statuses = [post(client, {"session_id": "call", "metadata": {str(n): "x" * 60_000}}).status_code for n in range(20)]
    assert statuses == [201] + [200] * 16 + [422] * 3


def test_journaled_while_the_database_is_away(api, alice, monkeypatch):
    client = api(alice)
    post(client, {})
    monkeypatch.setattr(breaker, "is_open", lambda: True)
    answer = post(client, {"session_id": "call", "audio_file_id": NONE})
    assert (answer.status_code, answer.json()) == (202, {"status": "journaled", "session_id": "call"})
    made = post(client, {}).json()
    assert made["session_id"].startswith("session_")


def test_a_write_that_is_done_twice_makes_one(alice):
    taken = sessions.start_session(by=alice, metadata={"a": 1})
    before = ConversationSession.objects.values().get()
    session, is_new = sessions.write_session(taken.record)
    assert not is_new
    now = ConversationSession.objects.values().get()
    changed = {name for name in now if now[name] != before[name]}
    assert changed <= {"revision", "updated_at"}


def test_a_sound_that_went_while_the_record_waited(alice, sound, monkeypatch):
    monkeypatch.setattr(breaker, "is_open", lambda: True)
    taken = sessions.start_session(by=alice, audio_file_id=sound.pk, metadata={"a": 1})
    audio_files.delete_file(by=alice, file=sound)
    session, _ = sessions.write_session(taken.record)
    assert (session.audio_file_id, session.metadata) == (None, {"audio_file_id": sound.pk, "a": 1})


def test_made_ids_differ(alice):
    made = {sessions.start_session(by=alice).record.data["session_id"] for _ in range(20)}
    assert len(made) == 20


def test_a_deleted_sound_leaves_the_conversation(alice, sound):
    sessions.start_session(by=alice, session_id="call", audio_file_id=sound.pk)
    audio_files.delete_file(by=alice, file=sound)
    assert ConversationSession.objects.get().audio_file_id is None


def test_show(api, alice, charlie):
    post(api(alice), {"session_id": "call"})
    paths = ["call", "other", "a%2Fb", "x" * 129, "search", "a%00b"]
    assert [api(alice).get(f"{URL}/{path}").status_code for path in paths] == [200, 404, 404, 404, 404, 404]
    assert api(charlie).get(f"{URL}/call").status_code == 404


def test_ids_differ_in_case(api, alice):
    statuses = [post(api(alice), {"session_id": name}).status_code for name in ("call", "Call", "CALL")]
    assert statuses == [201, 201, 201]
    assert api(alice).get(f"{URL}/cALL").status_code == 404
