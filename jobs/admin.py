from django.contrib import admin, messages
from django.http import HttpRequest

from config.admin import ReadOnlyAdmin
from config.errors import DomainError
from config.ids import NUMBER
from jobs import actions
from jobs.models import (
    Audiobook,
    Callback,
    CallbackQuerySet,
    Chapter,
    ChapterQuerySet,
    Counter,
    Job,
    JobQuerySet,
    Pronunciation,
    TempAudio,
)


@admin.action(description="Cancel the selected jobs", permissions=["view"])
def cancel_jobs(model_admin: admin.ModelAdmin, request: HttpRequest, jobs: JobQuerySet) -> None:
    for job in jobs:
        try:
            actions.cancel_job(by=request.user, job=job)
        except DomainError as error:
            messages.error(request, f"{job}: {error.message}")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("job_id", "title", "user", "status", "attempts", "duration", "created_at")
    list_filter = ("status", "format")
    list_select_related = ("user",)
    search_fields = ("title", "user__email")
    search_help_text = "By number, title or e-mail."
    ordering = ("-created_at",)
    actions = (cancel_jobs,)

    def get_search_results(
        self, request: HttpRequest, queryset: JobQuerySet, search_term: str
    ) -> tuple[JobQuerySet, bool]:
        if NUMBER.fullmatch(search_term.strip()):
            return queryset.with_id(search_term.strip()), False
        return super().get_search_results(request, queryset, search_term)


@admin.register(Counter)
class CounterAdmin(ReadOnlyAdmin):
    list_display = ("name", "value")


@admin.register(TempAudio)
class TempAudioAdmin(ReadOnlyAdmin):
    list_display = ("audio_id", "user", "path", "content_type", "size_bytes", "created_at")
    list_select_related = ("user",)
    search_fields = ("audio_id", "path", "user__email")
    ordering = ("-created_at",)


@admin.register(Audiobook)
class AudiobookAdmin(ReadOnlyAdmin):
    list_display = ("title", "user", "source_name", "status", "step", "characters", "attempts", "created_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("title", "source_name", "user__email")
    ordering = ("-created_at",)


@admin.register(Chapter)
class ChapterAdmin(ReadOnlyAdmin):
    """Without the texts, which are their owners'."""

    list_display = ("audiobook_id", "number", "title", "state", "characters", "job")
    list_filter = ("state",)
    ordering = ("-pk",)
    exclude = ("text",)

    def get_queryset(self, request: HttpRequest) -> ChapterQuerySet:
        return super().get_queryset(request).without_texts()


@admin.register(Callback)
class CallbackAdmin(ReadOnlyAdmin):
    """Without the whole address, whose path may be a secret of the receiver's."""

    list_display = ("job", "user", "host", "state", "tries", "answer", "error", "delivered_at")
    list_filter = ("state",)
    list_select_related = ("user", "job")
    search_fields = ("host", "user__email")
    ordering = ("-created_at",)
    fields = ("job", "user", "host", "state", "delivery_id", "tries", "due_at", "answer", "error")
    fields += ("created_at", "delivered_at")

    def get_queryset(self, request: HttpRequest) -> CallbackQuerySet:
        return super().get_queryset(request).defer("job__text", "job__sentences")


@admin.register(Pronunciation)
class PronunciationAdmin(ReadOnlyAdmin):
    list_display = ("word", "said", "language", "team", "by", "created_at")
    list_select_related = ("team", "by")
    search_fields = ("word", "team__name")
    ordering = ("-created_at",)
