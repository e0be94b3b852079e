from django.apps import AppConfig

DOWNLOADED = ("id", "job_id", "title", "text", "voice_id", "model_id", "echo_id", "speaker", "format", "speed")
DOWNLOADED += ("status", "error", "characters", "duration", "size_bytes", "billed_bytes")
DOWNLOADED += ("created_at", "started_at", "completed_at", "expires_at", "is_kept")

CALLED = ("id", "url", "state", "tries", "answer", "error", "created_at", "delivered_at")


class Jobs(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        from accounts.actions import deletion
        from config import hooks
        from jobs import actions, dependents, figures, sounds, stored, synthesis
        from jobs.models import Callback, Counter, Job, TempAudio, count_open

        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.requeue_lost))
        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.enqueue_waiting))
        hooks.sweeps.register(hooks.Sweep(every=60, run=actions.keep_the_rest))
        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.enqueue_due))
        hooks.sweeps.register(hooks.Sweep(every=30, run=actions.catch_up))
        hooks.sweeps.register(hooks.Sweep(every=600, run=actions.purge_expired))
        hooks.worker_starts.register(synthesis.warm_up)
        hooks.worker_figures.register(figures.of_this_worker)
        hooks.dependents.register(dependents.waiting_jobs)
        stored.register()
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
        no_calls = deletion.rows_of(Callback)
        hooks.owned_data.register(hooks.OwnedData(Callback, "user", delete=no_calls, stop=no_calls, columns=CALLED))
        hooks.counts.register(hooks.Count("open_jobs", count_open))
