"""What the sweeper does for the desk, again and again."""

from config.hooks import Sweep, sweeps
from leads.actions import (
    counting,
    duplicates,
    export_files,
    export_schedules,
    idle,
    lead_erasing,
    lead_imports,
    news_mails,
    notices,
    replay,
    report_mails,
    retention,
    webhook_posts,
    webhooks,
)
from leads.actions.whatsapp import channel_deletion, deliveries, erasing, lanes, media, news

SWEEPS = (
    *replay.SWEEPS,
    Sweep(every=1, run=deliveries.sweep),
    Sweep(every=1, run=lanes.sweep),
    Sweep(every=1, run=webhook_posts.sweep),
    Sweep(every=2, run=media.sweep),
    Sweep(every=3, run=lead_imports.requeue_lost),
    Sweep(every=3, run=lead_imports.enqueue_waiting),
    Sweep(every=3, run=duplicates.sweep),
    Sweep(every=10, run=counting.refresh),
    Sweep(every=2, run=export_files.sweep),
    Sweep(every=30, run=export_schedules.run_due),
    Sweep(every=3600, run=export_files.purge),
    Sweep(every=30, run=idle.end_silent),
    Sweep(every=30, run=erasing.sweep),
    Sweep(every=30, run=lead_erasing.sweep),
    Sweep(every=10, run=retention.sweep),
    Sweep(every=3600, run=lead_erasing.purge),
    Sweep(every=5, run=notices.gather),
    Sweep(every=5, run=news_mails.sweep),
    Sweep(every=5, run=report_mails.sweep),
    Sweep(every=60, run=report_mails.schedule_reports),
    Sweep(every=60, run=channel_deletion.sweep),
    Sweep(every=60, run=news.sweep),
    Sweep(every=60, run=webhooks.delete_gone),
    Sweep(every=3600, run=deliveries.purge),
    Sweep(every=3600, run=lead_imports.purge),
    Sweep(every=3600, run=notices.purge),
    Sweep(every=3600, run=report_mails.purge),
    Sweep(every=3600, run=webhook_posts.purge),
)


def register() -> None:
    for sweep in SWEEPS:
        sweeps.register(sweep)
