from django.apps import AppConfig


class Jobs(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        from config import hooks
        from jobs import actions, synthesis
        from jobs.models import Counter, count_open

        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.requeue_lost))
        hooks.sweeps.register(hooks.Sweep(every=2, run=actions.enqueue_waiting))
        hooks.sweeps.register(hooks.Sweep(every=600, run=actions.purge_expired))
        hooks.worker_starts.register(synthesis.warm_up)
        hooks.shared_models.register(Counter)
        hooks.counts.register(hooks.Count("open_jobs", count_open))
