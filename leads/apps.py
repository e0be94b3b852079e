from django.apps import AppConfig

WEBHOOK_MAX_BYTES = 3 * 1024**2
FORM_BYTES = 64 * 1024  # of an upload, beside the file


class Leads(AppConfig):
    name = "leads"

    def ready(self) -> None:
        from config import hooks
        from leads import happenings, owned, stored, sweeps
        from leads.actions import leads, mail_choices, notices, webhook_posts
        from leads.actions.whatsapp import channel_environment, channels, speaking
        from leads.assistant import chat
        from leads.journal import folder, probe
        from leads.models import LEADS_FILE_MAX_BYTES, count_unread_chats, count_waiting

        owned.register()
        stored.register()
        sweeps.register()
        hooks.stand_ins.register(probe.is_writable)
        hooks.start_steps.register(folder.make)
        hooks.start_steps.register(channel_environment.from_environment)
        hooks.start_steps.register(chat.warn_at_start)
        hooks.body_limits.register(hooks.BodyLimit("/webhook/whatsapp", WEBHOOK_MAX_BYTES))
        hooks.upload_doors.register(hooks.UploadDoor("/leads/import", LEADS_FILE_MAX_BYTES + FORM_BYTES))
        hooks.counts.register(hooks.Count("new_leads", count_waiting))
        hooks.counts.register(hooks.Count("unread_chats", count_unread_chats))
        hooks.job_ends.register(speaking.job_ended)
        hooks.job_ends.register(webhook_posts.job_ended)
        happenings.listeners.register(webhook_posts.note)
        hooks.team_moves.register(leads.let_go)
        hooks.team_moves.register(channels.let_go)
        hooks.team_moves.register(mail_choices.let_go)
        happenings.listeners.register(notices.note)
        hooks.dependents.register(channels.dependents)
