from django.urls import path

from jobs.views import audiobooks, figures, history, jobs, pronunciations, speak

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
    path("pronunciations", pronunciations.pronunciations, name="pronunciations"),
    path("pronunciations/import", pronunciations.import_pronunciations, name="import-pronunciations"),
    path(
        "pronunciations/<object_id:pronunciation_id>/change",
        pronunciations.change_pronunciation,
        name="change-pronunciation",
    ),
    path(
        "pronunciations/<object_id:pronunciation_id>/remove",
        pronunciations.remove_pronunciation,
        name="remove-pronunciation",
    ),
    path("pronunciations/<object_id:pronunciation_id>/say", pronunciations.say_pronunciation, name="say-pronunciation"),
    path("audiobooks", audiobooks.audiobooks, name="audiobooks"),
    path("audiobooks/<object_id:audiobook_id>", audiobooks.audiobook, name="audiobook"),
    path("audiobooks/<object_id:audiobook_id>/rows", audiobooks.audiobook_rows, name="audiobook-rows"),
    path("audiobooks/<object_id:audiobook_id>/start", audiobooks.start_audiobook, name="start-audiobook"),
    path("audiobooks/<object_id:audiobook_id>/cancel", audiobooks.cancel_audiobook, name="cancel-audiobook"),
    path("audiobooks/<object_id:audiobook_id>/retry", audiobooks.retry_audiobook, name="retry-audiobook"),
    path("audiobooks/<object_id:audiobook_id>/voice", audiobooks.change_voice, name="change-audiobook-voice"),
    path("audiobooks/<object_id:audiobook_id>/delete", audiobooks.delete_audiobook, name="delete-audiobook"),
    path("echos/<object_id:echo_id>/say", speak.say, name="say-echo"),
    path("voice-models/<model_id>/say", speak.say, name="say-voice-model"),
    path("voices/<voice_id>/say", speak.say, name="say-voice"),
]
