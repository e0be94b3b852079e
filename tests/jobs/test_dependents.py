"""The jobs that fail when what they speak with goes."""

from config import hooks
from jobs import actions
from jobs.models import Job
from tests.accounts.conftest import join_team_of
from voices.models import VoiceModel


def told(row):
    return [sentence for dependents in hooks.dependents for sentence in dependents(row) if "job" in sentence]


def test_open_jobs_of_a_model_whoever_started_them(alice, demo, model, voice_model):
    assert told(model) == []
    mate = join_team_of(alice, "mate")
    VoiceModel.objects.update(visibility="shared")
    actions.start_job(by=alice, text="Ropes creak.", model_id=model.pk)
    assert told(model) == ["1 job that waits or is being made will fail."]
    actions.start_job(by=mate, text="Ropes creak.", model_id=model.pk)
    actions.start_job(by=alice, text="Ropes creak.")
    assert told(model) == ["2 jobs that wait or are being made will fail."]
    assert told(voice_model) == []
    Job.objects.update(status="completed")
    assert told(model) == []


def test_open_jobs_of_a_voice(alice, demo, job):
    assert told(demo) == ["1 job that waits or is being made will fail."]


def test_an_echos_jobs_go_on_without_it(alice, demo, echo):
    job = actions.start_job(by=alice, text="Ropes creak.", echo_id=echo.pk)
    assert told(echo) == []
    echo.delete()
    actions.run_job(job=job)
    job.refresh_from_db()
    assert job.status == "completed"
