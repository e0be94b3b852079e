from django.apps import AppConfig

DOWNLOADED = ("id", "job_id", "title", "text", "voice_id", "speaker", "format", "speed", "status", "error")
DOWNLOADED += ("characters", "duration", "size_bytes", "created_at", "started_at", "completed_at", "expires_at")


class Jobs(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        from config import hooks
        from jobs import actions, sounds, synthesis
        from jobs.models import Counter, Job, TempAudio, count_open

        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.requeue_lost))
        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.enqueue_waiting))
        hooks.sweeps.register(hooks.Sweep(every=600, run=actions.purge_expired))
        hooks.worker_starts.register(synthesis.warm_up)
        hooks.shared_models.register(Counter)
        hooks.owned_data.register(hooks.OwnedData(TempAudio, "user", delete=actions.delete_sounds))
        hooks.owned_data.register(
            hooks.OwnedData(
                Job,
                "user",
                delete=actions.delete_jobs,
                stop=actions.cancel_jobs,
                columns=DOWNLOADED,
                files=sounds.files_of,
            )
        )
        hooks.counts.register(hooks.Count("open_jobs", count_open))
