from jobs import actions
from jobs.models import Callback, Job


def run(job_id: str) -> None:
    if job := Job.objects.filter(pk=job_id).first():
        actions.run_job(job=job)


def call_back(callback_id: str) -> None:
    from jobs.schemas.jobs import job_json  # with the API's tools, which speech workers never need

    if callback := Callback.objects.filter(pk=callback_id).first():
        actions.call_back(callback=callback, shape=job_json)
