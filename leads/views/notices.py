"""What is new, for open pages: asked every one or two seconds by each of them, and mostly answered without a query."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from config import browsers
from config.http import PageRequest
from leads.notices import news

SLOWLY_SECONDS = 10  # between two looks while Redis is away


@login_not_required  # but for what Redis can tell, it asks for a signed-in person itself
@require_safe
def desk_news(request: PageRequest) -> HttpResponse:
    """204 while nothing is new since this `?state=`."""
    state, browser = news.read_state(request.GET.get("state", "")), browsers.name_of(request)
    if news.is_nothing_new(browser, state):
        return HttpResponse(status=204)
    if not request.user.is_authenticated:
        return redirect_to_login("/")
    following, shown = news.look(request.user, browser, state)
    headers = {} if following.mark else {"Retry-After": str(SLOWLY_SECONDS)}
    if following == state:
        return HttpResponse(status=204, headers=headers)
    return JsonResponse(shown | {"state": str(following)}, headers=headers)
