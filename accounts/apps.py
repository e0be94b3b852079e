from django.apps import AppConfig


class Accounts(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.actions import audit, sign_in, users
        from config import hooks

        hooks.start_steps.register(users.create_first_admin)
        hooks.sweeps.register(hooks.Sweep(every=3600, run=sign_in.clear_sessions))
        hooks.sweeps.register(hooks.Sweep(every=3600, run=audit.purge))
