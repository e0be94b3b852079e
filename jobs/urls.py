from django.urls import path

from jobs import views

urlpatterns = [
    path("", views.home, name="home"),
    path("speak", views.speak, name="speak"),
    path("jobs", views.jobs, name="jobs"),
    path("jobs/<job_id>", views.job, name="job"),
    path("jobs/<job_id>/cancel", views.cancel_job, name="cancel-job"),
    path("jobs/<job_id>/retry", views.retry_job, name="retry-job"),
    path("jobs/<job_id>/keep", views.keep_job, name="keep-job"),
    path("jobs/<job_id>/rename", views.rename_job, name="rename-job"),
    path("jobs/<job_id>/delete", views.delete_job, name="delete-job"),
    path("echos/<object_id:echo_id>/say", views.say, name="say-echo"),
    path("voice-models/<model_id>/say", views.say, name="say-voice-model"),
    path("voices/<voice_id>/say", views.say, name="say-voice"),
]
