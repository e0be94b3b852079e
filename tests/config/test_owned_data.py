"""Every row belongs to somebody: it leaves with a download and goes with the account."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import models

from accounts.actions import deletion
from accounts.models import Team, User
from config import hooks, times
from tests.conftest import PASSWORD

APPS = ("accounts", "voices", "jobs", "leads")
ENTRIES = {entry.model: entry for entry in hooks.owned_data}
MODELS = [model for app in APPS if apps.is_installed(app) for model in apps.get_app_config(app).get_models()]
OF_A_PERSON = [entry.model for entry in hooks.owned_data if entry.owner == "user" and entry.model is not User]
VALUES = {
    models.DateField: dt.date(2026, 11, 21),
    models.DateTimeField: times.now(),
    models.BooleanField: False,
    models.JSONField: [],
    models.FloatField: 1.0,
    models.IntegerField: 1,
}


def make_row(model, user, number):
    """A row of this user with something in every field that needs it."""
    return model.objects.create(**{field.name: value(field, user, number) for field in needed(model)})


def needed(model):
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return [field for field in fields if is_owner(field) or not (field.null or field.has_default() or field.blank)]


def is_owner(field):
    return field.related_model is User


def value(field, user, number):
    if field.is_relation:
        return {User: user, Team: user.team}.get(field.related_model) or make_row(field.related_model, user, number)
    if field.unique:
        return number if isinstance(field, models.IntegerField) else f"unique-{number}"
    kinds = (kind for kind in type(field).__mro__ if kind in VALUES)
    return VALUES.get(next(kinds, None), "text")


def test_every_model_is_in_the_registry_once():
    registered = [*(entry.model for entry in hooks.owned_data), *hooks.shared_models]
    assert sorted(map(str, registered)) == sorted(map(str, MODELS))


@pytest.mark.parametrize("model", ENTRIES)
def test_what_a_download_shows_exists_and_is_no_secret(model, alice):
    entry = ENTRIES[model]
    fields = {field.name for field in model._meta.concrete_fields} | {"id"}
    assert set(entry.columns) <= fields
    assert not set(entry.columns) & {"password", "digest", "lease_token", "token_version"}
    assert not entry.files(model()) or entry.columns
    assert model.objects.owned_by(alice).model is model


def test_no_two_files_of_a_download_have_one_name():
    names = [entry.name or entry.model._meta.db_table for entry in hooks.owned_data]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("model", OF_A_PERSON)
def test_a_persons_rows_go_with_the_account_and_others_stay(model, alice, charlie):
    for number, user in enumerate((alice, charlie), 1):
        make_row(model, user, number)
    before = model.objects.owned_by(charlie).count()
    assert model.objects.owned_by(alice).exists()
    deletion.close_account(by=alice, password=PASSWORD)
    deletion.delete_account(user=User.objects.get(pk=alice.pk))
    assert not model.objects.owned_by(alice).exists()
    assert model.objects.owned_by(charlie).count() == before >= 1
    assert not User.objects.filter(pk=alice.pk).exists()
