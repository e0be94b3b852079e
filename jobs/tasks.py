from jobs import actions
from jobs.actions import audiobooks
from jobs.models import Audiobook, Callback, Job, Segment


def run(job_id: str) -> None:
    if job := Job.objects.filter(pk=job_id).first():
        actions.run_job(job=job)


def run_segment(segment_id: str) -> None:
    if segment := Segment.objects.filter(pk=segment_id).first():
        actions.run_segment(segment=segment)


def work_on_audiobook(audiobook_id: str) -> None:
    if audiobook := Audiobook.objects.filter(pk=audiobook_id).first():
        audiobooks.work_on_audiobook(audiobook=audiobook)


def call_back(callback_id: str) -> None:
    from jobs.schemas.jobs import job_json  # with the API's tools, which speech workers never need

    if callback := Callback.objects.filter(pk=callback_id).first():
        actions.call_back(callback=callback, shape=job_json)
