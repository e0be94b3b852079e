from django.apps import AppConfig


class Leads(AppConfig):
    name = "leads"

    def ready(self) -> None:
        from config import hooks
        from leads import owned
        from leads.actions import counting, idle, leads, replay
        from leads.actions.whatsapp import lanes
        from leads.journal import folder, probe
        from leads.models import count_waiting

        owned.register()
        hooks.stand_ins.register(probe.is_writable)
        hooks.start_steps.register(folder.make)
        for sweep in replay.SWEEPS:
            hooks.sweeps.register(sweep)
        hooks.sweeps.register(hooks.Sweep(every=10, run=counting.refresh))
        hooks.sweeps.register(hooks.Sweep(every=30, run=idle.end_silent))
        hooks.sweeps.register(hooks.Sweep(every=1, run=lanes.sweep))
        hooks.counts.register(hooks.Count("new_leads", count_waiting))
        hooks.team_moves.register(leads.let_go)
