"""What the sweeper does for the desk, again and again."""

from config.hooks import Sweep, sweeps
from leads.actions import counting, idle, replay
from leads.actions.whatsapp import channel_deletion, deliveries, erasing, lanes, media, news

SWEEPS = (
    *replay.SWEEPS,
    Sweep(every=1, run=deliveries.sweep),
    Sweep(every=1, run=lanes.sweep),
    Sweep(every=2, run=media.sweep),
    Sweep(every=10, run=counting.refresh),
    Sweep(every=30, run=idle.end_silent),
    Sweep(every=30, run=erasing.sweep),
    Sweep(every=60, run=channel_deletion.sweep),
    Sweep(every=60, run=news.sweep),
    Sweep(every=3600, run=deliveries.purge),
)


def register() -> None:
    for sweep in SWEEPS:
        sweeps.register(sweep)
