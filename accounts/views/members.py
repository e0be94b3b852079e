"""What administrators of a team do about one member."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import members, teams
from accounts.forms import RoleForm
from accounts.models import User
from config.errors import Conflict
from config.forms import add_refusal
from config.http import PageRequest
from config.telling import told


def find(request: PageRequest, user_id: str) -> User:
    member = get_object_or_404(User.objects.in_team_of(request.user), pk=user_id)
    teams.check_runs_team(request.user)
    return member


@require_http_methods(["GET", "HEAD", "POST"])
def member(request: PageRequest, user_id: str) -> HttpResponse:
    """A member; a posted form gives a role."""
    person = find(request, user_id)
    form = RoleForm(request.POST or None, initial={"role": person.role})
    if form.is_valid():
        try:
            members.change_member(by=request.user, member=person, **form.cleaned_data)
        except Conflict as error:
            add_refusal(form, error)
        else:
            messages.success(request, "The role is saved.")
            return redirect("team")
    return shown(request, person, form)


def shown(
    request: PageRequest, person: User, form: RoleForm, *, url: str = "", expires_at: dt.datetime | None = None
) -> HttpResponse:
    context = {
        "member": person,
        "is_self": person == request.user,
        "is_outranked": request.user.outranks(person),
        "form": form,
        "url": url,
        "expires_at": expires_at,
    }
    return render(request, "accounts/member.html", context)


@require_POST
def make_reset_link(request: PageRequest, user_id: str) -> HttpResponse:
    """The link is in this answer alone: nothing keeps it for a page after it."""
    person = find(request, user_id)
    try:
        url, expires_at = members.make_reset_link(by=request.user, member=person)
    except Conflict as error:
        messages.error(request, error.message)
        return redirect("member", user_id=person.pk)
    return shown(request, person, RoleForm(initial={"role": person.role}), url=url, expires_at=expires_at)


@require_POST
def disable_member(request: PageRequest, user_id: str) -> HttpResponse:
    return set_active(request, user_id, False, "The account is disabled: it is signed out everywhere.")


@require_POST
def enable_member(request: PageRequest, user_id: str) -> HttpResponse:
    return set_active(request, user_id, True, "The account is enabled. Its owner can sign in again.")


def set_active(request: PageRequest, user_id: str, is_active: bool, words: str) -> HttpResponse:
    person = find(request, user_id)
    with told(request, words):
        members.change_member(by=request.user, member=person, is_active=is_active)
    return redirect("member", user_id=person.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def remove_member(request: PageRequest, user_id: str) -> HttpResponse:
    """Ask first, then remove."""
    person = find(request, user_id)
    if person == request.user:
        return redirect("leave-team")
    if request.method == "POST":
        members.remove_member(by=request.user, member=person)
        messages.success(request, f"{person} is no longer in the team.")
        return redirect("team")
    return render(request, "accounts/remove_member.html", {"member": person})
