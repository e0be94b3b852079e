from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import invitations, teams
from accounts.forms import InviteForm, TeamNameForm
from accounts.models import Invitation, User
from config.errors import Conflict, DomainError
from config.forms import add_refusal
from config.http import PageRequest
from config.telling import told


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: PageRequest) -> HttpResponse:
    """The team; a posted form invites. The link is in that answer alone: nothing keeps it for a page after it."""
    form, invitation, url = InviteForm(request.POST or None), None, ""
    if form.is_bound:
        teams.check_runs_team(request.user)
    if form.is_valid():
        try:
            invitation, url = invitations.invite(by=request.user, **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            form = InviteForm()
    context = {
        "members": User.objects.in_team_of(request.user).order_by("created_at", "pk"),
        "open_invitations": Invitation.objects.owned_by(request.user).open().select_related("by").order_by("-pk"),
        "form": form,
        "invitation": invitation,
        "url": url,
        "has_mail": bool(settings.EMAIL_URL),
    }
    return render(request, "accounts/team.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rename_team(request: PageRequest) -> HttpResponse:
    teams.check_runs_team(request.user)
    form = TeamNameForm(request.POST or None, initial={"name": request.user.team.name})
    if form.is_valid():
        teams.rename_team(by=request.user, **form.cleaned_data)
        messages.success(request, "The team has its new name.")
        return redirect("team")
    return render(request, "accounts/rename_team.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def leave_team(request: PageRequest) -> HttpResponse:
    """Ask first, then leave."""
    error = ""
    if request.method == "POST":
        try:
            teams.leave_team(by=request.user)
        except Conflict as refusal:
            error = refusal.message
        else:
            messages.success(request, f"You have left {request.user.team}. You are in a team of your own now.")
            return redirect("team")
    return render(request, "accounts/leave_team.html", {"error": error})


@require_POST
def revoke_invitation(request: PageRequest, invitation_id: str) -> HttpResponse:
    rows = Invitation.objects.owned_by(request.user).select_related("by")
    invitation = get_object_or_404(rows, pk=invitation_id)
    with told(request, "The invitation is taken back. Its link works no more."):
        invitations.revoke_invitation(by=request.user, invitation=invitation)
    return redirect("team")
