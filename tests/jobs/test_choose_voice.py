"""What /speak offers to speak with, and what the lists call it afterwards."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs import actions, choices
from jobs.models import Job
from tests.accounts.conftest import join_team_of
from tests.voices.models import make_echo, make_model
from voices.models import UnsavedModel, VoiceModel


@pytest.fixture
def client(page, alice, demo):
    return page(alice)


@pytest.fixture
def keeper(alice, demo):
    return make_echo(alice)


def form_of(client, query=""):
    return client.get(f"/speak{query}").context["form"]


def groups(form):
    return {title: dict(options) for title, options in form.fields["voice_id"].choices}


def send(client, **fields):
    return client.post("/speak", {"text": "Ropes creak.", "speed": "", "format": "wav"} | fields)


def test_the_list_has_all_that_can_speak(client, alice, charlie, keeper, model):
    mate = join_team_of(alice, "mate")
    shared = make_model(mate, name="Dock", visibility="shared", version=2)
    for user, fields in ((mate, {}), (alice, {"state": "training"}), (alice, {"state": "failed"}), (charlie, {})):
        make_model(user, name="Hidden", **fields)
    make_echo(charlie, name="Hidden")
    assert groups(form_of(client)) == {
        "Voice models": {
            f"model:{shared.model_id}": "Dock, version 2, shared by Mate",
            f"model:{model.model_id}": "Harbour",
        },
        "Echos": {f"echo:{keeper.pk}": "Keeper"},
        "Voices": {"en_US-demo-low": "Demo (low), English (US)"},
    }


def test_it_starts_with_the_default_voice_at_its_own_speed(client, model):
    form = form_of(client)
    assert (form["voice_id"].value(), form["speed"].value()) == ("en_US-demo-low", None)
    assert form.fields["speed"].widget.choices[0] == ("", "Its own")


def test_what_was_chosen_elsewhere_is_chosen(client, keeper, model):
    for query, value in (
        (f"?model={model.pk}", f"model:{model.model_id}"),
        (f"?model={model.model_id}", f"model:{model.model_id}"),
        (f"?echo={keeper.pk}", f"echo:{keeper.pk}"),
        ("?voice=demo", "en_US-demo-low"),
        ("?voice=nobody", "en_US-demo-low"),
        ("?model=%00&echo=x", "en_US-demo-low"),
    ):
        assert form_of(client, query)["voice_id"].value() == value


def test_somebody_elses_is_not_chosen(page, charlie, keeper, model):
    for query in (f"?model={model.pk}", f"?echo={keeper.pk}"):
        assert form_of(page(charlie), query)["voice_id"].value() == "en_US-demo-low"


def test_a_job_with_a_model_and_one_with_an_echo(client, keeper, model):
    send(client, voice_id=f"model:{model.model_id}", speed="1.25")
    send(client, voice_id=f"echo:{keeper.pk}")
    fields = ("voice_id", "model_id", "echo_id", "speed")
    assert list(Job.objects.order_by("job_id").values_list(*fields)) == [
        ("", model.model_id, "", 1.25),
        ("en_US-demo-low", "", keeper.pk, 1.0),
    ]
    for job_id, value in ((1, f"model:{model.model_id}"), (2, f"echo:{keeper.pk}")):
        assert form_of(client, f"?again={job_id}")["voice_id"].value() == value


def test_an_unsaved_model_is_offered_again(client, alice, fish):
    model_id = fish.add_model()["_id"]
    UnsavedModel.objects.create(user=alice, model_id=model_id, name="Passing")
    actions.start_job(by=alice, text="Ropes creak.", model_id=model_id)
    assert groups(form_of(client, "?again=1"))["Voice models"] == {f"model:{model_id}": "Passing"}
    assert send(client, voice_id=f"model:{model_id}").status_code == 302


def test_an_old_one_beyond_the_list_can_be_chosen_too(client, alice, model, monkeypatch):
    monkeypatch.setattr(choices, "LISTED", 1)
    make_model(alice, name="Newer")
    assert set(groups(form_of(client))["Voice models"].values()) == {"Newer"}
    assert set(groups(form_of(client, f"?model={model.pk}"))["Voice models"].values()) == {"Newer", "Harbour"}
    assert send(client, voice_id=f"model:{model.model_id}").status_code == 302


def test_what_is_not_in_the_list_is_refused(client, page, charlie, keeper, model):
    for value in (f"model:{model.model_id}", f"echo:{keeper.pk}", "echo:x", "model:", "voice:"):
        form = send(page(charlie), voice_id=value).context["form"]
        assert form.errors == {"voice_id": ["Choose one of the list."]}
    assert not Job.objects.exists()


def test_a_model_alone_is_enough_to_speak(page, alice, model):
    assert b"No voice is ready" not in page(alice).get("/speak").content


# What the lists call it


def names(client):
    return [job.voice_name for job in client.get("/jobs").context["jobs"]]


def test_the_names(client, alice, keeper, model):
    make_model(alice, echo=keeper, name="Linked")
    for fields in ({}, {"model_id": model.pk}, {"echo_id": keeper.pk}):
        actions.start_job(by=alice, text="Ropes creak.", **fields)
    assert names(client) == ["Keeper", "Harbour", "Demo (low)"]
    for number, name in enumerate(["Demo (low)", "Harbour", "Keeper"], 1):
        assert f"{name} · WAV" in client.get(f"/jobs/{number}").content.decode()
    keeper.delete()
    assert names(client) == ["Linked", "Harbour", "Demo (low)"]
    VoiceModel.objects.all().delete()
    assert names(client) == ["deleted voice model", "deleted voice model", "Demo (low)"]


def test_a_model_that_is_not_shared_any_more_keeps_its_name_to_itself(page, alice, demo, model):
    mate = join_team_of(alice, "mate")
    VoiceModel.objects.update(visibility="shared")
    actions.start_job(by=mate, text="Ropes creak.", model_id=model.pk)
    assert names(page(mate)) == ["Harbour"]
    VoiceModel.objects.update(visibility="private")
    assert names(page(mate)) == ["voice model no longer shared"]


def test_a_page_of_jobs_takes_no_more_queries_than_one(client, alice, fish, known_model):
    def queries():
        client.get("/jobs")
        with CaptureQueriesContext(connection) as captured:
            client.get("/jobs")
        return len(captured)

    def start():
        echo = make_echo(alice)
        actions.start_job(by=alice, text="Ropes creak.", model_id=known_model(alice).pk)
        actions.start_job(by=alice, text="Ropes creak.", echo_id=echo.pk)

    start()
    one = queries()
    for _ in range(4):
        start()
    assert queries() == one
