"""The rows of this app in the registry of owned data. A deletion goes from the last entry to the first."""

from accounts.actions.deletion import rows_of
from config.hooks import OwnedData, owned_data, shared_models
from jobs import actions, sounds
from jobs.models import Callback, Counter, Job, TempAudio

JOB = ("id", "job_id", "title", "text", "voice_id", "model_id", "echo_id", "speaker", "format", "speed")
JOB += ("status", "error", "characters", "duration", "size_bytes", "billed_bytes")
JOB += ("created_at", "started_at", "completed_at", "expires_at", "is_kept")
CALLBACK = ("id", "url", "state", "tries", "answer", "error", "created_at", "delivered_at")

ENTRIES = (
    OwnedData(TempAudio, "user", delete=actions.delete_sounds),
    OwnedData(
        Job,
        "user",
        delete=actions.delete_jobs,
        stop=actions.cancel_jobs,
        columns=JOB,
        files=sounds.files_of,
        stored_bytes=lambda user: Job.objects.owned_by(user).kept_bytes(),
    ),
    OwnedData(Callback, "user", delete=rows_of(Callback), stop=rows_of(Callback), columns=CALLBACK),
)


def register() -> None:
    for entry in ENTRIES:
        owned_data.register(entry)
    shared_models.register(Counter)
