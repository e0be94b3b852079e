"""Every change of an audiobook's state, by what it is about: opened, read, started, gone on with, bound, ended."""

from jobs.actions.audiobooks.ending import cancel_audiobook, delete_audiobook, delete_audiobooks, stop_audiobooks
from jobs.actions.audiobooks.opening import open_document
from jobs.actions.audiobooks.progress import go_on
from jobs.actions.audiobooks.starting import change_voice, retry_audiobook, start_audiobook
from jobs.actions.audiobooks.sweeping import purge, sweep
from jobs.actions.audiobooks.working import work_on_audiobook

__all__ = [
    "cancel_audiobook",
    "change_voice",
    "delete_audiobook",
    "delete_audiobooks",
    "go_on",
    "open_document",
    "purge",
    "retry_audiobook",
    "start_audiobook",
    "stop_audiobooks",
    "sweep",
    "work_on_audiobook",
]
