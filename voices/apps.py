from django.apps import AppConfig


class Voices(AppConfig):
    name = "voices"

    def ready(self) -> None:
        from config import hooks
        from voices import actions, engines

        hooks.start_steps.register(actions.sync_voices)
        hooks.worker_starts.register(actions.warm_up)
        hooks.engine_checks.register(engines.states)
