from django.apps import AppConfig


class Accounts(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import owned, stored
        from accounts.actions import audit, deletion, exports, idempotency, invitations, sign_in, users
        from config import hooks

        hooks.start_steps.register(users.create_first_admin)
        hooks.sweeps.register(hooks.Sweep(every=3600, run=sign_in.clear_sessions))
        hooks.sweeps.register(hooks.Sweep(every=3600, run=audit.purge))
        hooks.sweeps.register(hooks.Sweep(every=2, run=exports.requeue_lost))
        hooks.sweeps.register(hooks.Sweep(every=2, run=exports.enqueue_waiting))
        hooks.sweeps.register(hooks.Sweep(every=3600, run=exports.purge_expired))
        hooks.sweeps.register(hooks.Sweep(every=60, run=deletion.enqueue_waiting))
        hooks.sweeps.register(hooks.Sweep(every=3600, run=idempotency.purge))
        owned.register()
        stored.register()
        hooks.sweeps.register(hooks.Sweep(every=3600, run=invitations.purge))
