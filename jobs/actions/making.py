"""One try at a job, from its text to a finished local file."""

from contextlib import closing
from pathlib import Path

from redis.exceptions import RedisError

from config import queue, work
from config.leases import Lease
from jobs import sources, synthesis
from jobs.actions import spoken_before
from jobs.actions.joining import Joiner
from jobs.figures import counted
from jobs.job_voice import JobVoice
from jobs.listening import progress
from jobs.listening.publishing import Publisher
from jobs.models import Job

SHORT_SECONDS = 240.0  # that a short text may take, on a slow machine and with a voice to be loaded


class Making:
    """A job's voice, the sentences that come from wherever they are made, and how far it is."""

    def __init__(self, lease: Lease[Job], publisher: Publisher) -> None:
        self._job, self._tell = lease.row, progress.Teller(lease.row)
        self._lease, self._report = lease, work.reporter(lease, progress.fields)
        self.watch = synthesis.Stopwatch(self.report, publisher)
        self.joiner: Joiner | None = None
        self.is_copied = False

    def speak(self, path: Path) -> synthesis.Spoken:
        """Write the file. DomainError with a sentence for the job when it can't be spoken."""
        voice = JobVoice(self._job, between=self.watch.report)
        if copied := spoken_before.take(self._job, voice.file_key, path):
            self.is_copied = True
            return copied
        self.joiner = Joiner(self._job, voice, self.watch.report)
        with closing(self.joiner.said()) as said:  # whatever stops it, a segment that was begun is for others then
            return synthesis.speak(self._job, path, self.watch, voice, said)

    def count_segments(self) -> None:
        cached, made = (self.joiner.cached, self.joiner.made) if self.joiner else (int(self.is_copied), 0)
        counted.count_segments(cached=cached, made=made)

    def report(self, sentences: int, characters: int) -> None:
        """Stops a job whose voice model is deleted, too: its engine may keep it for as long as the job speaks."""
        share = 99 * min(characters, self._job.characters) // self._job.characters
        moved = progress.Moved(sentences, self.joiner.sentences if self.joiner else None, share)
        self._report(moved)
        self._tell(moved)
        if sentences > 1 and self._job.gives_way and self.watch.has_run_longer:
            self._give_way()
        if self._job.model_id:
            sources.of_job(self._job)

    def _give_way(self) -> None:
        """Once its first sound is out: every worker may be at a long text, and somebody waits for a short one.

        Those take half of its time at most, however many there are.
        """
        if progress.away.lasts:
            return
        self._lease.note_step(ahead=SHORT_SECONDS)  # else the sweeper gives the long one to another worker meanwhile
        with self.watch.stopped():
            try:
                queue.run_next("interactive")
            except RedisError:
                progress.away.begin()
        self._lease.note_step()
