from django.contrib import auth, messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actions import sample_teams, teams
from config.errors import NotFound
from config.http import PageRequest
from config.refusals import NOT_HERE

REMOVED = "The sample team is removed, and what was in it is being deleted."


@require_http_methods(["GET", "HEAD", "POST"])
def remove_demo(request: PageRequest) -> HttpResponse:
    """Ask first, then remove the sample team. Its people are signed out; guests keep their accounts."""
    if not request.user.team.is_sample:
        raise NotFound(NOT_HERE.message)
    teams.check_runs_team(request.user)
    if request.method != "POST":
        return render(request, "accounts/remove_demo.html")
    is_guest = not request.user.is_sample
    sample_teams.close(by=request.user)
    if not is_guest:
        auth.logout(request)
    messages.success(request, REMOVED)
    return redirect("home" if is_guest else "login")
