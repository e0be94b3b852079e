"""A conversation as subtitles (SRT) for its sound. Times count from the conversation's start."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from config.db import batches
from config.errors import Conflict
from config.subtitles import srt_cue, srt_line
from leads.exports.walking import spoken
from leads.models import ConversationSession, EventQuerySet, EventRole, TranscriptEvent
from leads.transcript import ORDER

SPOKEN = (EventRole.USER, EventRole.ASSISTANT)
READ_CHARACTERS = 15  # a second
SHOWN_SECONDS = (1.5, 12.0)  # at least, when nothing follows, and at most
LINES_MAX = 50  # of one cue
NOTHING_SAID = "Nothing was said in this conversation, so it has no subtitles."
ONE_MOMENT = "All of this conversation has the same time, so nobody can tell when what was said. Take txt, csv or json."


@dataclass(frozen=True)
class Cue:
    start: dt.timedelta  # from the start of the sound
    text: str

    def lines(self, number: int, end: dt.timedelta) -> str:
        return srt_cue(number, self.start, end, self.text)

    def end(self, following: "Cue | None") -> dt.timedelta:
        """When it has been read, or something else is said."""
        least, most = SHOWN_SECONDS
        read = self.start + dt.timedelta(seconds=min(max(len(self.text) / READ_CHARACTERS, least), most))
        return min(read, following.start) if following else read


def srt_lines(session: ConversationSession, events: EventQuerySet) -> Iterable[str]:
    """What the user and the assistant said. Conflict where nothing was, or all of it at one moment."""
    said = events.filter(role__in=SPOKEN)
    first, last = said.order_by(*ORDER).first(), said.order_by(*ORDER).last()
    if first is None or last is None:
        raise Conflict(NOTHING_SAID)
    if first.timestamp == last.timestamp and first.pk != last.pk:
        raise Conflict(ONE_MOMENT)
    return written(cues(spoken(said), start=min(session.start_time, first.timestamp)))


def written(found: Iterator[Cue]) -> Iterator[str]:
    cue, number = next(found, None), 1
    if cue is None:
        return  # erased in the meantime
    for following in found:
        yield cue.lines(number, cue.end(following))
        cue, number = following, number + 1
    yield cue.lines(number, cue.end(None))


def cues(events: Iterator[TranscriptEvent], *, start: dt.datetime) -> Iterator[Cue]:
    """What was said at one moment is one of them."""
    for moment, same in groupby(events, key=lambda event: event.timestamp):
        for together in batches(same, LINES_MAX):
            yield Cue(moment - start, "\n".join(map(line, together)))


def line(event: TranscriptEvent) -> str:
    return f"{event.get_role_display()}: {srt_line(event.content)}"
