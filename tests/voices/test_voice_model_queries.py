"""Which voice models a question finds, on both databases alike."""

import datetime as dt

import pytest

from accounts.models import User
from config import times
from config.ids import from_uuid, new_id
from tests.accounts.conftest import join_team_of
from tests.voices.models import make_echo, make_model
from voices.models import EngineDeletion, State, Visibility, VoiceModel

UUID = "8c0b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
ODD = [
    "(",
    "a.b",
    "*",
    "100%",
    "_",
    "it's",
    '"loud"',
    "[a-z]",
    "$&",
    "^",
    "a\\b",
    "ä|ö",
    "{1}",
    "?",
    "#1",
    "C#",
    "Ünï",
    "🐚",
]


def found(rows):
    return sorted(rows.values_list("name", flat=True))


@pytest.fixture
def team(alice, charlie):
    """Alice and a mate, each with a model to share and one for themselves; Charlie shares with nobody they know."""
    mate = join_team_of(alice, "mate")
    for person in (alice, mate, charlie):
        for visibility in Visibility:
            make_model(person, name=f"{person.name} {visibility}", visibility=visibility)
    return mate


def test_models_that_a_person_may_use(alice, charlie, team):
    assert found(VoiceModel.objects.usable_by(alice)) == ["Alice private", "Alice shared", "Mate shared"]
    assert found(VoiceModel.objects.usable_by(team)) == ["Alice shared", "Mate private", "Mate shared"]
    assert found(VoiceModel.objects.usable_by(charlie)) == ["Charlie private", "Charlie shared"]


def test_models_that_the_team_shares(alice, charlie, team):
    assert found(VoiceModel.objects.shared_with(alice)) == ["Mate shared"]
    assert found(VoiceModel.objects.shared_with(team)) == ["Alice shared"]
    assert found(VoiceModel.objects.shared_with(charlie)) == []
    assert not VoiceModel.objects.shared_with(charlie).exists()
    assert VoiceModel.objects.shared_with(charlie).count() == 0


def test_models_of_somebody_who_leaves_are_shared_no_more(alice, team):
    User.objects.filter(pk=team.pk).update(deleted_at=times.now())
    assert found(VoiceModel.objects.usable_by(alice)) == ["Alice private", "Alice shared"]
    assert found(VoiceModel.objects.shared_with(alice)) == []


def test_a_model_is_found_by_each_of_its_ids(alice):
    model = make_model(alice, pk=from_uuid(UUID), model_id="8ef4a238714b45718ce04243307c57a7")
    other = make_model(alice)
    for text in (model.pk, model.pk.upper(), UUID, UUID.upper(), model.model_id):
        assert [row.pk for row in VoiceModel.objects.with_id(text)] == [model.pk]
    assert VoiceModel.objects.with_id(other.model_id).get() == other


@pytest.mark.parametrize(
    "text", ["", "nonsense", "a" * 24, "a" * 32, "8EF4A238714B45718CE04243307C57A7", "é'\"$gt", UUID]
)
def test_no_model_is_found_by_anything_else(alice, text):
    make_model(alice, model_id="8ef4a238714b45718ce04243307c57a7")
    assert not VoiceModel.objects.with_id(text).exists()


def test_ids_and_owners_are_asked_for_together(alice, charlie, team):
    theirs = make_model(charlie, name="Theirs")
    for text in (theirs.pk, theirs.model_id):
        assert not VoiceModel.objects.usable_by(alice).with_id(text).exists()
        assert VoiceModel.objects.usable_by(charlie).with_id(text).get() == theirs


@pytest.mark.parametrize("tag", ODD)
def test_a_tag_is_taken_as_it_is_written(alice, tag):
    make_model(alice, name="Tagged", tags=["first", tag])
    make_model(alice, name="Plain", tags=["ab", "axb", "1000", "x", "its", "loud", "1"], description="nothing")
    assert found(VoiceModel.objects.matching(tag=tag)) == ["Tagged"]
    assert found(VoiceModel.objects.matching(tag=tag.upper())) == ["Tagged"]
    assert found(VoiceModel.objects.matching(q=tag)) == ["Tagged"]


@pytest.mark.parametrize("tag", ["cal", "alm", "m, c", "calm\nclear", "#", "calm#", "Harbour", "a calm voice"])
def test_a_tag_is_found_whole_only(alice, tag):
    make_model(alice, name="Harbour", description="a calm voice", tags=["calm", "clear"])
    assert not VoiceModel.objects.matching(tag=tag).exists()


def test_no_name_or_description_or_other_tag_passes_for_a_tag(alice):
    make_model(alice, name="#calm#", description="so\n#calm#\n\x1fcalm\x1f", tags=["very #calm#", "#calm", "calm#"])
    assert not VoiceModel.objects.matching(tag="calm").exists()


@pytest.mark.parametrize("q", ["harb", "HARBOUR", "Evening", "GRÜSSE", "ca", "calm", "100%", "l_w"])
def test_words_are_found_in_name_description_and_tags(alice, q):
    make_model(alice, name="Harbour", description="Evening, grüsse, 100% l_w", tags=["calm"])
    make_model(alice, name="Other", description="1000 low", tags=["loud"])
    assert found(VoiceModel.objects.matching(q=q)) == ["Harbour"]


@pytest.mark.parametrize("q", [*"(*?+", "[", "\\", "a{9999999}", "(a+)+$", "x" * 200, "%", "$where"])
def test_words_are_no_pattern(alice, q):
    make_model(alice)
    assert not VoiceModel.objects.matching(q=q).exists()


def test_conditions_are_all_met(alice, charlie):
    make_model(alice, name="One", tags=["calm"])
    make_model(alice, name="Two", tags=["calm"], state=State.FAILED)
    make_model(alice, name="Three", tags=["calm"], engine="other")
    make_model(charlie, name="One", tags=["calm"])
    rows = VoiceModel.objects.owned_by(alice)
    assert found(rows.matching(q="", tag="calm", engine="fish", state="trained")) == ["One"]
    assert found(rows.matching(q="t", tag="calm")) == ["Three", "Two"]
    assert found(rows.matching()) == ["One", "Three", "Two"]
    assert not rows.matching(engine="piper").exists()


def test_models_in_training_are_due_when_their_time_has_come(alice):
    now = times.now()
    for name, seconds, state in (
        ("second", -5, State.TRAINING),
        ("first", -60, State.CREATED),
        ("later", 600, State.TRAINING),
        ("done", -60, State.TRAINED),
        ("failed", -60, State.FAILED),
    ):
        make_model(alice, name=name, state=state, poll_at=now + dt.timedelta(seconds=seconds))
    make_model(alice, name="never", state=State.TRAINING, poll_at=None)
    assert list(VoiceModel.objects.due().values_list("name", flat=True)) == ["first", "second"]


def test_deletions_are_due_when_their_time_has_come(db):
    now = times.now()
    for tag, seconds in (("second", -5), ("first", -60), ("later", 600)):
        EngineDeletion.objects.create(tag=tag, due_at=now + dt.timedelta(seconds=seconds))
    assert list(EngineDeletion.objects.due().values_list("tag", flat=True)) == ["first", "second"]


def test_recordings_are_added_up(alice, charlie):
    assert VoiceModel.objects.owned_by(alice).stored_bytes() == 0
    for size in (3, 4):
        make_model(alice, reference_bytes=size)
    make_model(charlie, reference_bytes=50)
    assert VoiceModel.objects.owned_by(alice).stored_bytes() == 7


def test_many_models_have_no_echo_and_no_earlier_version(alice):
    first, second, third = (make_model(alice, name=name) for name in ("first", "second", "third"))
    VoiceModel.objects.filter(pk__in=[second.pk, third.pk]).update(previous=first, version=2)
    echo = make_echo(alice)
    assert echo.linked_model is None
    assert VoiceModel.objects.filter(pk=first.pk, echo=None).update(echo=echo) == 1
    assert VoiceModel.objects.filter(echo=None).count() == 2
    first.refresh_from_db()
    first.delete()
    assert list(VoiceModel.objects.values_list("previous", "echo").distinct()) == [(None, None)]


def test_an_echo_that_goes_leaves_its_model(alice):
    echo = make_echo(alice)
    model = make_model(alice, echo=echo)
    assert (echo.voice_model_id, echo.linked_model) == (model.pk, model)
    echo.delete()
    model.refresh_from_db()
    assert model.echo_id is None


def test_ids_that_are_no_ids_find_nothing(alice):
    assert not VoiceModel.objects.filter(pk__in=[]).exists()
    assert VoiceModel.objects.filter(pk__in=[]).delete()[0] == 0
    assert VoiceModel.objects.filter(echo=new_id()).update(echo=None) == 0
