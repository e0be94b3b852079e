"""The sentences of one job in their order, wherever each was made: before, by this worker or by another.

This worker never waits for work that nobody has: while another one makes the segment that comes next, it makes one
further on. It waits for the others only when nothing is left to take, and takes over what a lost worker held.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress

from config.leases import Lease, LeaseLost, Status
from jobs.actions import cached_sounds, segments
from jobs.job_voice import JobVoice
from jobs.models import CachedSound, Job, Segment
from jobs.segments import SHORT_CHARACTERS, Plan, Said, cut

PAUSE_SECONDS = 0.03  # between two looks at a segment that another worker makes


class Joiner:
    """`report` is called while this worker makes what is not heard yet, and while it waits; it may raise to stop."""

    def __init__(self, job: Job, voice: JobVoice, report: Callable[[], object]) -> None:
        self._job, self._voice, self._report = job, voice, report
        self._cached: dict[str, CachedSound] = {}
        self._begun: set[str] = set()  # keys: what is said again later is not made again
        self._rows: dict[int, Segment] = {}
        self.cached = self.made = 0  # segments, the latter by whomever
        self.sentences: int | None = None  # in all; not known before the first one is made

    def said(self) -> Generator[Said, None, None]:
        """Each sentence with its sound. The first is given before the rest of the text is looked at."""
        plans = self._plans()
        if first := next(plans, None):
            rest = self._counted(first, plans) if self._job.characters <= SHORT_CHARACTERS else []
            self._look_up([first])
            sounds = self._sounds(first)
            yield next(sounds)
            rest = rest or self._counted(first, plans)
            self._share(rest)
            yield from sounds
            for plan in rest:
                yield from self._sounds(plan)

    def _counted(self, first: Plan, plans: Iterator[Plan]) -> list[Plan]:
        rest = list(plans)
        self.sentences = sum(len(each.utterances) for each in (first, *rest))
        return rest

    def _plans(self) -> Iterator[Plan]:
        parts = cut(self._voice.utterances(), characters=self._job.characters)
        for number, part in enumerate(parts):
            yield Plan(number, part, self._voice.key([each.spoken for each in part]))

    def _look_up(self, plans: Sequence[Plan]) -> None:
        if cached_sounds.is_on():
            found = cached_sounds.find([plan.key for plan in plans])
            cached_sounds.note_use(found.values())
            self._cached |= found

    def _share(self, rest: Sequence[Plan]) -> None:
        self._look_up(rest)
        missing = [plan for plan in rest if plan.key not in self._cached]
        if cached_sounds.is_on():
            first_ones = {plan.key: plan for plan in reversed(missing) if plan.key not in self._begun}
            missing = [*first_ones.values()]
        if missing and segments.has_help(self._job):
            self._rows = segments.lay_out(self._job, missing)

    def _sounds(self, plan: Plan) -> Iterator[Said]:
        if plan.key in self._begun:
            self._look_up([plan])
        self._begun.add(plan.key)
        if found := self._found(plan, self._cached.get(plan.key)):
            self.cached += 1
            yield from found
            return
        self.made += 1
        row = self._rows.get(plan.number)
        yield from self._shared(plan, row) if row else self._make(plan)

    def _shared(self, plan: Plan, row: Segment) -> Iterator[Said]:
        """Whoever gets it first makes it; what has failed elsewhere, or was lost since, is made here."""
        while (status := status_of(row)) in (Status.QUEUED, Status.PROCESSING):
            if status == Status.QUEUED and (lease := Lease.claim(row)):
                with held(lease):
                    yield from self._make(plan, lease.note_step)
                return
            if not self._make_another(plan.number):
                time.sleep(PAUSE_SECONDS)
            self._report()
        yield from self._found(plan, cached_sounds.find([plan.key]).get(plan.key)) or self._make(plan)

    def _make_another(self, after: int) -> bool:
        row = segments.next_waiting(self._job, after)
        lease = Lease.claim(row) if row else None
        if not lease:
            return False
        with held(lease):
            sounds = segments.say(lease, self._voice, self._report)
            cached_sounds.keep(self._job.user_id, lease.row.key, sounds)
        return True

    def _found(self, plan: Plan, sound: CachedSound | None) -> list[Said] | None:
        """What was made before, or by another worker; None when it is not there any more."""
        sounds = cached_sounds.read(sound) if sound else None
        if sound and (sounds is None or not cached_sounds.is_on()):
            cached_sounds.forget(sound)
        if sounds is None or len(sounds) != len(plan.utterances):
            return None
        return [Said(each, heard, False) for each, heard in zip(plan.utterances, sounds, strict=True)]

    def _make(self, plan: Plan, note_step: Callable[[], object] = lambda: None) -> Iterator[Said]:
        sounds = []
        for each in plan.utterances:
            sounds.append(self._voice.say(each.spoken))
            note_step()
            yield Said(each, sounds[-1], True)
        if cached_sounds.is_on():
            cached_sounds.keep(self._job.user_id, plan.key, sounds)


def status_of(row: Segment) -> str | None:
    """None when the row has gone."""
    return Segment.objects.filter(pk=row.pk).values_list("status", flat=True).first()


@contextmanager
def held(lease: Lease[Segment]) -> Iterator[None]:
    """A segment beside its job: one that is lost meanwhile does not end the job, and one not made is for others."""
    try:
        with lease:
            yield
    except BaseException:
        with suppress(LeaseLost):
            lease.hand_back()
        raise
    with suppress(LeaseLost):
        lease.complete()
