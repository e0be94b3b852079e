"""The API's addresses alone, and the handlers of errors that all addresses share."""

from django.urls import path

from config.api import api

handler400 = "config.refusals.bad_request"
handler403 = "config.refusals.permission_denied"
handler404 = "config.refusals.page_not_found"
handler500 = "config.refusals.server_error"

urlpatterns = [path("", api.urls)]
