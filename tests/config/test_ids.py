import re

import pytest
from bson import ObjectId
from django.db import connection

from accounts.models import Team, User
from config.ids import ObjectIdConverter, from_uuid, new_id, parse_id
from jobs.models import Job

UUID = "8c0b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
MALFORMED = [
    "",
    "nonsense",
    "a" * 23,
    "a" * 25,
    "g" * 24,
    "a" * 24 + "\n",
    " " + "a" * 24,
    "٣" * 24,
    UUID.replace("-", ""),
    "{" + UUID + "}",
    "urn:uuid:" + UUID,
    UUID[:-1],
]


@pytest.fixture
def teams(db):
    """Three teams, in the order in which they were made."""
    return [Team.objects.create(name=name) for name in ("first", "second", "third")]


def test_24_hex_digits_are_the_id_itself_in_small_letters():
    assert parse_id("65A1B2C3D4E5F60718293A4B") == "65a1b2c3d4e5f60718293a4b"


def test_an_old_uuid_is_always_mapped_to_the_same_id():
    assert parse_id(UUID) == parse_id(UUID.upper()) == from_uuid(UUID) == "ec6101070113bcaef5ab9c10"


@pytest.mark.parametrize("text", MALFORMED)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="24 hex digits"):
        parse_id(text)


def test_a_new_id_is_an_id_and_new():
    assert parse_id(new_id()) != parse_id(new_id())


def test_an_address_takes_what_parse_id_takes():
    converter = ObjectIdConverter()
    assert [text for text in MALFORMED if re.fullmatch(converter.regex, text)] == []
    assert re.fullmatch(converter.regex, UUID)
    assert converter.to_python(UUID) == from_uuid(UUID)


def test_an_id_is_a_str_before_and_after_it_is_saved(db):
    team = Team(name="new")
    made = team.pk
    team.save()
    assert isinstance(made, str)
    assert Team.objects.get().pk == made == str(ObjectId(made))


def test_mongodb_keeps_an_object_id_and_sqlite_its_digits(teams):
    if connection.vendor == "mongodb":
        kept = connection.get_collection("teams").find_one({"name": "first"})["_id"]
        assert kept == ObjectId(teams[0].pk)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT _id FROM teams WHERE name = 'first'")
        assert cursor.fetchone() == (teams[0].pk,)


def test_a_foreign_key_is_found_by_row_and_by_id(alice, charlie):
    for value in (alice.team, alice.team_id, alice.team.pk):
        assert list(User.objects.filter(team=value)) == [alice]
    assert list(User.objects.filter(team__in=[charlie.team_id, new_id()])) == [charlie]
    assert User.objects.select_related("team").get(team__name="Charlie").team.pk == charlie.team_id
    assert isinstance(User.objects.values_list("team_id", flat=True)[0], str)


def test_ids_are_found_in_a_list(teams):
    first, _, third = teams
    assert set(Team.objects.filter(pk__in=[first.pk, third.pk, new_id()])) == {first, third}
    assert Team.objects.in_bulk([third.pk]) == {third.pk: third}


def test_ids_are_ordered_by_when_they_were_made(teams):
    first, second, third = teams
    assert list(Team.objects.order_by("-pk")) == [third, second, first]
    assert list(Team.objects.filter(pk__lt=third.pk).order_by("pk")) == [first, second]
    assert list(Team.objects.filter(pk__gt=first.pk, pk__lte=second.pk)) == [second]


@pytest.mark.parametrize("pk", ["nonsense", "", "a" * 23, "\0", "é", "1"])
def test_a_malformed_id_is_no_row_and_no_error(teams, alice, pk):
    assert not Team.objects.filter(pk=pk).exists()
    assert not Team.objects.filter(pk__in=[pk]).exists()
    assert not User.objects.filter(team_id=pk).exists()
    assert Team.objects.filter(pk=pk).update(name="changed") == 0
    with pytest.raises(Team.DoesNotExist):
        Team.objects.get(pk=pk)


def test_jobs_are_found_by_number_id_and_old_uuid(job):
    Job.objects.filter(pk=job.pk).delete()
    job.pk = from_uuid(UUID)
    job.save(force_insert=True)
    for text in (str(job.job_id), job.pk, job.pk.upper(), UUID):
        assert Job.objects.with_id(text).get() == job
    for text in ("nonsense", "9" * 18, "9" * 19, "9" * 24, "-1"):
        assert not Job.objects.with_id(text).exists()
