from django.apps import AppConfig

WEBHOOK_MAX_BYTES = 3 * 1024**2


class Leads(AppConfig):
    name = "leads"

    def ready(self) -> None:
        from config import hooks
        from leads import owned, stored
        from leads.actions import counting, idle, leads, replay
        from leads.actions.whatsapp import (
            channel_deletion,
            channel_environment,
            channels,
            deliveries,
            erasing,
            lanes,
            media,
            news,
            speaking,
        )
        from leads.assistant import chat
        from leads.journal import folder, probe
        from leads.models import count_unread_chats, count_waiting

        owned.register()
        stored.register()
        hooks.stand_ins.register(probe.is_writable)
        hooks.start_steps.register(folder.make)
        hooks.start_steps.register(channel_environment.from_environment)
        hooks.start_steps.register(chat.warn_at_start)
        for sweep in replay.SWEEPS:
            hooks.sweeps.register(sweep)
        hooks.sweeps.register(hooks.Sweep(every=10, run=counting.refresh))
        hooks.sweeps.register(hooks.Sweep(every=30, run=idle.end_silent))
        hooks.sweeps.register(hooks.Sweep(every=1, run=lanes.sweep))
        hooks.job_ends.register(speaking.job_ended)
        hooks.sweeps.register(hooks.Sweep(every=1, run=deliveries.sweep))
        hooks.sweeps.register(hooks.Sweep(every=3600, run=deliveries.purge))
        hooks.sweeps.register(hooks.Sweep(every=60, run=news.sweep))
        hooks.body_limits.register(hooks.BodyLimit("/webhook/whatsapp", WEBHOOK_MAX_BYTES))
        hooks.sweeps.register(hooks.Sweep(every=30, run=erasing.sweep))
        hooks.counts.register(hooks.Count("new_leads", count_waiting))
        hooks.counts.register(hooks.Count("unread_chats", count_unread_chats))
        hooks.team_moves.register(leads.let_go)
        hooks.team_moves.register(channels.let_go)
        hooks.dependents.register(channels.dependents)
        hooks.sweeps.register(hooks.Sweep(every=2, run=media.sweep))
        hooks.sweeps.register(hooks.Sweep(every=60, run=channel_deletion.sweep))
