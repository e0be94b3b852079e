from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from ninja import Router

from accounts.models import Scope, User
from accounts.tokens import Credential
from config.schemas import errors
from jobs.figures import prometheus, this_moment

router = Router(tags=["health"])
SCRAPER = "scraper"  # who sends METRICS_TOKEN
TEXT = {"type": "string"}


class StaffOrToken(Credential):
    """METRICS_TOKEN as the bearer, or staff as at every other door."""

    def __call__(self, request: HttpRequest) -> User | str | None:
        if has_token(request):
            return SCRAPER
        user = super().__call__(request)
        if user:
            this_moment.check_reader(user)
        return user


def has_token(request: HttpRequest) -> bool:
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if not settings.METRICS_TOKEN or scheme.lower() != "bearer":
        return False
    return constant_time_compare(sent.strip(), settings.METRICS_TOKEN)


@router.get(
    "/metrics",
    auth=StaffOrToken(Scope.READ),
    url_name="metrics",
    response=errors(401, 403),
    openapi_extra={"responses": {200: {"description": "The figures", "content": {"text/plain": {"schema": TEXT}}}}},
)
def metrics(request: HttpRequest) -> HttpResponse:
    """Queues, workers and what became of jobs, in Prometheus's text format. For staff, or with METRICS_TOKEN."""
    text, content_type = prometheus.text(request.headers.get("Accept", ""))
    return HttpResponse(text, content_type=content_type)
