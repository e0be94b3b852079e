"""The pages of imports: a file is uploaded, its columns are told, and it is seen how far it is."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest
from config.paging import page
from config.serving import file_response
from config.telling import told
from leads.actions import lead_imports as actions
from leads.csv_import import columns as lead_columns
from leads.csv_import import files as lead_csv
from leads.forms.lead_imports import ImportForm
from leads.models import LEADS_FILE_MAX_BYTES, LeadImport, LeadStatus

PAGE = "leads/lead_import.html"
SHOWN_VALUES = 3  # of each column
SOURCE = "import"  # where the file says nothing


@require_http_methods(["GET", "HEAD", "POST"])
def import_leads(request: PageRequest) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        try:
            row = actions.upload_file(by=request.user, file=form.cleaned_data["file"])
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("lead-import", import_id=row.pk)
    rows = LeadImport.objects.owned_by(request.user).defer("samples").prefetch_related("by")
    found = page(rows, cursor=request.GET.get("cursor"))
    limits = {"max_bytes": LEADS_FILE_MAX_BYTES, "max_rows": lead_csv.ROWS_MAX}
    context = {"form": form, "imports": found.items, "next": found.next} | limits
    return render(request, "leads/import_leads.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def lead_import(request: PageRequest, import_id: str) -> HttpResponse:
    """Of a draft its columns, else how far it is. What is posted is tried on its first rows."""
    row = find(request, import_id)
    if not row.is_draft:
        return render(request, f"{PAGE}#progress" if request.htmx else PAGE, {"lead_import": row})
    if request.method == "POST":
        columns, fixed = asked(request, row)
        return show_draft(request, row, columns, fixed)
    return show_draft(request, row, row.columns, {"source": SOURCE})


def asked(request: PageRequest, row: LeadImport) -> tuple[list[str], dict[str, str]]:
    """Where each column goes, and what stands where the file says nothing."""
    said = [request.POST.get(f"column-{number}", "") for number in range(len(row.headings))]
    columns = [target if target in lead_columns.TARGETS else "" for target in said]
    return columns, {name: request.POST.get(f"fixed-{name}", "").strip() for name in lead_columns.FIXED}


def show_draft(
    request: PageRequest, row: LeadImport, columns: list[str], fixed: dict[str, str], problem: str = ""
) -> HttpResponse:
    context = {"lead_import": row, "problem": problem, "fixed": fixed} | tried(row, columns, fixed)
    if request.htmx:
        return render(request, f"{PAGE}#preview", context)
    context |= {"columns": shown_columns(row, columns), "targets": lead_columns.TARGETS.items()}
    context |= {"statuses": LeadStatus.choices, "encodings": lead_csv.ENCODINGS.items()}
    return render(request, PAGE, context | {"delimiters": lead_csv.DELIMITERS.items()})


def tried(row: LeadImport, columns: list[str], fixed: dict[str, str]) -> dict[str, Any]:
    """The first rows as leads, under headings; and what can't be done with these columns."""
    wanting = ""
    try:
        given = actions.check_fixed(fixed)
        lead_columns.check(columns, given)
    except DomainError as error:
        given, wanting = {}, actions.reason_of(error)
    used = {"name" if target in ("first_name", "last_name") else target for target in columns} | given.keys()
    names = [name for name in lead_columns.TARGETS if name and name in used]
    rows = [
        {"cells": [words(fields.get(name)) for name in names], "reason": reason}
        for fields, reason in actions.preview(row, columns, given)
    ]
    labels = [lead_columns.TARGETS[name] if name != "metadata" else "Details" for name in names]
    refused = sum(bool(row["reason"]) for row in rows)
    return {"labels": labels, "rows": rows, "wanting": wanting, "refused": refused}


def words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {inner}" for name, inner in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value or "")


def shown_columns(row: LeadImport, columns: list[str]) -> list[dict[str, Any]]:
    """Of each column its heading, where it goes, and the first that it says."""
    shown = []
    for number, (heading, target) in enumerate(zip(row.headings, columns, strict=True)):
        cells = [cells[number].strip() for cells in row.samples if len(cells) > number]
        values = list(dict.fromkeys(filter(None, cells)))[:SHOWN_VALUES]
        shown.append({"number": number, "heading": heading, "target": target, "values": values})
    return shown


@require_POST
def read_again(request: PageRequest, import_id: str) -> HttpResponse:
    row = find(request, import_id)
    encoding, delimiter = request.POST.get("encoding", ""), request.POST.get("delimiter", "")
    with told(request):
        actions.read_again(by=request.user, lead_import=row, encoding=encoding, delimiter=delimiter)
    return redirect("lead-import", import_id=row.pk)


@require_POST
def start_import(request: PageRequest, import_id: str) -> HttpResponse:
    row = find(request, import_id)
    columns, fixed = asked(request, row)
    try:
        actions.start_import(by=request.user, lead_import=row, columns=columns, fixed=fixed)
    except DomainError as error:
        if row.is_draft:
            return show_draft(request, row, columns, fixed, actions.reason_of(error))
        messages.error(request, error.message)
    return redirect("lead-import", import_id=row.pk)


@require_POST
def cancel_import(request: PageRequest, import_id: str) -> HttpResponse:
    row = find(request, import_id)
    was_draft = row.is_draft
    with told(request, f"{row.name} is thrown away." if was_draft else "The import is cancelled."):
        actions.cancel_import(by=request.user, lead_import=row)
    return redirect("import-leads") if was_draft else redirect("lead-import", import_id=row.pk)


@require_POST
def continue_import(request: PageRequest, import_id: str) -> HttpResponse:
    row = find(request, import_id)
    with told(request):
        actions.continue_import(by=request.user, lead_import=row)
    return redirect("lead-import", import_id=row.pk)


@require_safe
def refused_rows(request: PageRequest, import_id: str) -> HttpResponseBase:
    row = find(request, import_id)
    name = actions.refused_file(row)
    filename = f"refused-{row.name.rpartition('.')[0] or row.name}.csv"
    return file_response(request, name, content_type="text/csv; charset=utf-8", filename=filename, is_shown=False)


def find(request: PageRequest, import_id: str) -> LeadImport:
    return get_object_or_404(LeadImport.objects.owned_by(request.user).prefetch_related("by"), pk=import_id)
