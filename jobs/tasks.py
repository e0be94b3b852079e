from jobs import actions
from jobs.models import Job


def run(job_id: str) -> None:
    if job := Job.objects.filter(pk=job_id).first():
        actions.run_job(job=job)
