"""The pages, and after them the API at the root; `/voices` is both, told apart in config/middleware.py."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from config.api_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("favicon.ico", login_not_required(RedirectView.as_view(url="/static/img/echodesk.svg"))),
    path("docs", login_not_required(RedirectView.as_view(url="/api/docs"))),
    path("", include("accounts.urls")),
    path("", include("voices.urls")),
    path("", include("jobs.urls")),
    path("", include("leads.urls")),
    path("", include("config.api_urls")),
]
