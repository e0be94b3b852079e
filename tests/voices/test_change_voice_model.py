"""Names, descriptions, tags, sharing and echos of voice models, through the action, the API and the pages."""

import pytest

from config.errors import NotFound
from config.ids import new_id
from tests.accounts.conftest import join_team_of
from tests.voices.models import make_echo, make_model
from voices.actions import voice_models
from voices.actions.links import NO_ECHO
from voices.models import Visibility, VoiceModel

FORM = {"name": "Quay", "description": "By the water.\r\nCalm.", "tags": " calm,, Evening ,calm"}


@pytest.fixture
def mate(alice):
    return join_team_of(alice, "mate")


@pytest.fixture
def patch(api, voice_model):
    return lambda user, **changes: api(user).patch(f"/api/voice-models/{voice_model.pk}", changes, "application/json")


def link(api, user, model_id, **body):
    return api(user).post(f"/api/voice-models/{model_id}/link", body, "application/json")


def test_api_changes_what_is_sent_and_nothing_else(patch, alice, voice_model):
    answer = patch(alice, name="  Quay\n by  night ", tags=["calm", " Calm ", "Evening"])
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["tags"]) == ("Quay by night", ["calm", "Evening"])
    assert patch(alice, description=" Slow. ", visibility="shared").json()["visibility"] == "shared"
    row = VoiceModel.objects.get()
    assert (row.name, row.description, row.tags, row.visibility) == (
        "Quay by night",
        "Slow.",
        ["calm", "Evening"],
        "shared",
    )
    assert (row.model_id, row.version, row.state) == (voice_model.model_id, 1, "trained")


def test_what_is_changed_is_found_by_its_new_words(patch, alice):
    patch(alice, name="QUAY", tags=["Évening"])
    for asked, count in (({"q": "quay"}, 1), ({"tag": "évening"}, 1), ({"q": "harbour"}, 0)):
        assert VoiceModel.objects.matching(**asked).count() == count


@pytest.mark.parametrize("changes", [{}, {"name": None}, {"tags": None, "visibility": None}, {"name": "Harbour"}])
def test_api_takes_a_change_that_changes_nothing(patch, alice, voice_model, changes):
    assert patch(alice, **changes).status_code == 200
    row = VoiceModel.objects.get()
    assert (row.name, row.tags, row.visibility, row.search) == ("Harbour", [], "private", voice_model.search)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " \u200b "),
        ("name", "a" * 201),
        ("name", "a\0b"),
        ("name", 5),
        ("description", "a" * 2_001),
        ("description", "\ud800"),
        ("tags", "calm"),
        ("tags", [""]),
        ("tags", ["a" * 41]),
        ("tags", ["one, two"]),
        ("tags", [f"tag {number}" for number in range(11)]),
        ("tags", ["a\0b"]),
        ("visibility", "public"),
        ("visibility", ""),
        ("echo_id", "nonsense"),
        ("echo_id", 5),
        ("echo_id", ""),
    ],
)
def test_api_refuses_what_can_not_be_taken_and_changes_nothing(patch, alice, field, value):
    answer = patch(alice, **{"name": "Other", "description": "Other"} | {field: value})
    assert answer.status_code == 422
    assert field in answer.json()["errors"][0]["loc"]
    assert VoiceModel.objects.get().name == "Harbour"


def test_api_keeps_ten_tags_of_forty_characters(patch, alice):
    tags = [f"{number}{'a' * 39}" for number in range(10)]
    assert patch(alice, tags=[*tags, tags[0].upper()]).json()["tags"] == tags


def test_only_its_owner_changes_it(patch, client, alice, bob, charlie, mate, voice_model):
    for person in (mate, bob, charlie):
        assert patch(person, name="Mine").status_code == 404
    patch(alice, visibility="shared")
    answer = patch(mate, name="Mine")
    assert (answer.status_code, answer.json()["detail"]) == (403, voice_models.NOT_YOURS)
    assert [patch(person, name="Mine").status_code for person in (bob, charlie)] == [404, 404]
    assert client.patch(f"/api/voice-models/{voice_model.pk}", {}, "application/json").status_code == 401
    assert VoiceModel.objects.get().name == "Harbour"


def test_who_goes_to_another_team_shares_nothing_there(patch, api, alice, charlie, mate, voice_model):
    VoiceModel.objects.update(user=mate, visibility="shared")
    make_model(alice, visibility="shared")
    assert api(mate).post("/api/team/leave", {}, "application/json").status_code == 204
    assert list(VoiceModel.objects.values_list("user__email", "visibility").order_by("user__email")) == [
        ("alice@example.com", "shared"),
        ("mate@example.com", "private"),
    ]


def test_what_is_shared_no_more_is_gone_for_the_team(patch, api, alice, mate, voice_model):
    patch(alice, visibility="shared")
    address = f"/api/voice-models/{voice_model.pk}"
    assert api(mate).get(address).status_code == 200
    patch(alice, visibility="private")
    assert api(mate).get(address).status_code == 404


def test_api_links_and_unlinks_an_echo(patch, alice, echo):
    assert patch(alice, echo_id=echo.pk.upper(), name="Quay").json()["echo_id"] == echo.pk
    assert patch(alice, name="Pier").json()["echo_id"] == echo.pk
    assert patch(alice, echo_id=None).json()["echo_id"] is None
    assert patch(alice, echo_id=None).json()["echo_id"] is None
    row = VoiceModel.objects.get()
    assert (row.echo_id, row.name) == (None, "Pier")


def test_api_links_no_echo_of_somebody_else(patch, api, alice, charlie, voice_model):
    theirs = make_echo(charlie).pk
    for echo_id in (theirs, new_id()):
        answers = patch(alice, echo_id=echo_id, name="Quay"), link(api, alice, voice_model.pk, echo_id=echo_id)
        assert [(answer.status_code, answer.json()["detail"]) for answer in answers] == [(404, NO_ECHO)] * 2
    row = VoiceModel.objects.get()
    assert (row.echo_id, row.name) == (None, "Harbour")


def test_the_door_for_links_moves_the_echo(api, alice, mate, charlie, voice_model, echo):
    other = make_model(alice, visibility=Visibility.SHARED)
    assert link(api, alice, voice_model.model_id, echo_id=echo.pk).json()["echo_id"] == echo.pk
    assert link(api, alice, other.pk, echo_id=echo.pk).json()["echo_id"] == echo.pk
    voice_model.refresh_from_db()
    assert voice_model.echo_id is None
    assert link(api, mate, other.pk, echo_id=make_echo(mate).pk).status_code == 403
    assert link(api, charlie, other.pk, echo_id=make_echo(charlie).pk).status_code == 404


@pytest.mark.parametrize("body", [{}, {"echo_id": None}, {"echo_id": "nonsense"}, {"echo_id": 7}])
def test_the_door_for_links_refuses_malformed_ids(api, alice, voice_model, body):
    assert link(api, alice, voice_model.pk, **body).status_code == 422


def test_the_door_for_links_needs_a_credential_and_takes_post_only(api, client, alice, voice_model, echo):
    address = f"/api/voice-models/{voice_model.pk}/link"
    assert client.post(address, {"echo_id": echo.pk}, "application/json").status_code == 401
    assert api(alice).get(address).status_code == 405


def test_two_changes_at_once_leave_all_words_to_search(alice, voice_model):
    late = VoiceModel.objects.get()
    voice_models.change_model(by=alice, model=voice_model, tags=["calm"])
    voice_models.change_model(by=alice, model=late, name="Quay")
    row = VoiceModel.objects.get()
    assert (row.name, row.tags, row.search) == ("Quay", ["calm"], row.words())


def test_a_model_that_was_deleted_meanwhile_is_not_found(alice, voice_model):
    late = VoiceModel.objects.get()
    voice_models.delete_model(by=alice, model=voice_model)
    with pytest.raises(NotFound):
        voice_models.change_model(by=alice, model=late, name="Quay")
    assert not VoiceModel.objects.exists()


def test_page_changes_the_words(page, alice, voice_model):
    address = f"/voice-models/{voice_model.pk}/change"
    assert 'value="Harbour"' in page(alice).get(address).content.decode()
    answer = page(alice).post(address, FORM)
    assert (answer.status_code, answer.url) == (302, f"/voice-models/{voice_model.pk}")
    row = VoiceModel.objects.get()
    assert (row.name, row.description, row.tags) == ("Quay", "By the water.\nCalm.", ["calm", "Evening"])
    assert 'value="calm, Evening"' in page(alice).get(address).content.decode()
    page(alice).post(address, {"name": "Quay"})
    row.refresh_from_db()
    assert (row.description, row.tags) == ("", [])


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Name the voice model."),
        ("tags", "a" * 41, "A tag has 1 to 40 characters and no comma."),
        ("description", "a" * 2_001, "Describe the voice model in at most 2,000 characters."),
    ],
)
def test_page_shows_what_is_wrong_at_its_field(page, alice, voice_model, field, value, sentence):
    answer = page(alice).post(f"/voice-models/{voice_model.pk}/change", FORM | {field: value})
    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert VoiceModel.objects.get().name == "Harbour"


def test_page_shares_and_stops_sharing(page, alice, voice_model):
    address = f"/voice-models/{voice_model.pk}/share"
    answer = page(alice).post(address, {"visibility": "shared"}, follow=True)
    assert "Harbour is shared with your team." in answer.content.decode()
    assert VoiceModel.objects.get().is_shared
    answer = page(alice).post(address, {"visibility": "private"}, follow=True)
    assert "Harbour is yours alone again." in answer.content.decode()
    assert not VoiceModel.objects.get().is_shared
    assert page(alice).get(address).status_code == 405


@pytest.mark.parametrize("rest", ["change", "share"])
def test_pages_refuse_others(page, client, alice, bob, charlie, mate, voice_model, rest):
    address = f"/voice-models/{voice_model.pk}/{rest}"
    assert [page(person).post(address, FORM).status_code for person in (mate, bob, charlie)] == [404, 404, 404]
    VoiceModel.objects.update(visibility=Visibility.SHARED)
    assert [page(person).post(address, FORM).status_code for person in (mate, bob, charlie)] == [403, 404, 404]
    assert client.post(address, FORM).url.startswith("/login")
    row = VoiceModel.objects.get()
    assert (row.name, row.visibility) == ("Harbour", "shared")
