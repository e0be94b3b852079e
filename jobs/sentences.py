"""When each sentence of a job is heard in its sound, also as subtitles."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from config.errors import Conflict
from config.subtitles import SRT_TYPE, VTT_START, VTT_TYPE, srt_cue, srt_line, vtt_cue, vtt_line
from jobs import sounds
from jobs.models import Job, Sentence

NOT_MEASURED = "This job was imported, or made before sentences were measured. Speak the text again to get their times."


class NoTimings(Conflict):
    code = "no_timings"

    def __init__(self) -> None:
        super().__init__(NOT_MEASURED)


@dataclass(frozen=True)
class Subtitles:
    """A kind of file that says what is heard when."""

    content_type: str
    write: Callable[[list[Sentence]], str]


def of_job(job: Job) -> list[Sentence]:
    """In their order; a sound that has expired since makes no difference.

    Conflict while there is no sound; NoTimings for a job that another system has made, or an older version.
    """
    sounds.check_made(job)
    if not job.sentences:
        raise NoTimings
    return [Sentence(*each) for each in job.sentences]


def srt(sentences: list[Sentence]) -> str:
    cues = ((number, *edges(each), srt_line(each.text)) for number, each in enumerate(sentences, 1))
    return "".join(srt_cue(*cue) for cue in cues)


def vtt(sentences: list[Sentence]) -> str:
    return VTT_START + "".join(vtt_cue(*edges(each), vtt_line(each.text)) for each in sentences)


def edges(sentence: Sentence) -> tuple[dt.timedelta, dt.timedelta]:
    return dt.timedelta(milliseconds=sentence.start), dt.timedelta(milliseconds=sentence.end)


SUBTITLES = {"srt": Subtitles(SRT_TYPE, srt), "vtt": Subtitles(VTT_TYPE, vtt)}
