from django.apps import AppConfig


class Voices(AppConfig):
    name = "voices"

    def ready(self) -> None:
        from config import hooks
        from voices import engines
        from voices.actions import voices
        from voices.models import Voice

        hooks.start_steps.register(voices.sync_voices)
        hooks.worker_starts.register(voices.warm_up)
        hooks.engine_checks.register(engines.states)
        hooks.shared_models.register(Voice)
