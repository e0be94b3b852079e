from django.apps import AppConfig

FORM_BYTES = 64 * 1024  # of an upload, beside the document


class Jobs(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        from config import hooks
        from jobs import actions, dependents, owned, stored, synthesis
        from jobs.actions import audiobooks
        from jobs.documents.bounds import FILE_MAX_BYTES
        from jobs.figures import this_moment
        from jobs.models import count_open

        owned.register()
        stored.register()
        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.requeue_lost))
        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.enqueue_waiting))
        hooks.sweeps.register(hooks.Sweep(every=60, run=actions.keep_the_rest))
        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.enqueue_due))
        hooks.sweeps.register(hooks.Sweep(every=30, run=actions.catch_up))
        hooks.sweeps.register(hooks.Sweep(every=600, run=actions.purge_expired))
        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.requeue_lost_segments))
        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.enqueue_waiting_segments))
        hooks.sweeps.register(hooks.Sweep(every=60, run=actions.clear_forgotten_segments))
        hooks.sweeps.register(hooks.Sweep(every=60, run=actions.tidy_cache))
        hooks.sweeps.register(hooks.Sweep(every=2, run=audiobooks.sweep))
        hooks.sweeps.register(hooks.Sweep(every=600, run=audiobooks.purge))
        hooks.worker_starts.register(synthesis.warm_up)
        hooks.worker_figures.register(this_moment.of_this_worker)
        hooks.dependents.register(dependents.waiting_jobs)
        for path in ("/api/audiobooks", "/audiobooks"):
            hooks.upload_doors.register(hooks.UploadDoor(path, FILE_MAX_BYTES + FORM_BYTES))
        hooks.counts.register(hooks.Count("open_jobs", count_open))
