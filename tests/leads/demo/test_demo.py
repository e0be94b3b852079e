"""`manage.py demo`: what it makes, and that nothing of it stays."""

import io
import sys

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Role, Team, User
from config.hooks import owned_data
from jobs.models import Job
from leads.actions import demo, recount
from leads.demo.names import MEMBERS
from leads.models import (
    Channel,
    Contact,
    ConversationSession,
    DailyRollup,
    DirtyDay,
    Lead,
    LeadNote,
    Message,
    MonthlyRollup,
    StatusChange,
    Step,
    TranscriptEvent,
    WebhookDelivery,
)
from tests.accounts.conftest import join_team_of
from tests.conftest import PASSWORD, make_user
from tests.leads.leads import make_lead
from tests.leads.privacy.people import words_in_index
from voices.models import AudioFile, Echo

MARA = MEMBERS[0][0]


def rows() -> dict[str, int]:
    """Of every table how many, without what an account leaves in nobody's trail, and the numbers that are used up."""
    left_out = {"counters", "django_session", "audit_entries", "django_content_type", "auth_permission"}
    models = [model for model in apps.get_models() if model._meta.managed and model._meta.db_table not in left_out]
    counted = {model._meta.db_table: model.objects.count() for model in models}
    return counted | {"audit_entries": AuditEntry.objects.exclude(user=None).count()}


def files(var_dir):
    return [path for path in var_dir.glob("media/**/*") if path.is_file() and path.parent.name != "samples"]


def test_it_makes_a_team_of_its_own(run, alice, monkeypatch):
    make_lead(alice)
    before = rows()
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    said = run("--password-stdin")
    assert "10 leads, 11 conversations (0 with sound), 2 chats and 0 speech jobs" in said
    assert MARA in said
    assert PASSWORD not in said
    mara = User.objects.get(email=MARA)
    assert (mara.role, mara.is_staff, mara.check_password(PASSWORD)) == (Role.ADMIN, False, True)
    assert [user.team.is_sample for user in User.objects.order_by("created_at")] == [False, True, True, True]
    made = {model: model.objects.filter(team=mara.team_id) for model in (Lead, StatusChange, LeadNote, TranscriptEvent)}
    assert all(found.exists() for found in made.values())
    assert made[Lead].count() == Lead.objects.count() - 1
    assert ConversationSession.objects.filter(lead__isnull=False, lead_generated=True).count() == 5
    first, *_ = StatusChange.objects.filter(lead__status="qualified").order_by("lead", "created_at")
    assert (first.from_status, first.to_status, first.created_at) == ("", "new", first.lead.timestamp)
    check_figures(mara.team)
    run("--remove")
    assert rows() == before


def test_nothing_can_be_sent_and_chats_are_as_they_would_be(run):
    run()
    channel = Channel.objects.get()
    assert (channel.can_send, channel.phone_number_id, channel.sealed_token) == (False, "", "")
    assert Step.objects.count() == WebhookDelivery.objects.count() == 0
    hannah, aoife = Contact.objects.order_by("-unread_count")
    assert (hannah.unread_count, hannah.suggestion["email"]["value"]) == (2, "hannah.cole@quayside-dental.example")
    assert (aoife.is_paused, aoife.lead.email, aoife.labels) == (
        True,
        "aoife@brennan-weddings.example",
        ["event", "won"],
    )
    assert hannah.message_count == Message.objects.filter(contact=hannah).count() == 5
    assert ConversationSession.objects.filter(end_time=None).count() <= 1  # of a chat of this half hour


def check_figures(team):
    assert DailyRollup.objects.filter(team=team).exists()
    assert MonthlyRollup.objects.filter(team=team, is_ready=True).exists()
    assert DirtyDay.objects.filter(team=team).count() <= 2  # today, and yesterday in the first minutes of a day
    assert list(recount.differences(team=team)) == []


def test_with_the_demo_voice_it_is_heard(run, demo, var_dir):
    said = run()
    assert "(1 with sound)" in said
    assert "2 speech jobs" in said
    session = ConversationSession.objects.select_related("audio_file").get(audio_file__isnull=False)
    said = TranscriptEvent.objects.filter(session_id=session.session_id).order_by("timestamp")
    spoken = (said.last().timestamp - session.start_time).total_seconds()
    assert 0 < spoken < session.audio_file.duration < session.duration_seconds + 2
    states = list(Job.objects.order_by("job_id").values_list("status", "is_kept"))
    assert states == [("completed", True), ("queued", False)]
    assert (Echo.objects.count(), AudioFile.objects.count(), len(files(var_dir))) == (2, 1, 4)
    run("--remove")
    assert (files(var_dir), Team.objects.count(), User.objects.count()) == ([], 0, 0)
    assert not (var_dir / "work").exists() or not list((var_dir / "work").iterdir())


def test_a_second_time_it_says_that_it_is_there(run):
    assert "Password: " in run()
    made = Team.objects.get().pk
    assert "is there already" in run()
    assert Team.objects.get().pk == made
    run("--again", "--seed", "3")
    assert Team.objects.get().pk != made
    assert (User.objects.count(), Lead.objects.count()) == (3, 10)
    assert "is removed" in run("--remove")
    assert len(words_in_index()) < 100  # SQLite's own few bytes
    assert "There is no sample team" in run("--remove")


def test_what_is_in_its_way_is_said(run, monkeypatch):
    users = make_user("mara")
    User.objects.filter(pk=users.pk).update(email=MARA)
    with pytest.raises(CommandError, match=f"already an account {MARA}"):
        run()
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="A password has 8"):
        run("--password-stdin")
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("demo", "--again", "--remove")
    assert (User.objects.count(), Team.objects.count()) == (1, 1)


def test_what_breaks_half_way_leaves_nothing(run, monkeypatch):
    before = rows()

    def broken(*args):
        raise OSError("no space left")

    monkeypatch.setattr(demo.figures, "count", broken)
    with pytest.raises(OSError, match="no space"):
        run()
    assert rows() == before


def test_guests_keep_their_account(run):
    run()
    guest = join_team_of(User.objects.get(email=MARA), "guest", role="admin")
    own = make_lead(guest)
    run("--remove")
    guest = User.objects.get()
    assert (guest.email, guest.team.is_sample, guest.runs_a_team) == ("guest@example.com", False, True)
    assert not Lead.objects.filter(pk=own.pk).exists()  # the desk was the sample team's


def test_staff_is_told_of_it_on_an_empty_desk(page, alice, bob):
    paths = ("/leads", "/conversations")
    seen = {user.name: ["manage.py demo" in page(user).get(path).text for path in paths] for user in (alice, bob)}
    assert seen == {"Alice": [False, False], "Bob": [True, True]}


def test_every_model_that_it_fills_is_owned():
    models = {entry.model for entry in owned_data}
    assert {Lead, ConversationSession, TranscriptEvent, Channel, Contact, Message, AudioFile, Echo, Job} <= models
