"""Pages and keys read one table at a time: MongoDB joins tables whole before it looks which rows are asked for."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import invitations, keys
from jobs import actions
from tests.accounts.conftest import join_team_of
from tests.leads.leads import make_lead
from tests.leads.talks import make_event, make_session
from tests.voices.models import make_echo, make_model
from tests.voices.sounds import sound
from voices.models import AudioFile

PAGES = ("/speak", "/jobs", "/voices", "/voices?part=shared", "/echos", "/echos/new", "/voice-models/new")
PAGES_OF_ONE = ("/voice-models/{model.pk}", "/speak?model={model.pk}", "/echos/{echo.pk}", "/echos/{echo.pk}/change")


@pytest.mark.parametrize("path", PAGES + PAGES_OF_ONE)
def test_no_page_joins(page, alice, demo, path):
    client, echo = page(alice), make_echo(alice)
    model = make_model(alice, echo=echo)
    make_model(join_team_of(alice, "mate"), visibility="shared")
    actions.start_job(by=alice, text="Ropes creak.")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path.format(model=model, echo=echo)).status_code == 200
    asked = [query["sql"] for query in queries]
    assert asked
    assert not [sql for sql in asked if " JOIN " in sql or "$lookup" in sql]


DESK = ("/conversations", "/conversations/call_1", "/conversations/call_1/events")
FIGURES = ("/analytics?days=all", "/reports/weekly?week=2026-W45", "/api/reports/weekly?week=2026-W45&format=html")
ANSWERS = ("/api/sessions", "/api/sessions/call_1", "/api/transcripts/call_1")


@pytest.mark.parametrize("path", DESK + FIGURES + ANSWERS)
def test_nothing_of_the_desk_joins(api, page, alice, path):
    api(alice).post("/api/audio-file", {"file": ContentFile(sound(), "call.wav")})
    make_session(alice, lead=make_lead(alice), lead_generated=True, audio_file=AudioFile.objects.get())
    make_event(alice)
    client, headers = page(alice), {"HX-Request": "true"} if path.endswith("/events") else {}
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers=headers).status_code == 200
    assert queries.captured_queries
    assert not [sql for sql in (query["sql"] for query in queries) if " JOIN " in sql or "$lookup" in sql]


def test_a_call_with_a_key_does_not_join(alice):
    _, text = keys.create_key(by=alice, name="Robot")
    invitation = invitations.invite(by=alice)[1]
    with CaptureQueriesContext(connection) as queries:
        assert Client(headers={"x-api-key": text}).get("/api/user").status_code == 200
        assert Client().get(invitation).status_code == 200
    assert not [sql for sql in (query["sql"] for query in queries) if " JOIN " in sql or "$lookup" in sql]
