from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from config.admin import ReadOnlyAdmin
from config.errors import DomainError
from leads.actions.whatsapp import deliveries
from leads.models import (
    Channel,
    ChannelQuerySet,
    Contact,
    ContactQuerySet,
    ConversationSession,
    DeskQuerySet,
    EventQuerySet,
    Lead,
    LeadImport,
    LeadQuerySet,
    Message,
    SessionQuerySet,
    TranscriptEvent,
    Webhook,
    WebhookDelivery,
    WebhookPost,
    WebhookPostQuerySet,
    WebhookQuerySet,
    WorkQuerySet,
)


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "company", "team", "status", "owner", "timestamp")
    list_filter = ("status",)
    list_select_related = ()  # MongoDB would join all rows before it takes a page of them
    search_fields = ("name", "email", "company")
    ordering = ("-timestamp",)

    def get_queryset(self, request: HttpRequest) -> LeadQuerySet:
        return super().get_queryset(request).prefetch_related("team", "owner")


class ManyRowsAdmin(ReadOnlyAdmin):
    """Rows of which there may be millions: in the order of the primary key, counted once, found by a whole id."""

    list_select_related = ()
    show_full_result_count = False
    search_fields: tuple[str, ...] = ("session_id",)
    ordering = ("-pk",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("team")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        return (queryset.filter(**{self.search_fields[0]: term}) if term else queryset), False


@admin.register(LeadImport)
class LeadImportAdmin(ReadOnlyAdmin):
    """What people wrote is in their files, not here."""

    list_display = ("name", "team", "by", "status", "rows", "made", "merged", "refused", "created_at")
    list_filter = ("status",)
    list_select_related = ()
    exclude = ("samples",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> WorkQuerySet:
        return super().get_queryset(request).prefetch_related("team", "by").defer("samples")


@admin.register(ConversationSession)
class ConversationSessionAdmin(ManyRowsAdmin):
    search_help_text = "By the whole session_id."
    list_display = ("session_id", "team", "channel", "start_time", "end_time", "event_count", "lead_generated")

    def get_queryset(self, request: HttpRequest) -> SessionQuerySet:
        return super().get_queryset(request).slim()


@admin.register(TranscriptEvent)
class TranscriptEventAdmin(ManyRowsAdmin):
    search_help_text = "By the whole session_id."
    list_display = ("event_id", "session_id", "team", "role", "timestamp")

    def get_queryset(self, request: HttpRequest) -> EventQuerySet:
        return super().get_queryset(request).defer("content", "meta")


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    list_display = ("phone_number", "name", "team", "channel", "is_active", "message_count", "last_message_at")
    list_select_related = ()
    show_full_result_count = False
    search_fields = ("phone_number", "name")
    ordering = ("-pk",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> ContactQuerySet:
        return super().get_queryset(request).prefetch_related("team", "channel")


@admin.register(Message)
class MessageAdmin(ManyRowsAdmin):
    list_display = ("id", "contact", "team", "role", "kind", "status", "created_at")
    search_fields = ("meta_message_id",)
    search_help_text = "By WhatsApp's whole id."

    def get_queryset(self, request: HttpRequest) -> DeskQuerySet:
        return super().get_queryset(request).prefetch_related("contact").defer("content", "metadata")


@admin.action(description="Read the selected webhooks again", permissions=["view"])
def read_again(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: WorkQuerySet) -> None:
    for delivery in chosen:
        try:
            deliveries.read_again(delivery=delivery)
        except DomainError as error:
            messages.error(request, f"{delivery}: {error.message}")


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Without the whole address, whose path may be a secret of the receiver's."""

    list_display = ("host", "team", "is_on", "problem", "failures", "delivered_at")
    list_filter = ("is_on",)
    list_select_related = ()
    search_fields = ("host",)
    exclude = ("url",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> WebhookQuerySet:
        return super().get_queryset(request).prefetch_related("team")


@admin.register(WebhookPost)
class WebhookPostAdmin(ReadOnlyAdmin):
    """What was told is the team's, and not shown here."""

    list_display = ("id", "team", "webhook", "event", "state", "tries", "answer", "error", "created_at")
    list_filter = ("state",)
    list_select_related = ()
    show_full_result_count = False
    exclude = ("body",)
    ordering = ("-pk",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> WebhookPostQuerySet:
        return super().get_queryset(request).prefetch_related("team", "webhook").in_log()


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What people wrote is in their messages, not here."""

    list_display = ("id", "team", "channel", "status", "error", "attempts", "created_at")
    list_filter = ("status",)
    list_select_related = ()
    show_full_result_count = False
    exclude = ("body",)
    ordering = ("-pk",)
    sortable_by = ()
    actions = (read_again,)

    def get_queryset(self, request: HttpRequest) -> WorkQuerySet:
        return super().get_queryset(request).prefetch_related("team", "channel").defer("body")


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    """Without its secrets, sealed or not."""

    list_display = ("name", "team", "phone_number", "phone_number_id", "replies", "tested_at", "heard_at", "created_at")
    list_filter = ("replies", "speaking")
    list_select_related = ()
    search_fields = ("name", "phone_number", "phone_number_id")
    ordering = ("-created_at",)
    fields = ("team", "owner", "name", "phone_number_id", "phone_number", "is_from_environment", "replies", "echo")
    fields += ("persona", "fallback", "speaking", "context_messages", "takes_leads", "problem")
    fields += ("tested_at", "heard_at", "created_at", "updated_at", "deleted_at")

    def get_queryset(self, request: HttpRequest) -> ChannelQuerySet:
        return super().get_queryset(request).prefetch_related("team")
