"""The rows of this app in the registry of owned data. A deletion goes from the last entry to the first."""

from accounts.actions.deletion import rows_of
from accounts.models import Team
from config.db import delete_rows
from config.hooks import OwnedData, owned_data, shared_models, team_holds
from jobs import actions, book_sounds, sounds
from jobs.actions import audiobooks
from jobs.models import Audiobook, CachedSound, Callback, Chapter, Counter, Job, Pronunciation, Segment, TempAudio

JOB = ("id", "job_id", "title", "text", "voice_id", "model_id", "echo_id", "speaker", "format", "speed")
JOB += ("status", "error", "characters", "duration", "size_bytes", "billed_bytes")
JOB += ("created_at", "started_at", "completed_at", "expires_at", "is_kept")
AUDIOBOOK = ("id", "title", "author", "language", "source_name", "voice_id", "model_id", "echo_id", "speaker", "speed")
AUDIOBOOK += ("status", "error", "characters", "duration", "size_bytes", "created_at", "expires_at", "is_kept")
CHAPTER = ("id", "audiobook_id", "number", "title", "text", "characters", "state", "job", "error")
CALLBACK = ("id", "url", "state", "tries", "answer", "error", "created_at", "delivered_at")


def delete_dictionary(team: Team) -> None:
    delete_rows(Pronunciation.objects.filter(team=team))


def has_dictionary(team: Team) -> bool:
    return Pronunciation.objects.filter(team=team).exists()


ENTRIES = (
    OwnedData(Pronunciation, "team", delete=delete_dictionary),
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
    OwnedData(
        Audiobook,
        "user",
        delete=audiobooks.delete_audiobooks,
        stop=audiobooks.stop_audiobooks,
        columns=AUDIOBOOK,
        files=book_sounds.files_of,
        stored_bytes=lambda user: Audiobook.objects.owned_by(user).kept_bytes(),
    ),
    OwnedData(Chapter, "user", delete=rows_of(Chapter), columns=CHAPTER),
    OwnedData(Callback, "user", delete=rows_of(Callback), stop=rows_of(Callback), columns=CALLBACK),
    OwnedData(CachedSound, "user", delete=actions.delete_cached),
    OwnedData(Segment, "user", delete=rows_of(Segment), stop=rows_of(Segment)),
)


def register() -> None:
    for entry in ENTRIES:
        owned_data.register(entry)
    shared_models.register(Counter)
    team_holds.register(has_dictionary)
