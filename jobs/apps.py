from django.apps import AppConfig

DOWNLOADED = ("id", "job_id", "title", "text", "voice_id", "model_id", "echo_id", "speaker", "format", "speed")
DOWNLOADED += ("status", "error", "characters", "duration", "size_bytes", "billed_bytes")
DOWNLOADED += ("created_at", "started_at", "completed_at", "expires_at", "is_kept")


class Jobs(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        from config import hooks
        from jobs import actions, dependents, sounds, synthesis
        from jobs.models import Counter, Job, TempAudio, count_open

        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.requeue_lost))
        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.enqueue_waiting))
        hooks.sweeps.register(hooks.Sweep(every=60, run=actions.keep_the_rest))
        hooks.sweeps.register(hooks.Sweep(every=600, run=actions.purge_expired))
        hooks.worker_starts.register(synthesis.warm_up)
        hooks.dependents.register(dependents.waiting_jobs)
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
                stored_bytes=lambda user: Job.objects.owned_by(user).kept_bytes(),
            )
        )
        hooks.counts.register(hooks.Count("open_jobs", count_open))
