"""Which mails a person wants, and the page that switches them off from a mail."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from config.errors import DomainError, NotFound
from config.forms import add_refusal
from config.http import PageRequest
from leads.actions import mail_choices, report_mails
from leads.forms.notifications import NotificationsForm, values_of
from leads.models import ReportMail, ReportMailState
from leads.notices import mail_links


@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: PageRequest) -> HttpResponse:
    choice = mail_choices.of_user(request.user)
    form = NotificationsForm(request.POST or None, initial=values_of(choice))
    if form.is_valid():
        try:
            mail_choices.choose(by=request.user, **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "Your choices are kept.")
            return redirect("notifications")
    context = {
        "form": form,
        "choice": choice,
        "has_mail": bool(settings.EMAIL_URL),
        "hour": report_mails.HOUR,
        "reports": ReportMail.objects.filter(user=request.user).order_by("-created_at", "-pk")[:5],
        "open_states": (ReportMailState.WAITING, ReportMailState.MAKING, ReportMailState.SENDING),
    }
    return render(request, "leads/notifications.html", context)


@csrf_exempt  # a mail program posts here by itself; the link alone says whose mails, and only switches them off
@login_not_required
@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def switch_off_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first, for mail programs open links by themselves; then switch off."""
    try:
        _, kind = mail_links.read(token)
    except NotFound as error:
        return render(request, "leads/switch_off_mails.html", {"error": error.message}, status=error.status)
    is_done = request.method == "POST"
    if is_done:
        mail_choices.switch_off(token=token)
    return render(request, "leads/switch_off_mails.html", {"words": mail_choices.WORDS[kind], "is_done": is_done})
