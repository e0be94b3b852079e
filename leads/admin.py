from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from config.admin import ReadOnlyAdmin
from leads.models import ConversationSession, EventQuerySet, Lead, LeadQuerySet, SessionQuerySet, TranscriptEvent


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "company", "team", "status", "owner", "timestamp")
    list_filter = ("status",)
    list_select_related = ()  # MongoDB would join all rows before it takes a page of them
    search_fields = ("name", "email", "company")
    ordering = ("-timestamp",)

    def get_queryset(self, request: HttpRequest) -> LeadQuerySet:
        return super().get_queryset(request).prefetch_related("team", "owner")


class BySessionAdmin(ReadOnlyAdmin):
    """Rows of which there may be millions: in the order of the primary key, counted once, by a whole session_id."""

    list_select_related = ()
    show_full_result_count = False
    search_fields = ("session_id",)
    search_help_text = "By the whole session_id."
    ordering = ("-pk",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("team")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        return (queryset.filter(session_id=term) if term else queryset), False


@admin.register(ConversationSession)
class ConversationSessionAdmin(BySessionAdmin):
    list_display = ("session_id", "team", "channel", "start_time", "end_time", "event_count", "lead_generated")

    def get_queryset(self, request: HttpRequest) -> SessionQuerySet:
        return super().get_queryset(request).slim()


@admin.register(TranscriptEvent)
class TranscriptEventAdmin(BySessionAdmin):
    list_display = ("event_id", "session_id", "team", "role", "timestamp")

    def get_queryset(self, request: HttpRequest) -> EventQuerySet:
        return super().get_queryset(request).defer("content", "meta")
