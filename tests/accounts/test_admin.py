import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts import tokens
from accounts.actions import invitations, keys, users
from accounts.models import AuditEntry, Team, User
from config.errors import Conflict
from jobs.actions import pronunciations
from jobs.models import Callback, Job
from leads.actions import events
from leads.models import WebhookDelivery
from tests.jobs.documents.books import make_draft
from tests.leads.imports.files import make_import
from tests.leads.leads import make_lead
from tests.leads.webhooks.deliveries import make_webhook
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.voices.models import make_echo, make_model
from voices.actions import downloads
from voices.models import AudioFile, EngineDeletion, UnsavedModel

MODELS = {model._meta.label_lower: model for model in admin.site._registry}
KEPT = [label for label, model in MODELS.items() if model._meta.managed]
RIGHTS = {"is_active": "on", "is_staff": "on", "is_superuser": "on"}


def changelist(label):
    return reverse("admin:{}_{}_changelist".format(*label.split(".")))


def change(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@pytest.fixture
def rows(finished, bob):
    """At least one row of every model."""
    Group.objects.create(name="Readers")
    invitations.invite(by=bob)
    keys.create_key(by=bob, name="Program")
    AudioFile.objects.create(user=bob, s3_key="elsewhere.wav")
    make_model(bob, echo=make_echo(bob))
    UnsavedModel.objects.create(user=bob, model_id="once", name="Once")
    EngineDeletion.objects.create(model_id="gone")
    downloads.start_refresh(by=bob)
    Callback.objects.create(job=finished, user=bob, url="https://example.com/called")
    pronunciations.add(by=bob, word="Echo", replacement="Echo desk")
    make_webhook(bob)  # which is told of the lead
    make_lead(bob)
    make_import(bob)
    make_draft(bob)
    events.log_events(by=bob, events=[{"role": "user", "content": "Good morning."}])
    channel = make_channel(bob)
    make_message(make_contact(channel), "Good morning.")
    WebhookDelivery.objects.create(team=bob.team, channel=channel, body="[]")


def test_every_model_of_ours_is_there():
    assert {"accounts.user", "accounts.team", "jobs.job", "jobs.counter", "jobs.tempaudio", "voices.voice"} <= set(KEPT)


def test_staff_sees_every_list_and_every_row(page, bob, rows):
    client = page(bob)
    for label in KEPT:
        row = MODELS[label].objects.first()
        assert row, label
        for path, words in ((changelist(label), row.pk), (change(row), str(row))):
            answer = client.get(path)
            assert (answer.status_code, words in answer.content.decode()) == (200, True), path


@pytest.mark.parametrize("label", ["accounts.user", "jobs.job", "jobs.tempaudio", "voices.voice"])
def test_staff_can_search(page, bob, rows, label):
    for q in ("alice", "nonsense", "1", "\0", "é'\""):
        assert page(bob).get(changelist(label), {"q": q}).status_code == 200


def test_others_see_nothing(client, page, alice, bob, rows):
    member = page(alice)
    paths = ["/admin/", *map(changelist, MODELS), *(change(MODELS[label].objects.first()) for label in KEPT)]
    for path in paths:
        assert member.get(path, follow=True).status_code == 403, path
        answer = client.get(path, follow=True)
        assert answer.redirect_chain[-1] == (f"/login?next={path}", 302)


def test_a_token_does_not_open_the_admin(client, bob):
    headers = {"authorization": f"Bearer {tokens.issue(bob)}", "accept": "text/html"}
    assert client.get("/admin/", headers=headers).status_code == 302


def test_a_malformed_id_leads_back(page, bob, rows):
    for pk in ("nonsense", "a" * 24, "%00"):
        answer = page(bob).get(f"/admin/jobs/job/{pk}/change/")
        assert (answer.status_code, answer.url) == (302, "/admin/")


def test_rows_are_made_and_deleted_elsewhere(page, bob, rows):
    client = page(bob)
    for label in set(KEPT) - {"auth.group"}:
        row, name = MODELS[label].objects.first(), label.replace(".", "_")
        for path in (reverse(f"admin:{name}_add"), reverse(f"admin:{name}_delete", args=[row.pk])):
            assert client.get(path).status_code == 403, path


def test_rows_of_jobs_are_only_looked_at(page, bob, job):
    assert page(bob).post(change(job), {"title": "changed", "status": "completed"}).status_code == 403
    assert Job.objects.get().title != "changed"


def test_nobody_reaches_the_queues_past_the_actions(page, bob):
    assert page(bob).get("/admin/django_rq/dashboard/").status_code == 404


def test_staff_deactivates_somebody_through_the_action(page, alice, bob, monkeypatch):
    calls, change_user = [], users.change_user
    monkeypatch.setattr(users, "change_user", lambda **fields: calls.append(fields) or change_user(**fields))
    token = tokens.issue(alice)
    answer = page(bob).post(change(alice), {"name": "Alicia"})
    assert answer.status_code == 302
    assert calls == [{"by": bob, "user": alice, "name": "Alicia", "is_active": False}]
    alice.refresh_from_db()
    assert (alice.name, alice.is_active, alice.email) == ("Alicia", False, "alice@example.com")
    assert page(bob).get("/api/jobs", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_a_deactivated_person_is_signed_out(page, alice, bob):
    client = page(alice)
    page(bob).post(change(alice), {"name": "Alice"})
    assert client.get("/jobs").status_code == 302


def test_staff_makes_somebody_staff_and_nothing_else(page, alice, bob):
    team = Team.objects.create(name="Other")
    more = {"email": "new@example.com", "password": "x", "team": team.pk, "key_salt": "x", "token_version": 9}
    page(bob).post(change(alice), {"name": "Alice", **RIGHTS, **more})
    changed = User.objects.get(pk=alice.pk)
    assert (changed.is_staff, changed.is_superuser) == (True, True)
    for field in ("email", "password", "team_id", "key_salt", "token_version"):
        assert getattr(changed, field) == getattr(alice, field)


@pytest.mark.parametrize("right", RIGHTS)
def test_nobody_takes_their_own_rights_away(page, bob, right):
    with pytest.raises(Conflict):
        users.change_user(by=bob, user=bob, **{right: False})
    fields = {name: value for name, value in RIGHTS.items() if name != right}
    answer = page(bob).post(change(bob), {"name": "Bob", **fields})
    assert answer.status_code in (200, 409)
    assert b"take your own rights away. Ask another administrator." in answer.content
    bob.refresh_from_db()
    assert getattr(bob, right)


def test_staff_changes_their_own_name(page, bob):
    assert page(bob).post(change(bob), {"name": "Robert", **RIGHTS}).status_code == 302
    bob.refresh_from_db()
    assert bob.name == "Robert"


def test_a_staff_member_without_rights_changes_nobody(page, alice, charlie):
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    assert page(charlie).post(change(alice), {"name": "Changed"}).status_code == 403
    alice.refresh_from_db()
    assert (alice.name, alice.is_active) == ("Alice", True)


def test_staff_makes_reset_links_for_anybody(page, alice, bob):
    answer = page(bob).post("/admin/accounts/user/", {"action": "make_reset_links", "_selected_action": [alice.pk]})
    link = re.search(r"<code>http://[^/]+(/password-reset/[^<]+)</code>", answer.content.decode())[1]
    assert Client().get(link).status_code == 200


def test_a_reset_link_of_a_disabled_account_is_refused_in_words(page, alice, bob):
    page(bob).post(change(alice), {"name": "Alice"})
    answer = page(bob).post("/admin/accounts/user/", {"action": "make_reset_links", "_selected_action": [alice.pk]})
    assert b"This account is disabled. Enable it first." in answer.content
    assert b"password-reset" not in answer.content


def test_what_an_administrator_gives_and_takes_is_in_the_trail(page, alice, bob):
    page(bob).post(change(alice), {"name": "Alice", "is_staff": "on"})
    events = set(AuditEntry.objects.filter(user=alice).values_list("event", "words"))
    assert ("role_changed", "now staff, by bob@example.com") in events or ("role_changed", "now staff") in events
    assert {event for event, _ in events} >= {"disabled", "role_changed"}


@pytest.mark.parametrize("label", ["accounts.auditentry", "jobs.job", "voices.audiofile"])
def test_staff_who_are_not_superusers_may_look_and_change_nothing(page, charlie, rows, label):
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    charlie.refresh_from_db()
    client = page(charlie)
    assert client.get(changelist(label)).status_code == 200
    row = MODELS[label].objects.first()
    assert client.get(change(row)).status_code == 200
    assert client.post(change(row), {}).status_code == 403
