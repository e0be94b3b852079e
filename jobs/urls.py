from django.urls import path

from jobs.views import figures, history, jobs, speak

urlpatterns = [
    path("", speak.home, name="home"),
    path("speak", speak.speak, name="speak"),
    path("figures", figures.figures, name="figures"),
    path("jobs", history.jobs, name="jobs"),
    path("jobs/rows", history.job_rows, name="job-rows"),
    path("jobs/cancel", history.cancel_jobs, name="cancel-jobs"),
    path("jobs/delete", history.delete_jobs, name="delete-jobs"),
    path("jobs/<job_id>", jobs.job, name="job"),
    path("jobs/<job_id>/cancel", jobs.cancel_job, name="cancel-job"),
    path("jobs/<job_id>/retry", jobs.retry_job, name="retry-job"),
    path("jobs/<job_id>/keep", jobs.keep_job, name="keep-job"),
    path("jobs/<job_id>/rename", jobs.rename_job, name="rename-job"),
    path("jobs/<job_id>/delete", jobs.delete_job, name="delete-job"),
    path("echos/<object_id:echo_id>/say", speak.say, name="say-echo"),
    path("voice-models/<model_id>/say", speak.say, name="say-voice-model"),
    path("voices/<voice_id>/say", speak.say, name="say-voice"),
]
