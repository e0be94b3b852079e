"""The list of all jobs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from config.http import PageRequest, asked_words
from config.paging import page
from jobs.models import WORDS, Job
from jobs.names import add_voice_names


@vary_on_headers("HX-Request")
@require_safe
def jobs(request: PageRequest) -> HttpResponse:
    status, q = asked_words(request, "status"), asked_words(request)
    rows = Job.objects.owned_by(request.user).matching(status=status, q=q).in_list()
    found = page(rows, cursor=request.GET.get("cursor"))
    add_voice_names(request.user, found.items)
    context = {"jobs": found.items, "next": found.next, "status": status, "q": q, "statuses": list(WORDS.items())}
    return render(request, "jobs/jobs.html#rows" if request.htmx else "jobs/jobs.html", context)
