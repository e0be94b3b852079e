"""All that is known of a lead, as a zip."""

import io
import json
import tracemalloc
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import AuditEntry, Event
from leads.actions import leads, sessions
from leads.models import Lead, LeadAlias, MessageMedia
from leads.privacy import lead_archive
from tests.leads.leads import PERSON, make_lead
from tests.leads.privacy.people import make_chat, make_person
from tests.leads.talks import make_events
from voices.models import AudioFile


@pytest.fixture
def lead(alice):
    lead = make_person(alice)
    make_chat(alice, lead)
    return lead


def opened(answer) -> ZipFile:
    zipped = ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert zipped.testzip() is None
    return zipped


def test_all_is_in_it(api, alice, lead):
    answer = api(alice).get(f"/api/leads/{lead.pk}/data")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "private, no-store")
    assert answer["Content-Disposition"] == f'attachment; filename="lead-{lead.pk}.zip"'
    zipped = opened(answer)
    read = {name: zipped.read(name) for name in zipped.namelist()}
    told = json.loads(read["lead.json"])
    assert {name: told["lead"][name] for name in PERSON} == PERSON
    assert (told["aliases"], [note["text"] for note in told["notes"]]) == (
        [LeadAlias.objects.get().pk],
        ["Ann called."],
    )
    assert [step["to_status"] for step in told["history"]] == ["new", "closed"]
    talk = json.loads(read["conversations/call 1.json"])
    assert [event["content"] for event in talk["events"]] == ["I am Ann.", "Hello Ann."]
    assert talk["items"] == [{"content": "Ann speaks."}]
    (chat_id,) = told["chats"]
    chat = json.loads(read[f"chats/{chat_id}.json"])
    assert (chat["phone_number"], [message["content"] for message in chat["messages"]]) == (
        "4915112345678",
        ["Ann writes."],
    )
    assert b"a face" in read.values()
    assert b"RIFF of a voice" in read.values()
    assert len(read) == 6


def test_the_trail_has_it(api, page, alice, charlie, lead):
    opened(page(alice).get(f"/leads/{lead.pk}/data"))
    api(charlie).get(f"/api/leads/{lead.pk}/data")
    entry = AuditEntry.objects.get(event=Event.LEAD_DATA_TAKEN)
    assert (entry.user, entry.words) == (alice, f"Lead {lead.pk}")
    assert page(alice).post(f"/leads/{lead.pk}/data").status_code == 405


def test_of_a_lead_alone(alice):
    zipped = ZipFile(io.BytesIO(b"".join(lead_archive.parts(make_lead(alice)))))
    assert zipped.namelist() == ["lead.json"]


def test_no_conversation_takes_the_place_of_another(alice, lead):
    """Whose ids are one name for a file."""
    for session_id in ("call.1", "CALL.1", "call.1.", ".", ".."):
        leads.create_lead(by=alice, **PERSON, session_id=session_id)
        sessions.start_session(by=alice, session_id=session_id)
    names = ZipFile(io.BytesIO(b"".join(lead_archive.parts(lead)))).namelist()
    talks = sorted(name for name in names if name.startswith("conversations/") and name.endswith(".json"))
    assert len(talks) == 7  # with the call and the chat there were
    assert len({name.casefold() for name in names}) == len(names)


def test_files_that_are_gone_are_named(alice, lead):
    for name in (MessageMedia.objects.get().path, AudioFile.objects.get().s3_key):
        default_storage.delete(name)
    zipped = ZipFile(io.BytesIO(b"".join(lead_archive.parts(lead))))
    assert zipped.read("missing.txt").decode().count("\n") == 4


def test_memory_is_bounded(alice, lead):
    """Of 20,000 characters in each of 300 events, and a file of 24 MB, a few parts are in memory at a time."""
    make_events(alice, *(f"{number} " * 5_000 for number in range(300)), session_id="call:1")
    name = default_storage.save("files/long.wav", ContentFile(bytes(24 * 2**20)))
    AudioFile.objects.update(s3_key=name)
    lead = Lead.objects.get(pk=lead.pk)
    tracemalloc.start()
    try:
        size = sum(map(len, lead_archive.parts(lead)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 24 * 2**20
    assert peak < 12 * 2**20
