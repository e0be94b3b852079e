from django.apps import AppConfig


class Accounts(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import actions
        from config import hooks

        hooks.start_steps.register(actions.create_first_admin)
        hooks.sweeps.register(hooks.Sweep(every=3600, run=actions.clear_sessions))
