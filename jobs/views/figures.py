"""The page with the figures of this installation, for staff."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from config import leases
from config.http import PageRequest
from config.templatetags.show import seconds
from jobs.figures import counted, this_moment
from jobs.figures.counted import Histogram, Tally
from jobs.figures.this_moment import Figures

PAGE = "jobs/figures.html"
HALF, MOST = 0.5, 0.95
QUEUES = {
    "interactive": "Short texts, for which somebody waits",
    "default": "Longer texts",
    "bulk": "Batches, parts of long texts, exports and downloads of voices",
    "network": "Mail, and short texts for other services",
    "network-answers": "The assistant's answers",
    "network-upkeep": "Upkeep at other services",
    "network-long": "Long texts for other services",
}
CAUSES = {  # what is not here is shown as it is
    leases.WORKER_LOST: "The worker stopped, several times",
    "storage_away": "The storage was away",
    "disk": "The disk was full, or can't be written",
    "crashed": "Something broke: it is in the log",
    "voice_broken": "The voice can't speak",
    "not_found": "The voice, or the voice model, was gone",
    "model_unknown": "Fish Audio no longer had the voice model",
    "nothing_to_say": "There was nothing to say",
    "too_much": "There was far too much to say",
    "engine_off": "The voice engine was off",
    "engine_away": "The voice engine was away",
    "engine_busy": "The voice engine was too busy",
    "engine_refused": "The voice engine refused the text",
    "engine_no_credit": "The voice engine's credit was used up",
    "unknown": "Not known",
}


@vary_on_headers("HX-Request")
@require_safe
def figures(request: PageRequest) -> HttpResponse:
    this_moment.check_reader(request.user)
    looked = this_moment.look(counted.last_day)
    context = {"figures": looked, "queues": queue_rows(looked), **day(looked.tally)}
    return render(request, f"{PAGE}#figures" if request.htmx else PAGE, context)


def queue_rows(looked: Figures) -> list[dict[str, Any]]:
    waits = looked.tally.histograms(counted.WAIT)
    return [
        {"figures": each, "words": QUEUES.get(each.name, ""), "wait": spread(waits.get(each.name))}
        for each in looked.queues
    ]


def day(tally: Tally) -> dict[str, Any]:
    """What became of jobs in the last day."""
    return {
        "ended": {status: int(tally.total(counted.JOBS, status)) for status in ("completed", "failed", "cancelled")},
        "speech": tally.total(counted.SPEECH),
        "synthesis": tally.total(counted.SYNTHESIS),
        "characters": int(tally.total(counted.CHARACTERS)),
        "wait": spread(tally.histogram(counted.WAIT)),
        "first_sound": spread(tally.histogram(counted.FIRST_SOUND)),
        "causes": causes(tally),
    }


def spread(histogram: Histogram | None) -> dict[str, str] | None:
    """Up to what half of them took, and up to what 95 of 100, in words; None without any."""
    if histogram is None or not histogram.count:
        return None
    return {"half": within(histogram, HALF), "most": within(histogram, MOST)}


def within(histogram: Histogram, share: float) -> str:
    bound, last = histogram.bound_of(share), histogram.bounds[-1]
    return f"over {seconds(last)}" if bound is None or bound > last else f"up to {seconds(bound)}"


def causes(tally: Tally) -> list[dict[str, Any]]:
    """Why jobs have failed, the most frequent first."""
    found = sorted(tally.amounts(counted.FAILURES).items(), key=lambda entry: -entry[1])
    return [{"words": CAUSES.get(code, code), "code": code, "jobs": int(jobs)} for (code,), jobs in found]
