"""Exports: files of the desk's rows at once, and those that a worker makes again and again.

All members download them. Administrators of the team say what is made when.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import teams
from config.errors import Conflict, DomainError
from config.forms import add_refusal
from config.http import PageRequest, asked_words, client_address
from config.ids import OBJECT_ID
from config.serving import file_response
from config.telling import told
from leads.actions import export_schedules as actions
from leads.actions.export_files import KEPT, KEPT_FILES
from leads.export_answers import export_answer
from leads.exports.formats import FORMATS
from leads.exports.tables import table
from leads.forms.exports import ScheduleForm
from leads.models import FILTER_FIELDS, ExportFile, ExportFormat, ExportKind, ExportSchedule
from leads.views import conversations, filters, leads

PAGE = "leads/exports.html"
TALK_FILTER_FIELDS = tuple(name for name in conversations.ASKED if name != "q")
FILES_SHOWN = KEPT_FILES
CARRIED = {
    "q": "words",
    "minutes": "minutes at least",
    "under": "minutes under",
    "turns": "times that the person spoke",
}
NOT_READY = "This file is not ready. Look at the exports page for how far it is."


@require_safe
def exports(request: PageRequest) -> HttpResponse:
    """Opens with the filter of the list from which somebody comes."""
    return show(request)


@require_safe
def export_now(request: PageRequest) -> HttpResponseBase:
    """The file; the page again while a filter can't be read."""
    kind, asked = what_is_asked(request)
    wanted, problem = what_is_wanted(kind, asked)
    if problem:
        return show(request, problem=problem)
    made = request.GET.get("format")
    rows = table(kind, request.user.team_id, **wanted)
    choice = made if made in ExportFormat.values else ExportFormat.CSV
    return export_answer(request.user, rows, choice, address=client_address(request))


def what_is_asked(request: PageRequest) -> tuple[str, dict[str, str]]:
    """Which rows, and the filter as its list has it in its address."""
    what = request.GET.get("what", "")
    kind = ExportKind(what) if what in ExportKind.values else ExportKind.LEADS
    names = FILTER_FIELDS if kind == ExportKind.LEADS else TALK_FILTER_FIELDS
    return kind, {name: asked_words(request, name) for name in names}


def what_is_wanted(kind: str, asked: dict[str, str]) -> tuple[dict[str, Any], str]:
    list_of = leads if kind == ExportKind.LEADS else conversations
    wanted, problem = list_of.what_is_wanted(asked)
    return {name: value for name, value in wanted.items() if is_given(name, value)}, problem


def is_given(name: str, value: object) -> bool:
    """Whether it narrows the rows down; of all that is no, only a lead's absence does."""
    return value not in (None, "") and (value is not False or name == "lead_generated")


def show(request: PageRequest, *, problem: str = "", form: ScheduleForm | None = None) -> HttpResponse:
    kind, asked = what_is_asked(request)
    context: dict[str, Any] = {
        "kind": kind,
        "kinds": ExportKind.choices,
        "format": request.GET.get("format", ""),
        "formats": ExportFormat.choices,
        "carried": [
            (name, value, said(request, name, value)) for name, value in asked.items() if is_carried(name, value)
        ],
        "problem": problem,
        "schedules": [with_files(each) for each in ExportSchedule.objects.owned_by(request.user).order_by("-pk")],
        "form": form or ScheduleForm(),
        "kept_files": KEPT_FILES,
        "kept_days": KEPT.days,
    }
    return render(request, PAGE, context | filters.shown_days(asked))


def is_carried(name: str, value: str) -> bool:
    """Whether it comes from a list, and has no field here."""
    return bool(value) and name not in filters.DAYS


def said(request: PageRequest, name: str, value: str) -> str:
    """How a filter of a list reads."""
    if name == "owner":
        owner = leads.members(request.user).filter(pk=value).first() if OBJECT_ID.fullmatch(value) else None
        value = str(owner.name or owner.email) if owner else "somebody else"
    return f"{CARRIED.get(name, name)}: {value}"


def with_files(schedule: ExportSchedule) -> ExportSchedule:
    schedule.made = list(schedule.files.newest()[:FILES_SHOWN])
    schedule.is_busy = any(file.is_open for file in schedule.made)
    return schedule


@require_http_methods(["POST"])
def schedule_export(request: PageRequest) -> HttpResponse:
    teams.check_runs_team(request.user)
    form = ScheduleForm(request.POST)
    if form.is_valid():
        try:
            schedule = actions.add_schedule(by=request.user, address=client_address(request), **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "The export is scheduled. Run it now to have a first file.")
            return redirect(place_of(schedule))
    return show(request, form=form)


@require_safe
def export_schedule(request: PageRequest, schedule_id: str) -> HttpResponse:
    """How far its files are, for the page that has it open."""
    schedule = find(request, schedule_id)
    if not request.htmx:
        return redirect(place_of(schedule))
    return render(request, f"{PAGE}#files", {"schedule": with_files(schedule)})


@require_POST
def run_export(request: PageRequest, schedule_id: str) -> HttpResponse:
    schedule = find(request, schedule_id)
    with told(request):
        actions.run_now(by=request.user, schedule=schedule)
    return redirect(place_of(schedule))


@require_POST
def switch_export(request: PageRequest, schedule_id: str) -> HttpResponse:
    schedule = find(request, schedule_id)
    actions.switch_schedule(by=request.user, schedule=schedule, is_on=request.POST.get("on") == "yes")
    return redirect(place_of(schedule))


@require_http_methods(["GET", "HEAD", "POST"])
def delete_export(request: PageRequest, schedule_id: str) -> HttpResponse:
    """Ask first, and say how many files go along."""
    teams.check_runs_team(request.user)
    schedule = find(request, schedule_id)
    if request.method == "POST":
        actions.delete_schedule(by=request.user, schedule=schedule, address=client_address(request))
        messages.success(request, "The scheduled export is deleted, with its files.")
        return redirect("exports")
    files = schedule.files.exclude(path="").count()
    return render(request, "leads/delete_export.html", {"schedule": schedule, "files": files})


@require_safe
def export_file(request: PageRequest, made_id: str) -> HttpResponseBase:
    rows = ExportFile.objects.owned_by(request.user).select_related("schedule")
    file = get_object_or_404(rows, pk=made_id)
    if not file.is_ready:
        raise Conflict(NOT_READY)
    kind = file.schedule.format
    name = f"{file.schedule.kind}-{file.completed_at:%Y-%m-%d}.{kind}"
    content_type = FORMATS[ExportFormat(kind)].content_type
    return file_response(request, file.path, content_type=content_type, filename=name, is_shown=False)


def find(request: PageRequest, schedule_id: str) -> ExportSchedule:
    return get_object_or_404(ExportSchedule.objects.owned_by(request.user), pk=schedule_id)


def place_of(schedule: ExportSchedule) -> str:
    return f"{reverse('exports')}#schedule-{schedule.pk}"
