"""The models of jobs, by noun."""

from jobs.models.callbacks import Callback, CallbackQuerySet, CallbackState, fresh_callback
from jobs.models.counters import Counter
from jobs.models.jobs import (
    ENDED_WITHOUT_SOUND,
    EXCERPT_CHARACTERS,
    INTERACTIVE_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
    TITLE_MADE_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    WORDS,
    Job,
    JobQuerySet,
    choose_queue,
    count_open,
)
from jobs.models.temp_audio import TEMP_AUDIO_LIFETIME, TempAudio

__all__ = [
    "Callback",
    "CallbackQuerySet",
    "CallbackState",
    "Counter",
    "ENDED_WITHOUT_SOUND",
    "EXCERPT_CHARACTERS",
    "INTERACTIVE_MAX_CHARACTERS",
    "Job",
    "JobQuerySet",
    "TEMP_AUDIO_LIFETIME",
    "TEXT_MAX_CHARACTERS",
    "TITLE_MADE_CHARACTERS",
    "TITLE_MAX_CHARACTERS",
    "TempAudio",
    "WORDS",
    "choose_queue",
    "count_open",
    "fresh_callback",
]
